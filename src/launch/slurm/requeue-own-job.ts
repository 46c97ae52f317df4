// What a job does that was told to end: it requeues itself where its time is over or its place is wanted by others, and
// stays away where somebody cancelled it.

import type { Environment } from '../../base/environment.js';
import { findProgram } from '../../base/find-program.js';
import { OneshotError } from '../../base/problem.js';
import { readTaskState, requeueTask } from './slurm-commands.js';

/** The job that this process runs in, as the environment of a batch job tells. */
export interface OwnJob {
  /** `12_3`, or `12` of a job without an array. */
  readonly id: string;
  readonly node: string;
  /** How often Slurm started it before. */
  readonly restarts: number;
}

/** `limit`: the time limit is near. `terminate`: Slurm ends the job, or somebody else takes its place. */
export type EndSignal = 'limit' | 'terminate';

/** The job of this process. Throws OneshotError('usage') outside of a batch job. */
export function describeOwnJob(env: Environment): OwnJob {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURMD_NODENAME, SLURM_RESTART_COUNT } = env;
  if (SLURM_JOB_ID === undefined) {
    throw new OneshotError('usage', 'this program is started by the jobs of `oneshot run --launcher slurm` alone');
  }
  return {
    // The bare SLURM_JOB_ID of an array's last task is the number of the whole array.
    id: SLURM_ARRAY_JOB_ID === undefined ? SLURM_JOB_ID : `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`,
    node: SLURMD_NODENAME ?? '',
    restarts: Number(SLURM_RESTART_COUNT ?? 0),
  };
}

/** What will keep a job on this node from requeueing itself, as a sentence; undefined where nothing does. */
export function findRequeueProblem({ node }: OwnJob, env: Environment): string | undefined {
  if (findProgram('scontrol', env) !== undefined) return undefined;
  const where = node === '' ? 'this node' : `node ${node}`;
  return (
    `${where} has no scontrol on PATH: a job cannot requeue itself at its time limit (resources.slurm.setup can ` +
    'load it, as in `module load slurm`)'
  );
}

/** Puts the job of this process back into the queue where it should run again; true where it will. */
export async function requeueOwnJob({ id, restarts }: OwnJob, signal: EndSignal): Promise<boolean> {
  if (signal === 'terminate') {
    const before = await readTaskState(id);
    // A requeue by Slurm itself has counted up already. Of a cancelled job it says COMPLETING, and nobody wants it back.
    if (before !== undefined && before.restarts > restarts) return true;
    if (before?.state !== 'RUNNING') return false;
  }
  try {
    await requeueTask(id);
    return true;
  } catch (error) {
    // Slurm ends the whole job on a requeue, scontrol with it: what counts is whether the job still runs.
    const after = await readTaskState(id);
    if (after === undefined || after.state === 'RUNNING') throw error;
    return true;
  }
}
