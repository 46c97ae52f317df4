// Launches single trials as jobs of their own, for the controller of a search. A trial that an earlier controller submitted
// is followed, not submitted again; when the controller stops, its trials go on without it.
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunStatus, runFiles } from '../../run-folder/run-folder.js';
import type { LaunchedTrial, Launcher, LaunchOptions, TrialOutcome } from '../launcher.js';
import { clearLockOfLostJob, nameOfRun, type OpenTask } from './find-tasks.js';
import type { QueueWatch } from './queue-watch.js';
import { cancelJobs } from './slurm-commands.js';
import { readTaskRecord, type Submission } from './submission.js';
import { type JobSurroundings, submitArray } from './submit-jobs.js';

export interface SlurmLauncherOptions extends JobSurroundings {
  readonly submission: Submission;
  /** Tasks that are in Slurm's hands already, by the name of their run folder. */
  readonly open: ReadonlyMap<string, OpenTask>;
  readonly queue: QueueWatch;
}

/** Time between two looks at the record of a task. */
const LOOK_MS = 500;
/** Answers of squeue without a task after which it is gone: one may have been asked before it was submitted. */
const ANSWERS_WITHOUT = 2;

/** A task that is followed. */
interface FollowedTask {
  readonly folder: string;
  readonly index: number;
  readonly job: string;
}

/** A launcher that submits through the submission in `folder`, of which it is the only writer. */
export function createSlurmLauncher(options: SlurmLauncherOptions): Launcher {
  const open = new Map(options.open);
  let submission = options.submission;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: each rewrites submission.json. */
  function submitOne(trial: LaunchOptions): Promise<FollowedTask> {
    const submitted = turn.then(async () => {
      const index = submission.trials.length;
      const { haltAfterEpoch } = trial;
      const entry = { folder: nameOfRun(trial.folder), ...(haltAfterEpoch === undefined ? {} : { haltAfterEpoch }) };
      const asked: Submission = {
        ...submission,
        trials: [...submission.trials, entry],
        arrays: [...submission.arrays, { first: index, tasks: 1 }],
      };
      submission = await submitArray(asked, asked.arrays.length - 1, options);
      return { folder: options.folder, index, job: `${submission.arrays.at(-1)!.job}_0` };
    });
    turn = submitted.catch(() => undefined);
    return submitted;
  }

  return (trial): LaunchedTrial => {
    const left = new AbortController();
    const name = nameOfRun(trial.folder);
    const known = open.get(name);
    // Once: the next launch of this trial is another attempt.
    open.delete(name);
    const task: Promise<FollowedTask> =
      known === undefined
        ? submitOne(trial)
        : Promise.resolve({ folder: known.submission.folder, index: known.index, job: known.job });
    const outcome = task.then(
      (one) => followTask(one, trial, { queue: options.queue, left: left.signal, cluster: submission.cluster }),
      (error: unknown): TrialOutcome => ({
        state: 'failed',
        code: 'engine',
        message: error instanceof Error ? error.message : String(error),
        hint: 'resources.slurm says what is asked of the cluster',
      }),
    );
    return {
      pid: undefined,
      outcome,
      stop: () => left.abort(),
      kill: () => {
        left.abort();
        void task.then(({ job }) => cancelJobs([job])).catch(() => undefined);
      },
    };
  };
}

async function followTask(
  { folder, index, job }: FollowedTask,
  trial: LaunchOptions,
  { queue, left, cluster }: { queue: QueueWatch; left: AbortSignal; cluster: string },
): Promise<TrialOutcome> {
  let missing = 0;
  let version = (await queue.look())?.version ?? 0;
  while (!left.aborted) {
    const record = readTaskRecord(folder, index);
    // A stopped one may be on its way back into the queue.
    if (record?.state === 'ended' && record.outcome !== undefined && record.outcome.state !== 'stopped')
      return record.outcome;
    if (record?.state === 'running') tellProgress(trial);

    const answer = await queue.look();
    if (answer !== undefined && answer.version > version) {
      version = answer.version;
      missing = answer.tasks.some(({ id }) => id === job) ? 0 : missing + 1;
      if (missing >= ANSWERS_WITHOUT) {
        clearLockOfLostJob(runFiles(trial.folder).lock, cluster, answer.tasks);
        return readTaskRecord(folder, index)?.outcome ?? describeLoss(job);
      }
    }
    await sleep(LOOK_MS, undefined, { signal: left }).catch(() => undefined);
  }
  return { state: 'stopped' };
}

function tellProgress({ folder, onProgress }: LaunchOptions): void {
  const status = readRunStatus(folder);
  if (status?.state !== 'running') return;
  onProgress({ phase: status.trained ? 'evaluation' : 'training', epoch: status.epoch, maxEpochs: status.maxEpochs });
}

function describeLoss(job: string): TrialOutcome {
  return {
    state: 'failed',
    code: 'killed',
    message: `job ${job} left the queue without a word: it was cancelled, or its machine was lost`,
    hint: 'run again to resume from its last checkpoint, or with --retries N',
  };
}
