// Submits what of a plan is neither finished nor in Slurm's hands: the trials of a list as job arrays, a search as one small
// job that asks and submits. Ends when Slurm has them; nothing has to stay alive here.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { stringify } from 'yaml';
import { removeStaleTemporaries, writeFileAtomic } from '../../base/atomic-file.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { acquireProcessLock, findLockHolder } from '../../base/process-lock.js';
import type { Slurm } from '../../config/experiment.js';
import type { Plan } from '../../plan/plan-trials.js';
import type { Trial } from '../../plan/trial.js';
import { runFiles } from '../../run-folder/run-folder.js';
import { sweepFiles } from '../../run-folder/sweep-folder.js';
import { beginSweepJournal, hasSweepJournal } from '../../run-folder/sweep-journal.js';
import { openSweep } from '../open-sweep.js';
import { findRun, indexRunFolders, prepareRun } from '../prepare-run.js';
import { clearLockOfLostJob, findOpenTasks, nameOfRun, type OpenTasks } from './find-tasks.js';
import { splitIntoArrays } from './job-script.js';
import { type Cluster, listQueue, type QueuedTask, readCluster } from './slurm-commands.js';
import {
  makeSubmissionFolder,
  SUBMISSION_VERSION,
  type Submission,
  type SubmittedTrial,
  submissionFiles,
  submissionsFolder,
  type TaskSettings,
  writeSubmission,
} from './submission.js';
import { type JobSurroundings, submitArray, submitController } from './submit-jobs.js';

export interface SubmitPlanOptions {
  readonly slurm: Slurm;
  readonly settings: TaskSettings;
  /** Trials at the same time, of a search. */
  readonly parallel: number;
  /** Aborted: nothing more is submitted. */
  readonly stop: AbortSignal;
  /** Called after each array that Slurm has accepted. */
  onSubmitted(job: string, tasks: number): void;
}

export interface SubmittedPlan {
  readonly cluster: string;
  /** The name of the jobs of this submission; undefined where there was nothing to submit. */
  readonly jobName?: string;
  /** Jobs of this submission. */
  readonly jobs: readonly { readonly id: string; readonly tasks: number }[];
  /** The controller of a search, submitted now or before. */
  readonly controller?: string;
  /** Trials of a list by what became of them; `elsewhere`: another process runs it. */
  readonly counts: Readonly<Record<'finished' | 'queued' | 'elsewhere' | 'submitted' | 'left', number>>;
  /** Run folders of a list. */
  readonly folders: ReadonlyMap<Trial, string>;
}

const NO_TRIALS = { finished: 0, queued: 0, elsewhere: 0, submitted: 0, left: 0 };
/** Folders that are prepared between two looks at whether to stop. */
const BATCH = 50;

/**
 * Submits the plan. Throws OneshotError: `usage` where Slurm does not answer or refuses, `locked` where the sweep is run
 * or submitted by somebody else right now.
 */
export async function submitPlan(plan: Plan, options: SubmitPlanOptions): Promise<SubmittedPlan> {
  const cluster = await readCluster();
  const experimentFolder = join(options.settings.runsFolder, plan.experiment.name);
  makeFolder(submissionsFolder(experimentFolder));
  const lock = acquireProcessLock(join(submissionsFolder(experimentFolder), 'lock'));
  if (!('release' in lock)) {
    throw new OneshotError('locked', `process ${lock.pid} on ${lock.host} is submitting this experiment right now`, {
      hint: 'wait until it has ended; then run again to submit the rest',
    });
  }
  try {
    const queue = await listQueue();
    const found = { cluster, experimentFolder, queue, open: findOpenTasks(experimentFolder, queue) };
    const isDecided = plan.search === undefined && plan.halving === undefined;
    return isDecided ? await submitTrials(plan, options, found) : await submitSearch(plan, options, found);
  } finally {
    lock.release();
  }
}

interface Found {
  readonly cluster: Cluster;
  readonly experimentFolder: string;
  readonly queue: readonly QueuedTask[];
  readonly open: OpenTasks;
}

async function submitTrials(plan: Plan, options: SubmitPlanOptions, found: Found): Promise<SubmittedPlan> {
  const { cluster, experimentFolder, open } = found;
  const { slurm, settings, stop } = options;
  const isSweep = plan.trials.length > 1;
  clearLockOfLostJob(sweepFiles(experimentFolder, plan.fingerprint.slice(0, 8)).lock, cluster.name, found.queue);
  const parallel = slurm.maxRunning ?? plan.trials.length;
  const sweep = isSweep ? openSweep(plan, experimentFolder, { parallel, now: () => performance.now() }) : undefined;
  try {
    if (hasSweepJournal(plan.experiment)) beginSweepJournal(experimentFolder, plan.experiment);
    const { folders, due, counts } = await prepareTrials(plan, found, stop);
    const result = { cluster: cluster.name, folders };
    if (due.length === 0 || stop.aborted) return { ...result, jobs: [], counts: { ...counts, left: due.length } };

    const largest = Math.min(cluster.maxArraySize, slurm.arraySize ?? Number.POSITIVE_INFINITY);
    let first = 0;
    const arrays = splitIntoArrays(due.length, largest).map((tasks) => {
      first += tasks;
      return { first: first - tasks, tasks };
    });
    const { folder, submission } = beginSubmission(plan, found, { settings, trials: due, arrays: [] });
    // A limit on running trials holds for all jobs together: each waits for those before it.
    const before = new Set([...open.trials.values()].map(({ job }) => job.split('_')[0] as string));
    let current = submission;
    for (const array of arrays) {
      if (stop.aborted) break;
      const after = [...before, ...current.arrays.flatMap(({ job }) => job ?? [])];
      // On the disk before Slurm hears of it.
      const asked = { ...current, arrays: [...current.arrays, array] };
      writeSubmission(folder, asked);
      try {
        current = await submitArray(asked, asked.arrays.length - 1, { folder, slurm, after });
      } catch (error) {
        withdraw(folder, current);
        throw explainRefusal(error, array.first, due.length);
      }
      options.onSubmitted(current.arrays.at(-1)!.job as string, array.tasks);
    }
    const jobs = current.arrays.map(({ job, tasks }) => ({ id: job as string, tasks }));
    const submitted = jobs.reduce((sum, { tasks }) => sum + tasks, 0);
    if (submitted === 0) withdraw(folder, current);
    return {
      ...result,
      ...(submitted === 0 ? {} : { jobName: current.jobName }),
      jobs,
      counts: { ...counts, submitted, left: due.length - submitted },
    };
  } finally {
    sweep?.close();
  }
}

