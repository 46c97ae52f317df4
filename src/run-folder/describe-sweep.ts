// The trials of a sweep in words, as MLflow shows them on the page of the sweep's run. Pure.
import { averageOf, type Objective, type RunHeadline, rankCandidates } from '../evaluation/headline.js';
import type { RunState, TrialRecord } from './run-folder.js';

/** A trial as far as its sweep is concerned. */
export interface SweepTrial extends Pick<TrialRecord, 'name' | 'id' | 'seed' | 'assignments'> {
  readonly folder: string;
  readonly state: RunState;
  /** Its value of the sweep's metric, where it has one. */
  readonly value: number | undefined;
  /** What it reached on the test selection. */
  readonly headline?: RunHeadline;
  /** ISO 8601; empty for a trial that was never started. */
  readonly updatedAt: string;
}

const LISTED_TRIALS = 10;

/** The trials that have a value, the best first; equal ones in the given order. */
export function rankTrials(trials: readonly SweepTrial[], { goal }: Objective): SweepTrial[] {
  const sign = goal === 'maximize' ? -1 : 1;
  return trials
    .filter(({ value }) => value !== undefined && Number.isFinite(value))
    .sort((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)));
}

/**
 * Markdown: how many trials stand where, the sweep points by the mean over their seeds, and the best trials. MLflow shows
 * the first lines until one asks for more, so the winner comes first.
 */
export function describeSweep(trials: readonly SweepTrial[], goal: Objective): string {
  const counts = new Map<RunState, number>();
  for (const { state } of trials) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  const ranked = rankTrials(trials, goal).slice(0, LISTED_TRIALS);
  const points = rankPoints(trials, goal).slice(0, LISTED_TRIALS);
  const hasSeeds = points.some(({ values }) => values.length > 1);
  const total = `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}: ${states}.`;
  return [
    `${total} ${describeBest(points[0], goal)}`.trimEnd(),
    ...(hasSeeds ? tabulatePoints(points, goal) : []),
    '',
    `| # | trial | seed | ${goal.metric} | state |`,
    '|---|---|---|---|---|',
    ...ranked.map(
      ({ name, seed, value, state }, index) =>
        `| ${index + 1} | ${name} | ${seed} | ${value === undefined ? '' : show(value)} | ${state} |`,
    ),
  ].join('\n');
}

interface SweepPoint {
  /** What varies; empty for an experiment without a sweep. */
  readonly name: string;
  /** One for each seed that has got so far. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Those that have got so far. */
  readonly trials: readonly SweepTrial[];
}

/** The trials of the point that validation chooses; none while no trial has a value. */
export function listChosenTrials(trials: readonly SweepTrial[], objective: Objective): readonly SweepTrial[] {
  return rankPoints(trials, objective)[0]?.trials ?? [];
}

/** The sweep points whose trials have values, the chosen one first: `rankCandidates`. */
function rankPoints(trials: readonly SweepTrial[], objective: Objective): SweepPoint[] {
  const points = new Map<string, { name: string; values: number[]; trials: SweepTrial[] }>();
  for (const trial of rankTrials(trials, objective)) {
    const { assignments, value } = trial;
    const key = JSON.stringify(assignments);
    const name = assignments.map(({ path, value: setting }) => `${path} = ${JSON.stringify(setting)}`).join(', ');
    const point = points.get(key) ?? { name: name || 'all', values: [], trials: [] };
    point.values.push(value ?? 0);
    point.trials.push(trial);
    points.set(key, point);
  }
  return rankCandidates([...points.values()], objective).map((point) => ({ ...point, mean: averageOf(point.values) }));
}

function tabulatePoints(points: readonly SweepPoint[], { metric }: Objective): string[] {
  return [
    '',
    `| # | point | mean of ${metric} | lowest | highest | seeds |`,
    '|---|---|---|---|---|---|',
    ...points.map(({ name, values, mean }, index) => {
      const cells = [name, show(mean), show(Math.min(...values)), show(Math.max(...values)), values.length];
      return `| ${index + 1} | ${cells.join(' | ')} |`;
    }),
  ];
}

function describeBest(best: SweepPoint | undefined, { metric, goal }: Objective): string {
  if (best === undefined) return '';
  const seeds = best.values.length === 1 ? 'one seed' : `${best.values.length} seeds`;
  const where = best.name === 'all' ? '' : ` at ${best.name}`;
  const chosen = `The ${goal === 'maximize' ? 'highest' : 'lowest'} ${metric}, mean of ${seeds}: **${show(best.mean)}**${where}.`;
  return `${chosen} ${describeTest(best)}`.trimEnd();
}

/** What the chosen point reached on the test selection, over the same seeds. */
function describeTest({ trials }: SweepPoint): string {
  const headlines = trials.flatMap(({ headline }) => headline ?? []);
  const [first] = headlines;
  if (first === undefined || headlines.length < trials.length) return '';
  if (headlines.some(({ task }) => task !== first.task)) return '';
  return `Its ${first.task}: **${show(averageOf(headlines.map(({ accuracy }) => accuracy)))}**.`;
}

function show(value: number): string {
  return value.toPrecision(4);
}
