// One task of a job array: its trial, run as on one's own machine, and the record of what became of it.
import { join } from 'node:path';
import { findLockHolder } from '../../base/process-lock.js';
import { describeFailure } from '../../run/describe-failure.js';
import { runFiles } from '../../run-folder/run-folder.js';
import type { TrialOutcome } from '../launcher.js';
import { launchLocally } from '../local-launcher.js';
import { recordFailure } from '../record-failure.js';
import { runPlan } from '../run-plan.js';
import { clearLockOfLostJob } from './find-tasks.js';
import { planOfRun } from './plan-of-run.js';
import { type EndSignal, type OwnJob, requeueOwnJob } from './requeue-own-job.js';
import { cancelJobs, listQueue } from './slurm-commands.js';
import { readSubmission, SUBMISSION_VERSION, type Submission, type TaskRecord, writeTaskRecord } from './submission.js';

export interface RunTaskOptions {
  /** Of the submission. */
  readonly folder: string;
  /** Number of the trial within its submission. */
  readonly index: number;
  readonly job: OwnJob;
  /** Aborted when the job is told to end. */
  readonly stop: AbortSignal;
  /** What it was told by. */
  readonly signal: () => EndSignal | undefined;
  /** What keeps this job from requeueing itself, known from the start. */
  readonly problem?: string;
}

/** Runs the trial of a task until it ends or the job is told to; returns what is recorded of it. */
export async function runTask(options: RunTaskOptions): Promise<TaskRecord> {
  const { folder, index, job } = options;
  const record: Recorder = (state, outcome, problem) => {
    const told: TaskRecord = {
      version: SUBMISSION_VERSION,
      state,
      job: job.id,
      node: job.node,
      restarts: job.restarts,
      updatedAt: new Date().toISOString(),
      ...(outcome === undefined ? {} : { outcome }),
      ...(problem === undefined ? {} : { problem }),
    };
    writeTaskRecord(folder, index, told);
    return told;
  };

  record('running', undefined, options.problem);
  try {
    return await runTrialOf(options, record);
  } catch (error) {
    return record('ended', { state: 'failed', ...describeFailure(error) });
  }
}

type Recorder = (state: TaskRecord['state'], outcome?: TrialOutcome, problem?: string) => TaskRecord;

async function runTrialOf(options: RunTaskOptions, record: Recorder): Promise<TaskRecord> {
  const { folder, index, job, stop, signal } = options;
  const submission = readSubmission(folder) as Submission;
  const { settings } = submission;
  const { folder: name, haltAfterEpoch } = submission.trials[index]!;
  const runFolder = join(settings.runsFolder, submission.experimentName, name);
  const { plan, trial } = planOfRun(runFolder);
  await clearLostLock(runFiles(runFolder).lock, submission.cluster);

  const startedAt = new Date();
  const { outcomes, skipped } = await runPlan(plan, {
    ...settings,
    // A controller starts failed trials again itself, and decides what a failure means for the others.
    retries: submission.controller === undefined ? settings.retries : 0,
    failFast: false,
    parallel: 1,
    launcher: (options) => launchLocally({ ...options, ...(haltAfterEpoch === undefined ? {} : { haltAfterEpoch }) }),
    stop,
    kill: new AbortController().signal,
    onEvent: () => undefined,
  });
  const outcome: TrialOutcome = outcomes.get(trial) ?? { state: skipped > 0 ? 'finished' : 'stopped' };
  const told = signal();
  if (outcome.state !== 'stopped' || told === undefined) {
    if (outcome.state === 'failed' && settings.failFast && submission.controller === undefined)
      await cancelRest(submission, job.id);
    return record('ended', outcome);
  }

  if (job.restarts >= settings.maxRequeues && told === 'limit') {
    const failure = {
      state: 'failed',
      code: 'timeout',
      message: `not finished after ${job.restarts + 1} jobs (resources.slurm.maxRequeues)`,
      hint: 'submit again to resume from its checkpoint, or give jobs more time (resources.slurm.time)',
    } as const;
    recordFailure(runFolder, trial, failure, startedAt);
    return record('ended', failure);
  }
  // Before Slurm is asked: it may end this process in the middle of its answer.
  record('requeued');
  try {
    return (await requeueOwnJob(job, told)) ? record('requeued') : record('ended', outcome);
  } catch (error) {
    // The trial has its checkpoint and did not fail; what it misses is a job to go on in.
    return record('ended', outcome, options.problem ?? `Slurm did not requeue it: ${(error as Error).message}`);
  }
}

// The machine of the job that ran this trial before may be lost; a lock on another machine cannot be judged without Slurm.
async function clearLostLock(lock: string, cluster: string): Promise<void> {
  if (findLockHolder(lock)?.job === undefined) return;
  const queue = await listQueue().catch(() => undefined);
  if (queue !== undefined) clearLockOfLostJob(lock, cluster, queue);
}

async function cancelRest({ arrays }: Submission, own: string): Promise<void> {
  const queue = await listQueue();
  const jobs = new Set(arrays.map(({ job }) => job));
  await cancelJobs(queue.map(({ id }) => id).filter((id) => id !== own && jobs.has(id.split('_')[0])));
}
