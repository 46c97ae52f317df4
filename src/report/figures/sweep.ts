// What a sweep says: which configurations did best, and what each parameter does on its own.
import type { Interval } from '../../evaluation/statistics/interval.js';
import { studentInterval } from '../../evaluation/statistics/student-interval.js';
import { shortenPaths } from '../../plan/trial-name.js';
import type { RunState } from '../../run-folder/run-folder.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import { countStates } from './run-summaries.js';

export interface SweepFigures {
  readonly experiment: string;
  readonly objective: Objective;
  /** States of the sweep's runs; only finished ones are measured. */
  readonly counts: Readonly<Record<RunState, number>>;
  /** Configurations with a finished run, best first. */
  readonly configurations: readonly SweepConfiguration[];
  /** Configurations without one. */
  readonly unmeasured: number;
  /** Largest effect first; parameters that have one value only are left out. */
  readonly parameters: readonly SweepParameter[];
}

/** What the configurations are compared by. */
export interface Objective {
  readonly name: string;
  readonly goal: 'maximize' | 'minimize';
  /** Whether it is a fraction, shown in per cent. */
  readonly isFraction: boolean;
}

export interface SweepConfiguration {
  readonly system: string;
  /** By key path. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Mean over its finished runs. */
  readonly mean: number;
  /** Of each finished run. */
  readonly measured: readonly number[];
  /** Folders of these runs. */
  readonly folders: readonly string[];
}

export interface SweepParameter {
  readonly path: string;
  /** The path's end, unique among the parameters. */
  readonly name: string;
  readonly levels: readonly SweepLevel[];
  /** Largest less smallest mean of its levels. */
  readonly effect: number;
}

export interface SweepLevel {
  readonly label: string;
  readonly mean: number;
  /** Student's 95 %: over the other settings, or over seeds where there is one configuration only; undefined for a single run. */
  readonly interval: Interval | undefined;
  readonly configurations: number;
}

const VALIDATION = 'validation/one-shot-accuracy';
/** Numbers that take more values than this are put together in as many levels as below. */
const MOST_LEVELS = 6;
const LEVELS_OF_MANY = 4;

/** A sweep for each experiment whose runs differ in what its file varies. `headlineTask` is compared by where nothing was validated. */
export function analyzeSweeps(groups: readonly RunGroup[], headlineTask: string | undefined): SweepFigures[] {
  const experiments = new Map<string, RunGroup[]>();
  for (const group of groups) {
    const { experimentName, assignments } = group.runs[0]!.trial;
    if (assignments.length === 0) continue;
    experiments.set(experimentName, [...(experiments.get(experimentName) ?? []), group]);
  }
  return [...experiments]
    .filter(([, own]) => own.length > 1)
    .flatMap(([experiment, own]) => analyzeSweep(experiment, own, headlineTask) ?? []);
}

function analyzeSweep(
  experiment: string,
  groups: readonly RunGroup[],
  headlineTask: string | undefined,
): SweepFigures | undefined {
  const runs = groups.flatMap((group) => group.runs);
  const chosen = chooseObjective(runs, headlineTask);
  if (!chosen) return undefined;
  const { measure, ...objective } = chosen;
  const configurations = groups.flatMap((group) => measureConfiguration(group, measure) ?? []);
  const sign = objective.goal === 'maximize' ? -1 : 1;
  configurations.sort((a, b) => sign * (a.mean - b.mean));
  return {
    experiment,
    objective,
    counts: countStates(runs),
    configurations,
    unmeasured: groups.length - configurations.length,
    parameters: findEffects(configurations),
  };
}

interface MeasuredObjective extends Objective {
  /** Undefined where the run lacks it. */
  readonly measure: (run: ReportRun) => number | undefined;
}

