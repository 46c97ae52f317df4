// The trials of a sweep under asynchronous successive halving: points train to a rung and halt there, the best go on. Its
// state is its event log: after any number of kills the same results lead to the same decisions (src/plan/search/asha.ts).
import type { HalvingSettings } from '../plan/halving.js';
import { decideAsha, listRungEpochs, promoteLeader, type RungResult } from '../plan/search/asha.js';
import type { Trial } from '../plan/trial.js';
import { readMetricAt } from '../run-folder/read-metric.js';
import type { TrialOutcome } from './launcher.js';
import type { PointFeed } from './point-feed.js';
import type { LoggedEvent, SearchLog } from './search-log.js';
import { meanOf } from './search-points.js';
import type { SweepClock } from './sweep-clock.js';
import type { TrialFeed } from './trial-feed.js';
import { saysSomething } from './whole-trials.js';

export interface HalvingTrialsOptions {
  readonly seeds: number;
  readonly log: SearchLog;
  readonly clock: SweepClock;
}

/** A point on its way to a rung, with the ends of its trials that are known. */
interface OpenPoint {
  readonly index: number;
  readonly rung: number;
  readonly trials: readonly Trial[];
  readonly ends: Map<Trial, { readonly outcome: TrialOutcome; readonly folder: string }>;
}

/** How many of the sweep's points were begun, by its log. */
export function countBegunPoints(events: readonly LoggedEvent[]): number {
  return new Set(events.flatMap((event) => (event.type === 'target' ? [event.index] : []))).size;
}

/**
 * The trials of a feed's points: first those that earlier sessions left on their way to a rung, then whatever the
 * results so far call for.
 */
export function halveTrials(
  points: PointFeed,
  settings: HalvingSettings,
  { seeds, log, clock }: HalvingTrialsOptions,
): TrialFeed {
  const rungEpochs = listRungEpochs(settings);
  const lastRung = rungEpochs.length - 1;
  const { targets, values } = replayHalving(log.events);
  const pointOf = new Map<Trial, OpenPoint>();
  const waiting: Trial[] = [];

  const listResults = (): RungResult[] =>
    [...values].flatMap(([index, own]) => own.map((value, rung) => ({ trial: nameOf(index), rung, value })));
  const listRunning = () =>
    [...targets]
      .filter(([index, rung]) => !hasReached(index, rung))
      .map(([index, rung]) => ({ trial: nameOf(index), rung }));
  const hasReached = (index: number, rung: number) => (values.get(index)?.length ?? 0) > rung;

  function open(index: number, rung: number): void {
    const point: OpenPoint = { index, rung, trials: points.trialsOf(index), ends: new Map() };
    for (const trial of point.trials) pointOf.set(trial, point);
    waiting.push(...point.trials);
  }

  function begin(index: number, rung: number): 'begun' {
    targets.set(index, rung);
    log.append({ type: 'target', index, rung, seconds: clock.seconds() });
    open(index, rung);
    return 'begun';
  }

  /** Sends a point on its way, or says why none is. */
  function decide(): 'begun' | 'wait' | undefined {
    if (points.isTimeUp()) return undefined;
    const results = listResults();
    const running = listRunning();
    const decision = decideAsha(settings, results, running);
    if (decision.type === 'promote') return begin(Number(decision.trial), decision.rung);
    const index = points.next();
    if (index === 'wait') return 'wait';
    if (index !== undefined) return begin(index, 0);
    if (running.length > 0) return 'wait';
    const leader = promoteLeader(settings, results);
    return leader && begin(Number(leader.trial), leader.rung);
  }

  function close({ index, rung, trials, ends }: OpenPoint): void {
    const all = [...ends.values()];
    const folders = all.map(({ folder }) => folder);
    const isFailed = all.some(({ outcome }) => outcome.state === 'failed');
    const isFinished = all.every(({ outcome }) => outcome.state === 'finished');
    // Told first: a point that was killed between the two is told again, not forgotten.
    if (isFailed) points.tell(index, { status: 'failed' });
    else if (isFinished) points.tell(index, { status: 'finished', folders });
    else points.tell(index, { status: 'halted', folders, epochs: rungEpochs[rung]! });
    // A training that has ended for good is as far as it gets at every rung.
    const rungs = isFinished ? rungEpochs.slice(rung) : [rungEpochs[rung]!];
    const reached = rungs.map((epochs) => (isFailed ? null : measure(folders, epochs)));
    values.set(index, [...(values.get(index) ?? []), ...reached.map((value) => value ?? undefined)]);
    log.append({ type: 'rung', index, rung, values: reached, seconds: clock.seconds() });
    for (const trial of trials) pointOf.delete(trial);
  }

  /** Mean over the seeds; null where one has no value. */
  function measure(folders: readonly string[], epochs: number): number | null {
    const own = folders.map((folder) => readMetricAt(folder, settings.metric, epochs) ?? Number.NaN);
    return own.every(Number.isFinite) ? meanOf(own) : null;
  }

  for (const index of points.pending) if (!targets.has(index)) targets.set(index, 0);
  for (const [index, rung] of targets) if (!hasReached(index, rung)) open(index, rung);

  return {
    total: points.total * seeds,
    next() {
      while (waiting.length === 0) {
        const decision = decide();
        if (decision !== 'begun') return decision;
      }
      const trial = waiting.shift()!;
      const { rung } = pointOf.get(trial)!;
      return rung === lastRung ? { trial } : { trial, haltAfterEpoch: rungEpochs[rung]! };
    },
    tell(trial, outcome, folder) {
      const point = pointOf.get(trial);
      if (point === undefined || !saysSomething(outcome)) return;
      point.ends.set(trial, { outcome, folder });
      if (point.ends.size === point.trials.length) close(point);
    },
  };
}

/** Names whose order is that of the points: the earlier of equal ones is preferred. */
const nameOf = (index: number) => String(index).padStart(7, '0');

/** By point: the rung that it was last sent to, and its values at the rungs that it has reached. */
function replayHalving(events: readonly LoggedEvent[]) {
  const targets = new Map<number, number>();
  const values = new Map<number, (number | undefined)[]>();
  for (const event of events) {
    if (event.type === 'target') targets.set(event.index, event.rung);
    if (event.type === 'rung') {
      const before = values.get(event.index)?.slice(0, event.rung) ?? [];
      values.set(event.index, [...before, ...event.values.map((value) => value ?? undefined)]);
    }
  }
  return { targets, values };
}
