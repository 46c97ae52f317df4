// The interface of search strategies. A sweep's search is an event log of asks and tells; a strategy is a pure function
// of what that log says, so replaying the log gives the same state and the same next proposal.
import type { SearchPoint, SearchSpace } from './search-space.js';

/** What became of a point. Seeds are averaged before it is told. */
export type Outcome =
  /** `value` is the mean of the metric over `n` seeds. */
  | { readonly status: 'finished'; readonly value: number; readonly n: number }
  /** Stopped early by successive halving after `epochs`, with the metric there. */
  | { readonly status: 'halted'; readonly value: number; readonly n: number; readonly epochs: number }
  /** No usable value: an error, a time-out, NaN. */
  | { readonly status: 'failed' };

/** One line of the log. `index` counts asks from 0; a later tell of the same index replaces an earlier one. */
export type SearchEvent =
  | { readonly type: 'ask'; readonly index: number; readonly point: SearchPoint }
  | { readonly type: 'tell'; readonly index: number; readonly outcome: Outcome };

/** A proposed point; its outcome is undefined while it is pending. */
export interface AskedPoint {
  readonly point: SearchPoint;
  readonly outcome: Outcome | undefined;
}

export interface SearchStrategy {
  /**
   * The next point, feasible and not asked before, or undefined when the space holds no further one.
   * `asked` is everything asked so far, in the order of asking: the order in which points finished has no influence.
   */
  ask(asked: readonly AskedPoint[]): SearchPoint | undefined;
}

/** Whether a point can be run at all: a strategy never proposes one that cannot. Must be pure. */
export type IsFeasible = (point: SearchPoint) => boolean;

export type SearchSettings =
  | { readonly method: 'random' }
  | { readonly method: 'sobol' }
  | ({ readonly method: 'tpe' } & TpeSettings);

export interface TpeSettings {
  readonly goal: 'minimize' | 'maximize';
  /** Quasi-random points before the model takes over. Default 10. */
  readonly startupPoints?: number;
  /** Candidates drawn per proposal, of which the best is taken. Default 24. */
  readonly candidates?: number;
}

/** What a strategy is made from. */
export interface SearchContext {
  readonly space: SearchSpace;
  readonly seed: number;
  readonly isFeasible: IsFeasible;
}

/**
 * What a log says: every asked point, in the order of asking, with its latest outcome. Throws a RangeError on a log with
 * a gap, a repeated ask or a tell of what was never asked.
 */
export function replaySearch(events: readonly SearchEvent[]): AskedPoint[] {
  const asked: AskedPoint[] = [];
  for (const event of events) {
    const known = asked[event.index];
    if (event.type === 'ask') {
      if (event.index !== asked.length) throw new RangeError(`ask ${event.index} follows ${asked.length} asks`);
      asked.push({ point: event.point, outcome: undefined });
    } else {
      if (known === undefined) throw new RangeError(`tell of ${event.index}, of which there was no ask`);
      asked[event.index] = { ...known, outcome: event.outcome };
    }
  }
  return asked;
}
