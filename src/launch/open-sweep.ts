// Takes hold of a sweep's state on disk: its lock, its manifest and, for a search, its event log.
import { join } from 'node:path';
import { removeStaleTemporaries } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock } from '../base/process-lock.js';
import type { HalvingSettings } from '../plan/halving.js';
import { planGoal } from '../plan/plan-goal.js';
import type { Plan } from '../plan/plan-trials.js';
import { listRungEpochs } from '../plan/search/asha.js';
import {
  type HalvingManifest,
  readSweepManifest,
  SWEEP_VERSION,
  type SweepManifest,
  sweepFiles,
  writeSweepManifest,
} from '../run-folder/sweep-folder.js';
import { countBegunPoints, halveTrials } from './halving-trials.js';
import { listPoints } from './point-feed.js';
import { indexRunFolders } from './prepare-run.js';
import { listAskedTrialIds, openSearchLog, readSearchLog, type SearchLog } from './search-log.js';
import { searchPoints } from './search-points.js';
import { startSweepClock } from './sweep-clock.js';
import { listTrials, type TrialFeed } from './trial-feed.js';
import { wholeTrials } from './whole-trials.js';

export interface OpenSweep {
  readonly id: string;
  /** Whether no session has run it before. */
  readonly isNew: boolean;
  readonly feed: TrialFeed;
  close(): void;
}

export interface OpenSweepOptions {
  readonly parallel: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * The sweep of a plan in an experiment's folder. Throws OneshotError: `locked` when another process runs it, `corrupt`
 * when its files cannot be read.
 */
export function openSweep(plan: Plan, experimentFolder: string, { parallel, now }: OpenSweepOptions): OpenSweep {
  const id = plan.fingerprint.slice(0, 8);
  const files = sweepFiles(experimentFolder, id);
  makeFolder(files.folder);
  const lock = acquireProcessLock(files.lock);
  if (!('release' in lock)) {
    throw new OneshotError('locked', `process ${lock.pid} on ${lock.host} is running this sweep already`, {
      hint: '`oneshot status --watch` shows how it gets on; a sweep is run by one process at a time',
    });
  }
  try {
    removeStaleTemporaries(files.folder);
    removeStaleTemporaries(experimentFolder);
    const before = readSweepManifest(files.manifest);
    const log = plan.search === undefined && plan.halving === undefined ? undefined : openSearchLog(files.events);
    const feed = log === undefined ? listTrials(plan.trials) : openFeed(plan, log, now);
    writeSweepManifest(files.manifest, describeSweep(plan, feed.total, parallel, before));
    return {
      id,
      isNew: before === undefined,
      feed,
      close() {
        log?.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The run folders of the trials that a plan is known to have, in the order of their ids. */
export function listKnownFolders(plan: Plan, experimentFolder: string): string[] {
  const index = indexRunFolders(experimentFolder);
  return listKnownTrialIds(plan, experimentFolder)
    .flatMap((id) => index.get(id) ?? [])
    .map((name) => join(experimentFolder, name));
}

/** The feed of a sweep whose state is its log. */
function openFeed({ search, halving, trials, experiment }: Plan, log: SearchLog, now: () => number): TrialFeed {
  const clock = startSweepClock(log, now);
  const seeds = experiment.seeds.length;
  const points =
    search === undefined ? listPoints(trials, countBegunPoints(log.events)) : searchPoints(search, log, clock);
  return halving === undefined ? wholeTrials(points, seeds) : halveTrials(points, halving, { seeds, log, clock });
}

/** Ids of the trials that a plan is known to have: all of a list, those asked so far of a search. */
export function listKnownTrialIds(plan: Plan, experimentFolder: string): string[] {
  if (plan.search === undefined) return plan.trials.map(({ id }) => id);
  const { events } = sweepFiles(experimentFolder, plan.fingerprint.slice(0, 8));
  return listAskedTrialIds(readSearchLog(events));
}

function describeSweep(plan: Plan, trials: number, parallel: number, before: SweepManifest | undefined): SweepManifest {
  const { experiment, search, halving, fingerprint } = plan;
  const validation = experiment.training?.validation;
  const { metric, goal } = planGoal(plan);
  const isListed = experiment.sweep?.method === 'list';
  const withoutNetwork = plan.trials.filter((trial) => isListed && trial.experiment.model === undefined);
  return {
    version: SWEEP_VERSION,
    id: fingerprint.slice(0, 8),
    fingerprint,
    experimentName: experiment.name,
    method: experiment.sweep?.method ?? 'list',
    seeds: experiment.seeds,
    trials,
    ...(search === undefined
      ? { trialIds: plan.trials.map(({ id }) => id) }
      : { parameters: search.settings.parameters }),
    ...(withoutNetwork.length === 0 ? {} : { idsWithoutNetwork: withoutNetwork.map(({ id }) => id) }),
    metric,
    goal,
    ...(validation === undefined || metric === 'train/loss' ? {} : { queries: validation.queries }),
    ...(halving === undefined ? {} : { halving: describeHalving(halving) }),
    ...(experiment.ensemble === undefined ? {} : { ensemble: experiment.ensemble.of }),
    parallel,
    createdAt: before?.createdAt ?? new Date().toISOString(),
  };
}

function describeHalving({ metric, goal, reductionFactor, ...limits }: HalvingSettings): HalvingManifest {
  return { metric, goal, reductionFactor, rungEpochs: listRungEpochs({ goal, reductionFactor, ...limits }) };
}
