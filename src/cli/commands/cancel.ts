import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { findOpenTasks } from '../../launch/slurm/find-tasks.js';
import { cancelJobs, listQueue } from '../../launch/slurm/slurm-commands.js';
import { listSubmissions } from '../../launch/slurm/submission.js';
import { findSubmittedFolders } from '../cluster-status.js';
import type { ExitCode } from '../report-error.js';
import { printJson, printResult } from '../terminal.js';

/** What of an experiment is to be cancelled. */
interface OpenJobs {
  readonly folder: string;
  readonly cluster: string;
  readonly tasks: readonly string[];
  readonly controllers: readonly string[];
}

/**
 * `oneshot cancel`: ends the jobs that a cluster has of the runs at or below a path, its search's controllers first.
 * Their trials write a checkpoint, and a later `run` goes on with them.
 */
export async function cancelCommand(path: string, options: { json?: boolean }): Promise<ExitCode> {
  if (!existsSync(path)) throw new OneshotError('usage', `no such folder: ${path}`);
  const { experiments, run } = findExperiments(path);
  if (experiments.length === 0) {
    throw new OneshotError('usage', `nothing in ${path} was submitted to a cluster`, {
      hint: 'what runs on this machine ends with Ctrl-C where it was started; `oneshot status` names its process',
    });
  }
  const queue = await listQueue();
  const open = experiments.map((folder): OpenJobs => {
    const { trials, controllers } = findOpenTasks(folder, queue);
    const tasks = [...trials].filter(([name]) => run === undefined || name === run).map(([, { job }]) => job);
    // Of a single run its job alone: the search goes on.
    const cluster = listSubmissions(folder).at(-1)?.submission.cluster ?? 'the cluster';
    return { folder, cluster, tasks, controllers: run === undefined ? controllers.map(({ task }) => task.id) : [] };
  });
  // A controller that still ran would submit what is cancelled again.
  await cancelJobs(open.flatMap(({ controllers }) => controllers));
  await cancelJobs(
    wholeArrays(
      open.flatMap(({ tasks }) => tasks),
      queue.map(({ id }) => id),
    ),
  );
  if (options.json) printJson(open);
  else for (const jobs of open) printResult(describeJobs(jobs));
  return 0;
}

/** The experiments' folders, and the run's name where the path is a single run. */
function findExperiments(path: string): { experiments: string[]; run?: string } {
  const experiments = findSubmittedFolders(path);
  const around = dirname(resolve(path));
  const isRun = experiments.length === 0 && existsSync(join(path, 'trial.json'));
  if (!isRun || !existsSync(join(around, 'slurm'))) return { experiments };
  return { experiments: [around], run: basename(resolve(path)) };
}

/** Tasks as scancel takes them: an array whose open tasks all go by its number alone, so that a thousand need one word. */
function wholeArrays(tasks: readonly string[], queue: readonly string[]): string[] {
  const chosen = new Set(tasks);
  const arrayOf = (id: string) => id.split('_')[0] as string;
  const kept = new Set(queue.filter((id) => !chosen.has(id)).map(arrayOf));
  return [...new Set(tasks.map((id) => (kept.has(arrayOf(id)) ? id : arrayOf(id))))];
}

function describeJobs({ folder, cluster, tasks, controllers }: OpenJobs): string {
  const parts = [
    ...(controllers.length === 0 ? [] : [`the search's job ${controllers.join(', ')}`]),
    ...(tasks.length === 0 ? [] : [`${formatInteger(tasks.length)} ${tasks.length === 1 ? 'job' : 'jobs'} of trials`]),
  ];
  if (parts.length === 0) return `${folder}: ${cluster} has nothing of it in hand`;
  return (
    `${folder}: cancelled ${parts.join(' and ')} on ${cluster}; running trials write a checkpoint, and the same ` +
    '`oneshot run` goes on with them'
  );
}
