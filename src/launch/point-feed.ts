// Where the points of a sweep come from, one after the other: a list, or a search that is told what became of them. A point
// has a trial for each seed.
import { groupBy } from '../evaluation/group-by.js';
import type { Trial } from '../plan/trial.js';

/** What became of a point. */
export type PointEnd =
  | { readonly status: 'failed' }
  /** `folders` are those of its trials; `epochs` is where they halted. */
  | { readonly status: 'finished'; readonly folders: readonly string[] }
  | { readonly status: 'halted'; readonly folders: readonly string[]; readonly epochs: number };

export interface PointFeed {
  /** Points at most. */
  readonly total: number;
  /** Numbers of the points that earlier sessions took and of which it was told no end. */
  readonly pending: readonly number[];
  /** The number of the next point; `wait` where it depends on how others end, undefined when there is none left. */
  next(): number | 'wait' | undefined;
  /** The trials of a point that was taken, one for each seed: the same objects at each call. */
  trialsOf(index: number): readonly Trial[];
  /** A later end of a point replaces an earlier one. */
  tell(index: number, end: PointEnd): void;
  /** Whether the sweep's time is over: nothing more is to be begun. */
  isTimeUp(): boolean;
}

/** The points of listed trials, in their order; the first `taken` of them were begun before. */
export function listPoints(trials: readonly Trial[], taken: number): PointFeed {
  const points = [...groupBy(trials, ({ fingerprints }) => fingerprints.config).values()];
  let next = taken;
  return {
    total: points.length,
    pending: [],
    next: () => (next < points.length ? next++ : undefined),
    trialsOf: (index) => points[index]!,
    tell: () => undefined,
    isTimeUp: () => false,
  };
}
