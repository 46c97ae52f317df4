// Where the trials of a sweep come from: a list, or points of a search or of successive halving that are told how they end.
import type { Trial } from '../plan/trial.js';
import type { TrialOutcome } from './launcher.js';

/** A trial and how far it is to run. */
export interface TrialTask {
  readonly trial: Trial;
  /** Epoch after which it halts; without it the trial runs to its end. */
  readonly haltAfterEpoch?: number;
}

export interface TrialFeed {
  /** Trials at most. */
  readonly total: number;
  /** The next trial; `wait` where it depends on how others end, undefined when there is none left. */
  next(): TrialTask | 'wait' | undefined;
  /** What became of a trial that came from here, in its run folder. */
  tell(trial: Trial, outcome: TrialOutcome, folder: string): void;
}

/** The trials of a list, in its order. */
export function listTrials(trials: readonly Trial[]): TrialFeed {
  const waiting = trials.values();
  return {
    total: trials.length,
    next() {
      const trial = waiting.next().value;
      return trial && { trial };
    },
    tell: () => undefined,
  };
}
