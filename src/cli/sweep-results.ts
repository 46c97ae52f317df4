// The results of a plan's trials for the end of `oneshot run`: all of few, the best of many.
import { readObjective } from '../evaluation/headline.js';
import { readResults } from '../evaluation/records/evaluation-result.js';
import { readRunVerifications } from '../evaluation/records/verification-result.js';
import type { PlanGoal } from '../plan/plan-goal.js';
import { readRunStatus, readTrialRecord, runFiles } from '../run-folder/run-folder.js';
import type { RunResults } from './results-table.js';

export interface ShownResults {
  /** In the order of the folders where they are few, else the best first. */
  readonly shown: readonly RunResults[];
  /** Runs that have results. */
  readonly total: number;
}

/** Runs whose results are all shown, and how many are shown of more. */
const MOST_SHOWN = 20;
const BEST_SHOWN = 10;

/** The results of the finished runs in `folders`. */
export function chooseResults(folders: readonly string[], { metric, goal }: PlanGoal): ShownResults {
  const finished = folders.flatMap((folder) => {
    const status = readRunStatus(folder);
    return status?.state === 'finished'
      ? [{ folder, value: readObjective(status.metrics, { metric }) ?? Number.NaN }]
      : [];
  });
  const sign = goal === 'maximize' ? -1 : 1;
  const isRanked = finished.length > MOST_SHOWN;
  const chosen = isRanked ? finished.toSorted((a, b) => compareCosts(sign * a.value, sign * b.value)) : finished;
  const shown = chosen.slice(0, isRanked ? BEST_SHOWN : MOST_SHOWN).flatMap(({ folder }) => {
    const results = [...readResults(runFiles(folder).results), ...readRunVerifications(folder)];
    return results.length === 0 ? [] : [{ name: readTrialRecord(folder)?.name ?? folder, results }];
  });
  return { shown, total: finished.length };
}

// Runs without a value come last.
function compareCosts(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}
