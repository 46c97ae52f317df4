// The points of a searched sweep: asks the search for them, keeps its event log, tells it how they ended.
import { readObjective } from '../evaluation/headline.js';
import { type AskedPoint, type Outcome, replaySearch } from '../plan/search/search-strategy.js';
import type { SearchSweep } from '../plan/search-sweep.js';
import type { Trial } from '../plan/trial.js';
import { readRunStatus } from '../run-folder/run-folder.js';
import type { PointEnd, PointFeed } from './point-feed.js';
import type { SearchLog } from './search-log.js';
import type { SweepClock } from './sweep-clock.js';

/** A feed whose state is its log. */
export function searchPoints(search: SearchSweep, log: SearchLog, clock: SweepClock): PointFeed {
  const asked: AskedPoint[] = replaySearch(log.events.filter((event) => event.type === 'ask' || event.type === 'tell'));
  const trials = new Map<number, readonly Trial[]>();
  const { maxHours } = search.settings;
  const isTimeUp = () => maxHours !== undefined && clock.seconds() >= maxHours * 3600;

  function trialsOf(index: number): readonly Trial[] {
    let own = trials.get(index);
    if (own === undefined) {
      own = search.trialsOf(asked[index]!.point);
      trials.set(index, own);
    }
    return own;
  }

  return {
    total: search.maxPoints,
    pending: asked.flatMap(({ outcome }, index) => (outcome === undefined ? [index] : [])),
    next() {
      if (isTimeUp()) return undefined;
      const point = search.propose(asked);
      if (point === undefined || point === 'wait') return point;
      const index = asked.length;
      asked.push({ point, outcome: undefined });
      const ids = trialsOf(index).map(({ id }) => id);
      log.append({ type: 'ask', index, point, trials: ids, seconds: clock.seconds() });
      return index;
    },
    trialsOf,
    tell(index, end) {
      const outcome = readOutcome(end, search.settings.metric);
      asked[index] = { point: asked[index]!.point, outcome };
      log.append({ type: 'tell', index, outcome, seconds: clock.seconds() });
    },
    isTimeUp,
  };
}

/** Seeds averaged. A point with a seed that has no value has failed: the others alone would flatter it. */
function readOutcome(end: PointEnd, metric: string): Outcome {
  if (end.status === 'failed') return end;
  const values = end.folders.map((folder) => readObjective(readRunStatus(folder)?.metrics, { metric }) ?? Number.NaN);
  if (!values.every(Number.isFinite)) return { status: 'failed' };
  const told = { value: meanOf(values), n: values.length };
  return end.status === 'finished'
    ? { status: 'finished', ...told }
    : { status: 'halted', ...told, epochs: end.epochs };
}

/** The mean, in an order that does not depend on which seed ended first: sums of floats do. */
export function meanOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length;
}
