// Which trials of an experiment Slurm has in hand: joins the submissions on disk with what squeue says, or, where there is no
// squeue, with what the tasks have written down themselves.
import { basename } from 'node:path';
import { clearLock, findLockHolder, type LockHolder } from '../../base/process-lock.js';
import type { QueuedTask } from './slurm-commands.js';
import { type FoundSubmission, listSubmissions, readTaskRecord, type SubmittedArray } from './submission.js';

/** A trial that waits in the queue or runs. */
export interface OpenTask {
  readonly submission: FoundSubmission;
  /** Number of the trial within its submission. */
  readonly index: number;
  /** `12_3` */
  readonly job: string;
  readonly state: QueuedTask['state'];
  readonly reason?: string;
  readonly node?: string;
}

export interface OpenTasks {
  /** By the name of the run folder. */
  readonly trials: ReadonlyMap<string, OpenTask>;
  /** Submissions whose controller waits or runs, with its job. */
  readonly controllers: readonly { readonly submission: FoundSubmission; readonly task: QueuedTask }[];
}

/**
 * What Slurm has in hand of an experiment. Without `queue` the tasks' own records are all there is: those that have not
 * said that they ended count.
 */
export function findOpenTasks(experimentFolder: string, queue: readonly QueuedTask[] | undefined): OpenTasks {
  const submissions = listSubmissions(experimentFolder);
  const trials = new Map<string, OpenTask>();
  const controllers: { submission: FoundSubmission; task: QueuedTask }[] = [];
  const byName = groupByName(queue ?? []);
  for (const found of submissions) {
    const tasks = queue === undefined ? recallTasks(found) : (byName.get(found.submission.jobName) ?? []);
    for (const task of tasks) {
      const index = indexOfTask(found, task.id);
      const name = index === undefined ? undefined : found.submission.trials[index]?.folder;
      if (index !== undefined && name !== undefined) {
        const { id, jobName: _, ...state } = task;
        trials.set(name, { submission: found, index, job: id, ...state });
      } else if (!task.id.includes('_') && found.submission.controller !== undefined) {
        controllers.push({ submission: found, task });
      }
    }
  }
  return { trials, controllers };
}

function groupByName(queue: readonly QueuedTask[]): Map<string, QueuedTask[]> {
  const byName = new Map<string, QueuedTask[]>();
  for (const task of queue) {
    const tasks = byName.get(task.jobName);
    if (tasks === undefined) byName.set(task.jobName, [task]);
    else tasks.push(task);
  }
  return byName;
}

/**
 * The number of the trial that a task `12_3` runs. A job that is not recorded belongs to the array whose submission was
 * cut short.
 */
function indexOfTask({ submission: { arrays } }: FoundSubmission, id: string): number | undefined {
  const [job, task] = id.split('_');
  if (task === undefined) return undefined;
  const array = arrays.find((one) => one.job === job) ?? arrays.find((one) => one.job === undefined);
  return array === undefined ? undefined : array.first + Number(task);
}

/** The tasks of a submission that have not said that they ended. */
function recallTasks({ folder, submission: { arrays, jobName, controller } }: FoundSubmission): QueuedTask[] {
  const open = arrays.flatMap(({ first, tasks, job }: SubmittedArray) =>
    Array.from({ length: tasks }, (_, at): QueuedTask[] => {
      const record = readTaskRecord(folder, first + at);
      if (record?.state === 'ended' || (record === undefined && job === undefined)) return [];
      const id = record?.job ?? `${job}_${at}`;
      if (record?.state === 'running') return [{ id, jobName, state: 'running', node: record.node }];
      return [{ id, jobName, state: 'queued' }];
    }).flat(),
  );
  const isSearching = controller?.job !== undefined && open.length > 0;
  return isSearching ? [...open, { id: controller.job as string, jobName, state: 'running' }] : open;
}

/** How a task of a cluster calls itself in the locks that it holds. */
export function nameJob(cluster: string, id: string): string {
  return `slurm:${cluster}:${id}`;
}

/** Removes the lock at `path` where a job of this cluster holds it that is no longer in the queue: its machine was lost. */
export function clearLockOfLostJob(path: string, cluster: string, queue: readonly QueuedTask[]): void {
  const prefix = nameJob(cluster, '');
  const isLost = ({ job }: LockHolder) =>
    job?.startsWith(prefix) === true && !queue.some(({ id }) => nameJob(cluster, id) === job);
  const holder = findLockHolder(path);
  if (holder !== undefined && isLost(holder)) clearLock(path, isLost);
}

/** The name of a run folder, as submissions know it. */
export const nameOfRun = (folder: string) => basename(folder);