// Validation first: what is chosen by the test flatters itself.
function chooseObjective(runs: readonly ReportRun[], task: string | undefined): MeasuredObjective | undefined {
  const candidates: MeasuredObjective[] = [
    {
      name: 'best validation/one-shot-accuracy of a run',
      goal: 'maximize',
      isFraction: true,
      measure: ({ metrics }) => extreme(metrics.get(VALIDATION), Math.max),
    },
    {
      name: `accuracy on ${task}`,
      goal: 'maximize',
      isFraction: true,
      measure: ({ results }) => results.find((result) => result.scorer === 'network' && result.task === task)?.accuracy,
    },
    {
      name: 'least train/loss of a run',
      goal: 'minimize',
      isFraction: false,
      measure: ({ metrics }) => extreme(metrics.get('train/loss'), Math.min),
    },
  ];
  return candidates.find(({ measure }) => runs.some((run) => run.state === 'finished' && measure(run) !== undefined));
}

function extreme(
  points: readonly { readonly value: number }[] | undefined,
  choose: (...values: number[]) => number,
): number | undefined {
  const finite = (points ?? []).map(({ value }) => value).filter(Number.isFinite);
  return finite.length === 0 ? undefined : choose(...finite);
}

function measureConfiguration(
  { label, runs }: RunGroup,
  measure: MeasuredObjective['measure'],
): SweepConfiguration | undefined {
  const found = runs
    .filter(({ state }) => state === 'finished')
    .flatMap((run) => {
      const value = measure(run);
      return value === undefined ? [] : [{ value, folder: run.folder }];
    });
  if (found.length === 0) return undefined;
  const measured = found.map(({ value }) => value);
  return {
    system: label,
    values: Object.fromEntries(runs[0]!.trial.assignments.map(({ path, value }) => [path, value])),
    mean: average(measured),
    measured,
    folders: found.map(({ folder }) => folder),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function findEffects(configurations: readonly SweepConfiguration[]): SweepParameter[] {
  const paths = [...new Set(configurations.flatMap(({ values }) => Object.keys(values)))];
  const short = shortenPaths(paths);
  return paths
    .map((path) => {
      const levels = divideByValue(configurations, path).map(([label, own]) => describeLevel(label, own));
      const means = levels.map(({ mean }) => mean);
      return { path, name: short.get(path)!, levels, effect: Math.max(...means) - Math.min(...means) };
    })
    .filter(({ levels }) => levels.length > 1)
    .sort((a, b) => b.effect - a.effect);
}

type Level = readonly [label: string, configurations: readonly SweepConfiguration[]];

/** The configurations by their value of a parameter, numbers ascending; many numbers are put together in quarters. */
function divideByValue(configurations: readonly SweepConfiguration[], path: string): Level[] {
  const numbers = configurations.map(({ values }) => values[path]);
  const areNumbers = numbers.every((value) => typeof value === 'number');
  const sorted = areNumbers
    ? [...configurations].sort((a, b) => (a.values[path] as number) - (b.values[path] as number))
    : configurations;
  if (areNumbers && new Set(numbers).size > MOST_LEVELS) return divideIntoQuarters(sorted, path);
  const levels = new Map<string, SweepConfiguration[]>();
  for (const configuration of sorted) {
    const label = describeSetting(configuration.values[path]);
    levels.set(label, [...(levels.get(label) ?? []), configuration]);
  }
  return [...levels];
}

function divideIntoQuarters(sorted: readonly SweepConfiguration[], path: string): Level[] {
  const quarters = Array.from({ length: LEVELS_OF_MANY }, (_, quarter) =>
    sorted.slice(
      Math.round((quarter * sorted.length) / LEVELS_OF_MANY),
      Math.round(((quarter + 1) * sorted.length) / LEVELS_OF_MANY),
    ),
  );
  return quarters.map((own) => {
    const ends = [own[0]!, own.at(-1)!].map(({ values }) => describeSetting(values[path]));
    return [ends.join(' … '), own];
  });
}

function describeLevel(label: string, own: readonly SweepConfiguration[]): SweepLevel {
  const means = own.map(({ mean }) => mean);
  return {
    label,
    mean: average(means),
    interval: studentInterval(own.length > 1 ? means : own[0]!.measured),
    configurations: own.length,
  };
}

/** A setting's value in a few signs: numbers with three digits, texts as they are, `–` where there is none. */
export function describeSetting(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return String(Number(value.toPrecision(3)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
