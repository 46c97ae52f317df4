// The controller of a search or of successive halving: the same run of a plan as on one machine, inside a small job of its own,
// whose trials are further jobs. Its state is the sweep's event log, so it may be ended and started again at any time.
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { loadPlan } from '../../check/load-plan.js';
import { runFiles } from '../../run-folder/run-folder.js';
import { sweepFiles } from '../../run-folder/sweep-folder.js';
import { beginSweepJournal, hasSweepJournal, updateSweepJournal } from '../../run-folder/sweep-journal.js';
import { createMemoryBudget } from '../memory-budget.js';
import { indexRunFolders } from '../prepare-run.js';
import { runPlan } from '../run-plan.js';
import { clearLockOfLostJob, findOpenTasks } from './find-tasks.js';
import { type QueueWatch, watchQueue } from './queue-watch.js';
import { type EndSignal, type OwnJob, requeueOwnJob } from './requeue-own-job.js';
import { cancelJobs, listQueue } from './slurm-commands.js';
import { createSlurmLauncher } from './slurm-launcher.js';
import { readSubmission, type Submission, submissionFiles } from './submission.js';

export interface RunControllerOptions {
  /** Of the submission. */
  readonly folder: string;
  readonly job: OwnJob;
  readonly stop: AbortSignal;
  readonly signal: () => EndSignal | undefined;
}

/** Runs the search to its end or until the job is told to end; whether all went well. */
export async function runController({ folder, job, stop, signal }: RunControllerOptions): Promise<boolean> {
  const submission = readSubmission(folder) as Submission;
  const { settings, cluster, experimentName, controller } = submission;
  const plan = loadPlan(submissionFiles(folder).experiment);
  if (plan.fingerprint !== submission.fingerprint) {
    throw new OneshotError('corrupt', `${submissionFiles(folder).experiment} is not what was submitted`, {
      hint: 'it was edited, or another version of this program runs here; submit again',
    });
  }
  const experimentFolder = join(settings.runsFolder, experimentName);
  const { slurm } = plan.experiment.resources;
  const queue = watchQueue(1000 * slurm.pollSeconds);
  const tasks = await listQueue();
  clearLockOfLostJob(sweepFiles(experimentFolder, plan.fingerprint.slice(0, 8)).lock, cluster, tasks);
  if (hasSweepJournal(plan.experiment)) beginSweepJournal(experimentFolder, plan.experiment);
  const clearing = clearLostLocks(experimentFolder, cluster, queue, 1000 * slurm.pollSeconds);
  try {
    const { interrupted, outcomes } = await runPlan(plan, {
      ...settings,
      launcher: createSlurmLauncher({
        folder,
        submission,
        slurm: withoutLimit(slurm),
        after: [],
        open: findOpenTasks(experimentFolder, tasks).trials,
        queue,
      }),
      parallel: controller?.parallel ?? 1,
      // They run elsewhere, each with time and memory of its own.
      memory: createMemoryBudget(() => Number.POSITIVE_INFINITY),
      timeoutMinutes: undefined,
      stop,
      kill: new AbortController().signal,
      onEvent: () => undefined,
    });
    const told = signal();
    if (interrupted && told !== undefined && job.restarts < settings.maxRequeues) {
      await requeueOwnJob(job, told);
      return true;
    }
    const hasFailed = [...outcomes.values()].some(({ state }) => state === 'failed');
    if (hasFailed && settings.failFast) await cancelTrials(experimentFolder);
    if (hasSweepJournal(plan.experiment)) updateSweepJournal(experimentFolder, { isOver: true });
    return !hasFailed;
  } finally {
    clearInterval(clearing);
  }
}

/** The number of trials at a time is the controller's own business; each job has one task. */
function withoutLimit<T extends { maxRunning?: number }>({ maxRunning: _, ...slurm }: T): Omit<T, 'maxRunning'> {
  return slurm;
}

/** A trial whose machine was lost keeps its lock; whoever waits for it would wait for ever. */
function clearLostLocks(
  experimentFolder: string,
  cluster: string,
  queue: QueueWatch,
  intervalMs: number,
): NodeJS.Timeout {
  return setInterval(async () => {
    const answer = await queue.look();
    if (answer === undefined) return;
    for (const name of [...indexRunFolders(experimentFolder).values()].flat())
      clearLockOfLostJob(runFiles(join(experimentFolder, name)).lock, cluster, answer.tasks);
  }, intervalMs).unref();
}

async function cancelTrials(experimentFolder: string): Promise<void> {
  const { trials } = findOpenTasks(experimentFolder, await listQueue());
  await cancelJobs([...trials.values()].map(({ job }) => job));
}
