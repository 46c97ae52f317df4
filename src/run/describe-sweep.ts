// The trials of a sweep in words, as MLflow shows them on the page of the sweep's run. Pure.
import type { RunState, TrialRecord } from './run-folder.js';

/** What a sweep looks for. */
export interface SweepGoal {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
}

/** A trial as far as its sweep is concerned. */
export interface SweepTrial extends Pick<TrialRecord, 'name' | 'id' | 'seed' | 'assignments'> {
  readonly folder: string;
  readonly state: RunState;
  /** Its value of the sweep's metric, where it has one. */
  readonly value: number | undefined;
  /** ISO 8601; empty for a trial that was never started. */
  readonly updatedAt: string;
}

const LISTED_TRIALS = 10;

/** The trials that have a value, the best first; equal ones in the given order. */
export function rankTrials(trials: readonly SweepTrial[], { goal }: SweepGoal): SweepTrial[] {
  const sign = goal === 'maximize' ? -1 : 1;
  return trials
    .filter(({ value }) => value !== undefined && Number.isFinite(value))
    .sort((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)));
}

/** Markdown: how many trials stand where, and the best ones. */
export function describeSweep(trials: readonly SweepTrial[], goal: SweepGoal): string {
  const counts = new Map<RunState, number>();
  for (const { state } of trials) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  const ranked = rankTrials(trials, goal).slice(0, LISTED_TRIALS);
  const direction = goal.goal === 'maximize' ? 'highest' : 'lowest';
  return [
    `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}: ${states}. The ${direction} \`${goal.metric}\`:`,
    '',
    `| | trial | seed | ${goal.metric} | state |`,
    '|---|---|---|---|---|',
    ...ranked.map(
      ({ name, seed, value, state }, index) =>
        `| ${index + 1} | ${name} | ${seed} | ${value?.toPrecision(4) ?? ''} | ${state} |`,
    ),
  ].join('\n');
}
