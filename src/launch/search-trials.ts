// The trials of a searched sweep: asks the search for points, keeps its event log, tells it how points ended.
import type { Trial } from '../plan/plan-trials.js';
import { type AskedPoint, type Outcome, replaySearch } from '../plan/search/search-strategy.js';
import type { SearchSweep } from '../plan/search-sweep.js';
import { readRunStatus } from '../run/run-folder.js';
import { readSweepMetric } from '../run/sweep-folder.js';
import { isOfThePoint } from './failure-policy.js';
import type { TrialOutcome } from './launcher.js';
import type { SearchLog } from './search-log.js';
import type { TrialSource } from './trial-source.js';

export interface SearchTrialsOptions {
  readonly seeds: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** One asked point with what is known of its trials. */
interface OpenPoint {
  readonly index: number;
  readonly values: Map<Trial, number | 'failed'>;
  readonly trials: readonly Trial[];
}

/** A source whose state is its log: the points that were asked and not told come first, then new ones are asked for. */
export function searchTrials(search: SearchSweep, log: SearchLog, options: SearchTrialsOptions): TrialSource {
  const asked: AskedPoint[] = replaySearch(log.events);
  const secondsBefore = log.events.at(-1)?.seconds ?? 0;
  const startedAt = options.now();
  const secondsSoFar = () => secondsBefore + (options.now() - startedAt) / 1000;
  const pointOf = new Map<Trial, OpenPoint>();
  const waiting: Trial[] = [];

  function open(index: number): OpenPoint {
    const point: OpenPoint = { index, values: new Map(), trials: search.trialsOf(asked[index]!.point) };
    for (const trial of point.trials) pointOf.set(trial, point);
    waiting.push(...point.trials);
    return point;
  }

  function ask(): 'wait' | 'asked' | undefined {
    const { maxHours } = search.settings;
    if (maxHours !== undefined && secondsSoFar() >= maxHours * 3600) return undefined;
    const point = search.propose(asked);
    if (point === undefined || point === 'wait') return point;
    const index = asked.length;
    asked.push({ point, outcome: undefined });
    const { trials } = open(index);
    log.append({ type: 'ask', index, point, trials: trials.map(({ id }) => id), seconds: secondsSoFar() });
    return 'asked';
  }

  asked.forEach(({ outcome }, index) => {
    if (outcome === undefined) open(index);
  });

  return {
    total: search.maxPoints * options.seeds,
    next() {
      while (waiting.length === 0) {
        const state = ask();
        if (state !== 'asked') return state;
      }
      return waiting.shift();
    },
    tell(trial, outcome, folder) {
      const point = pointOf.get(trial);
      const value = point === undefined ? undefined : readValue(outcome, folder, search.settings.metric);
      if (point === undefined || value === undefined) return;
      point.values.set(trial, value);
      if (point.values.size < point.trials.length) return;
      const told = summarize([...point.values.values()]);
      asked[point.index] = { point: asked[point.index]!.point, outcome: told };
      log.append({ type: 'tell', index: point.index, outcome: told, seconds: secondsSoFar() });
      for (const one of point.trials) pointOf.delete(one);
    },
  };
}

/** What a trial says about its point: nothing where it has not come to its end, or failed for what the point is not to blame for. */
function readValue(outcome: TrialOutcome, folder: string, metric: string): number | 'failed' | undefined {
  if (outcome.state === 'finished') {
    const value = readSweepMetric(readRunStatus(folder), metric);
    return value !== undefined && Number.isFinite(value) ? value : 'failed';
  }
  return outcome.state === 'failed' && isOfThePoint(outcome.code) ? 'failed' : undefined;
}

/** Seeds averaged. A point that fails with one of its seeds has failed: the others alone would flatter it. */
function summarize(values: readonly (number | 'failed')[]): Outcome {
  const numbers = values.filter((value) => value !== 'failed');
  if (numbers.length < values.length) return { status: 'failed' };
  // In an order that does not depend on which seed ended first: sums of floats do.
  const sum = numbers.toSorted((a, b) => a - b).reduce((total, value) => total + value, 0);
  return { status: 'finished', value: sum / numbers.length, n: numbers.length };
}
