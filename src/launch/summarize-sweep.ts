// How a sweep stands, from its manifest and the folders of its runs: counts, the best point so far, time left, what failed.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FailureCode } from '../base/problem.js';
import { findLockHolder, type LockHolder } from '../base/process-lock.js';
import { groupBy } from '../evaluation/group-by.js';
import { averageOf, rankCandidates, readObjective } from '../evaluation/headline.js';
import type { Interval } from '../evaluation/statistics/interval.js';
import { intervalOverSeeds } from '../evaluation/statistics/over-seeds.js';
import { wilsonInterval } from '../evaluation/statistics/wilson-interval.js';
import type { FoundRun } from '../run-folder/find-runs.js';
import { countStates, type RunState, runFiles } from '../run-folder/run-folder.js';
import { type HalvingManifest, type SweepManifest, sweepFiles } from '../run-folder/sweep-folder.js';
import { type LoggedEvent, listAskedTrialIds, readSearchLog } from './search-log.js';

/** The configuration that the sweep's objective chooses: `rankCandidates` of src/evaluation/headline.ts. */
export interface BestPoint {
  readonly assignments: readonly { readonly path: string; readonly value: unknown }[];
  /** Mean of the sweep's metric over its finished seeds. */
  readonly value: number;
  readonly seeds: number;
  /** 95 % of an accuracy: Wilson's of each seed, over seeds where there are several; undefined for other metrics. */
  readonly interval?: Interval;
  readonly folders: readonly string[];
}

export interface FailedRun {
  readonly name: string;
  readonly folder: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string;
  /** The last lines of its log. */
  readonly logTail: readonly string[];
}

export interface SweepSummary {
  readonly manifest: SweepManifest;
  /** Who runs it now. */
  readonly holder?: LockHolder;
  /** Trials by state; those that have no folder yet are waiting. */
  readonly counts: Readonly<Record<RunState, number>>;
  readonly best?: BestPoint;
  /** How many points have reached each rung of the halving. */
  readonly rungs?: readonly { readonly epochs: number; readonly points: number }[];
  /** Estimate from the trials that have finished or halted; promotions come on top. */
  readonly secondsLeft?: number;
}

/** The summary of a sweep. `runs` are those of its experiment. */
export function summarizeSweep(
  experimentFolder: string,
  manifest: SweepManifest,
  runs: readonly FoundRun[],
): SweepSummary {
  const files = sweepFiles(experimentFolder, manifest.id);
  const events = readSearchLog(files.events);
  const ids = new Set(listSweepTrialIds(experimentFolder, manifest));
  const own = runs.filter(({ trial }) => ids.has(trial.id));
  const counts = countStates(own);
  const withoutFolder = manifest.trials - own.length;
  const holder = findLockHolder(files.lock);
  const best = findBest(manifest, own);
  const secondsLeft = estimateSecondsLeft(manifest, own, counts, withoutFolder);
  return {
    manifest,
    counts: { ...counts, waiting: counts.waiting + withoutFolder },
    ...(holder === undefined ? {} : { holder }),
    ...(best === undefined ? {} : { best }),
    ...(manifest.halving === undefined ? {} : { rungs: countRungs(manifest.halving, events) }),
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
  };
}

/** Ids of a sweep's trials in the order of its plan: all of a list, those asked so far of a search. */
export function listSweepTrialIds(experimentFolder: string, { id, trialIds }: SweepManifest): readonly string[] {
  return trialIds ?? listAskedTrialIds(readSearchLog(sweepFiles(experimentFolder, id).events));
}

function countRungs({ rungEpochs }: HalvingManifest, events: readonly LoggedEvent[]): SweepSummary['rungs'] {
  const reached = new Map<number, number>();
  for (const event of events) if (event.type === 'rung') reached.set(event.index, event.rung + event.values.length);
  return rungEpochs.map((epochs, rung) => ({
    epochs,
    points: [...reached.values()].filter((count) => count > rung).length,
  }));
}

function findBest(manifest: SweepManifest, runs: readonly FoundRun[]): BestPoint | undefined {
  const finished = runs.flatMap((run) => {
    const value = run.state === 'finished' ? readObjective(run.status?.metrics, manifest) : undefined;
    return value === undefined || !Number.isFinite(value) ? [] : [{ run, value }];
  });
  const points = [...groupBy(finished, ({ run }) => run.trial.fingerprints.config).values()];
  const [best] = rankCandidates(
    points.map((members) => ({ members, values: members.map(({ value }) => value) })),
    manifest,
  );
  if (best === undefined) return undefined;
  const value = averageOf(best.values);
  return {
    assignments: best.members[0]!.run.trial.assignments,
    value,
    seeds: best.values.length,
    ...(manifest.queries === undefined ? {} : { interval: intervalOf(best.values, manifest.queries) }),
    folders: best.members.map(({ run }) => run.folder),
  };
}

function intervalOf(values: readonly number[], queries: number): Interval {
  return intervalOverSeeds(
    values.map((accuracy) => ({
      accuracy,
      interval: wilsonInterval(Math.min(queries, Math.max(0, accuracy * queries)), queries),
    })),
  );
}

function estimateSecondsLeft(
  { parallel }: SweepManifest,
  runs: readonly FoundRun[],
  counts: Readonly<Record<RunState, number>>,
  withoutFolder: number,
): number | undefined {
  const ended = runs.filter(({ state }) => state === 'finished' || state === 'halted');
  const left = counts.running + counts.stopped + counts.waiting + withoutFolder;
  if (ended.length === 0 || left === 0) return undefined;
  const meanSeconds = ended.reduce((sum, { status }) => sum + (status?.seconds ?? 0), 0) / ended.length;
  const spent = runs.reduce((sum, { state, status }) => (state === 'running' ? sum + (status?.seconds ?? 0) : sum), 0);
  return Math.max(0, (meanSeconds * left - spent) / parallel);
}

/** The runs that failed, with the last lines of their logs. */
export function listFailures(runs: readonly FoundRun[], logLines = 5): FailedRun[] {
  return runs.flatMap(({ trial, folder, state, status }) => {
    if (state !== 'failed' || status?.failure === undefined) return [];
    return [{ name: `${trial.name}-${trial.id}`, folder, ...status.failure, logTail: readLogTail(folder, logLines) }];
  });
}

/** Bytes of a log that its last lines are looked for in. */
const TAIL_BYTES = 4096;

function readLogTail(folder: string, lines: number): string[] {
  const path = runFiles(folder).log;
  if (!existsSync(path)) return [];
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').trimEnd().split('\n').slice(-lines);
  } finally {
    closeSync(file);
  }
}
