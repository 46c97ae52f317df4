// What `oneshot status` tells of trials that a cluster has in hand: from squeue where it is, else from what the tasks have
// written down themselves.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatInteger } from '../base/format-quantity.js';
import { findLockHolder } from '../base/process-lock.js';
import { findOpenTasks, nameJob, nameOfRun, type OpenTasks } from '../launch/slurm/find-tasks.js';
import type { QueueWatch } from '../launch/slurm/queue-watch.js';
import type { QueuedTask } from '../launch/slurm/slurm-commands.js';
import { listSubmissions, readTaskRecord, submissionsFolder } from '../launch/slurm/submission.js';
import type { FoundRun } from '../run-folder/find-runs.js';
import { type RunState, runFiles } from '../run-folder/run-folder.js';

export interface ClusterStatus {
  readonly cluster: string;
  readonly open: OpenTasks;
  /** What squeue says; undefined where it does not answer. */
  readonly queue: readonly QueuedTask[] | undefined;
}

/** The folders of experiments at `path` or in it that were submitted to a cluster. */
export function findSubmittedFolders(path: string): string[] {
  const isSubmitted = (folder: string) => existsSync(submissionsFolder(folder));
  // Written as the folder around its runs is.
  if (isSubmitted(path)) return [dirname(join(path, 'run'))];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(path, name))
    .filter(isSubmitted);
}

/** What the cluster has in hand of an experiment; undefined where nothing was ever submitted. */
export async function readClusterStatus(
  experimentFolder: string,
  watch: QueueWatch,
): Promise<ClusterStatus | undefined> {
  const last = listSubmissions(experimentFolder).at(-1);
  if (last === undefined) return undefined;
  const queue = (await watch.look())?.tasks;
  return { cluster: last.submission.cluster, open: findOpenTasks(experimentFolder, queue), queue };
}

/** Whether the cluster has anything in hand. */
export function isClusterActive({ open }: ClusterStatus): boolean {
  return open.trials.size > 0 || open.controllers.length > 0;
}

/**
 * The state of a run as the cluster sees it: `queued`, or `stopped` where its job is gone although its machine cannot say
 * so any more.
 */
export function clusterStateOf(run: FoundRun, { cluster, open, queue }: ClusterStatus): RunState | 'queued' {
  const task = open.trials.get(nameOfRun(run.folder));
  if (task !== undefined && (run.state === 'waiting' || run.state === 'stopped')) return 'queued';
  if (run.state !== 'running' || queue === undefined) return run.state;
  const job = findLockHolder(runFiles(run.folder).lock)?.job;
  const isLost =
    job?.startsWith(nameJob(cluster, '')) === true && !queue.some(({ id }) => nameJob(cluster, id) === job);
  return isLost ? 'stopped' : 'running';
}

/** Where a run is: `job 12_3 on node7`, `job 12_3 (Resources)`; empty where the cluster does not have it. */
export function describePlace(run: FoundRun, { open }: ClusterStatus): string {
  const task = open.trials.get(nameOfRun(run.folder));
  if (task === undefined) return '';
  const where = task.node === undefined ? '' : ` on ${task.node}`;
  return `job ${task.job}${task.reason === undefined ? where : ` (${task.reason})`}`;
}

/** Lines about the jobs of an experiment; none where the cluster has nothing in hand. */
export function describeCluster(status: ClusterStatus): string[] {
  if (!isClusterActive(status)) return [];
  const { cluster, open, queue } = status;
  const tasks = [...open.trials.values()];
  const parts = (['queued', 'running', 'ending'] as const)
    .map((state) => [tasks.filter((task) => task.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${formatInteger(count)} ${state}`);
  const jobs = [...new Set(tasks.map(({ job }) => job.split('_')[0] as string))];
  const named = jobs.length === 0 ? '' : ` as ${describeJobs(jobs)}`;
  const warning = queue === undefined ? '; squeue does not answer here: as the tasks told last' : '';
  const controllers = open.controllers.map(({ task }) => {
    const reason = task.reason === undefined ? '' : ` (${task.reason})`;
    return `search run by job ${task.id}: ${task.state}${reason}`;
  });
  return [
    `slurm ${cluster}: ${[...(parts.length === 0 ? [] : [`${parts.join(', ')}${named}`]), ...controllers].join('; ')}${warning}`,
  ];
}

/** Jobs that a line names one by one. */
const MOST_NAMED = 8;

function describeJobs(jobs: readonly string[]): string {
  if (jobs.length === 1) return `job ${jobs[0]}`;
  const named = jobs.slice(0, MOST_NAMED).join(', ');
  return `jobs ${named}${jobs.length > MOST_NAMED ? ` and ${formatInteger(jobs.length - MOST_NAMED)} more` : ''}`;
}

/** Why runs are stopped whose jobs ended without having finished them; none where the last job of a run says nothing of it. */
export function describeStops(
  experimentFolder: string,
  runs: readonly FoundRun[],
): { run: FoundRun; problem: string }[] {
  const stopped = runs.filter(({ state }) => state === 'stopped');
  if (stopped.length === 0) return [];
  const submissions = listSubmissions(experimentFolder).reverse();
  return stopped.flatMap((run) => {
    for (const { folder, submission } of submissions) {
      const index = submission.trials.findLastIndex((trial) => trial.folder === nameOfRun(run.folder));
      if (index < 0) continue;
      const record = readTaskRecord(folder, index);
      if (record?.state !== 'ended' || record.problem === undefined) return [];
      return [{ run, problem: `job ${record.job}: ${record.problem}` }];
    }
    return [];
  });
}

/** The jobs of an experiment for programs. */
export function clusterToJson({ cluster, open, queue }: ClusterStatus) {
  return {
    cluster,
    from: queue === undefined ? 'records' : 'squeue',
    controllers: open.controllers.map(({ task }) => ({ job: task.id, state: task.state, reason: task.reason })),
    tasks: [...open.trials].map(([folder, { job, state, reason, node }]) => ({ folder, job, state, reason, node })),
  };
}
