// The trials of a search where each runs to its end: a point is told once all its seeds have come to theirs.
import type { Trial } from '../plan/trial.js';
import { isOfThePoint } from './failure-policy.js';
import type { TrialOutcome } from './launcher.js';
import type { PointFeed } from './point-feed.js';
import type { TrialFeed } from './trial-feed.js';

/** A point whose trials run or wait, with the ends that are known. */
interface OpenPoint {
  readonly index: number;
  readonly trials: readonly Trial[];
  readonly ends: Map<Trial, { readonly failed: boolean; readonly folder: string }>;
}

/** The trials of a feed's points: first those that earlier sessions left, then those of new points. */
export function wholeTrials(points: PointFeed, seeds: number): TrialFeed {
  const pointOf = new Map<Trial, OpenPoint>();
  const waiting: Trial[] = [];

  function open(index: number): void {
    const point: OpenPoint = { index, trials: points.trialsOf(index), ends: new Map() };
    for (const trial of point.trials) pointOf.set(trial, point);
    waiting.push(...point.trials);
  }

  for (const index of points.pending) open(index);

  return {
    total: points.total * seeds,
    next() {
      while (waiting.length === 0) {
        const index = points.next();
        if (index === undefined || index === 'wait') return index;
        open(index);
      }
      return { trial: waiting.shift()! };
    },
    tell(trial, outcome, folder) {
      const point = pointOf.get(trial);
      if (point === undefined || !saysSomething(outcome)) return;
      point.ends.set(trial, { failed: outcome.state === 'failed', folder });
      if (point.ends.size < point.trials.length) return;
      const ends = [...point.ends.values()];
      const isFailed = ends.some(({ failed }) => failed);
      const folders = ends.map((end) => end.folder);
      points.tell(point.index, isFailed ? { status: 'failed' } : { status: 'finished', folders });
      for (const one of point.trials) pointOf.delete(one);
    },
  };
}

/**
 * Whether a trial's end says something of its point: nothing where it has not come to its end, or failed for what the
 * point is not to blame for.
 */
export function saysSomething(outcome: TrialOutcome): boolean {
  return outcome.state === 'failed' ? isOfThePoint(outcome.code) : outcome.state !== 'stopped';
}