/** Makes the run folders of what is to be submitted. */
async function prepareTrials({ trials }: Plan, { experimentFolder, cluster, queue, open }: Found, stop: AbortSignal) {
  const index = indexRunFolders(experimentFolder);
  const folders = new Map<Trial, string>();
  const due: SubmittedTrial[] = [];
  const counts = { ...NO_TRIALS };
  for (const [at, trial] of trials.entries()) {
    if (at % BATCH === 0) await breathe();
    if (stop.aborted) break;
    const { folder, progress } = findRun(experimentFolder, trial, index);
    folders.set(trial, folder);
    if (progress === 'finished') counts.finished++;
    else if (open.trials.has(nameOfRun(folder))) counts.queued++;
    else {
      if (progress !== 'new') clearLockOfLostJob(runFiles(folder).lock, cluster.name, queue);
      if (findLockHolder(runFiles(folder).lock) !== undefined) counts.elsewhere++;
      else due.push({ folder: nameOfRun(prepareRun(experimentFolder, trial, index).folder) });
    }
  }
  return { folders, due, counts };
}

async function submitSearch(plan: Plan, options: SubmitPlanOptions, found: Found): Promise<SubmittedPlan> {
  const { cluster, experimentFolder, open, queue } = found;
  const { settings, slurm } = options;
  const result = { cluster: cluster.name, counts: NO_TRIALS, folders: new Map<Trial, string>() };
  const running = open.controllers.find(({ submission }) => submission.submission.fingerprint === plan.fingerprint);
  if (running !== undefined) return { ...result, jobs: [], controller: running.task.id };

  const { lock } = sweepFiles(experimentFolder, plan.fingerprint.slice(0, 8));
  clearLockOfLostJob(lock, cluster.name, queue);
  const holder = findLockHolder(lock);
  if (holder !== undefined) {
    throw new OneshotError('locked', `process ${holder.pid} on ${holder.host} is running this sweep already`, {
      hint: '`oneshot status --watch` shows how it gets on; a sweep is run by one process at a time',
    });
  }
  const { folder, submission } = beginSubmission(plan, found, { settings, trials: [], arrays: [] });
  const asked = { ...submission, controller: { parallel: options.parallel } };
  // The controller goes by this copy: the file may change while the search runs.
  writeFileAtomic(submissionFiles(folder).experiment, stringify(plan.experiment, { aliasDuplicateObjects: false }));
  writeSubmission(folder, asked);
  const around: JobSurroundings = { folder, slurm, after: [] };
  const told = await submitController(asked, around).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const controller = told.controller?.job as string;
  options.onSubmitted(controller, 1);
  return { ...result, jobName: told.jobName, jobs: [{ id: controller, tasks: 1 }], controller };
}

function beginSubmission(
  { experiment, fingerprint }: Plan,
  { cluster, experimentFolder }: Found,
  parts: Pick<Submission, 'settings' | 'trials' | 'arrays'>,
): { folder: string; submission: Submission } {
  removeStaleTemporaries(submissionsFolder(experimentFolder));
  const now = new Date();
  const { id, folder } = makeSubmissionFolder(experimentFolder, now, randomBytes(2).toString('hex'));
  const submission: Submission = {
    version: SUBMISSION_VERSION,
    id,
    jobName: `${experiment.name}.${id}`,
    cluster: cluster.name,
    createdAt: now.toISOString(),
    experimentName: experiment.name,
    fingerprint,
    ...parts,
  };
  return { folder, submission };
}

/** Takes back what was written of an array that Slurm has not accepted. */
function withdraw(folder: string, submission: Submission): void {
  if (submission.arrays.length === 0) rmSync(folder, { recursive: true, force: true });
  else writeSubmission(folder, submission);
}

function explainRefusal(error: unknown, submitted: number, due: number): unknown {
  if (submitted === 0 || !(error instanceof OneshotError)) return error;
  return new OneshotError(error.code, `${submitted} of ${due} trials are submitted; then ${error.message}`, {
    hint: 'run again to submit the rest, later where the cluster limits how many jobs one may have',
    cause: error,
  });
}
