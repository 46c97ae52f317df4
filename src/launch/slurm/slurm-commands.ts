// What is asked of Slurm, and how its answers are read: sbatch, squeue, scontrol, scancel. No accounting is needed.
import { userInfo } from 'node:os';
import { execa } from 'execa';
import { OneshotError } from '../../base/problem.js';

/** A task that Slurm has not ended yet. */
export interface QueuedTask {
  /** `12_3`, or `12` of a job without an array. */
  readonly id: string;
  readonly jobName: string;
  readonly state: 'queued' | 'running' | 'ending';
  /** Why it waits, in Slurm's words: `Resources`, `BeginTime`, `JobHeldUser`. */
  readonly reason?: string;
  readonly node?: string;
}

export interface Cluster {
  readonly name: string;
  /** Tasks of one job array at most. */
  readonly maxArraySize: number;
}

/** An answer that takes longer than this does not come. */
const LIMIT_MS = 60_000;
/** Slurm's own default. */
const MAX_ARRAY_SIZE = 1001;

/** The cluster that this machine submits to. Throws OneshotError('usage') where there is no Slurm, or it does not answer. */
export async function readCluster(): Promise<Cluster> {
  return parseConfiguration(await ask('scontrol', ['show', 'config']));
}

/** What `scontrol show config` says. */
export function parseConfiguration(text: string): Cluster {
  const settingOf = (key: string) => new RegExp(`^${key}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1];
  return {
    name: settingOf('ClusterName') ?? 'slurm',
    maxArraySize: Number(settingOf('MaxArraySize') ?? MAX_ARRAY_SIZE),
  };
}

/** This user's tasks that Slurm has not ended yet. Throws OneshotError('usage') where Slurm does not answer. */
export async function listQueue(): Promise<QueuedTask[]> {
  const { username } = userInfo();
  return parseQueue(await ask('squeue', ['--noheader', '--array', `--user=${username}`, '--format=%i|%T|%N|%r|%j']));
}

/** What `squeue --array --format='%i|%T|%N|%r|%j'` says. */
export function parseQueue(text: string): QueuedTask[] {
  return text
    .split('\n')
    .filter((line) => line.includes('|'))
    .map((line) => {
      const [id = '', word = '', node = '', reason = '', ...name] = line.split('|');
      const state = stateOf(word);
      return {
        id,
        jobName: name.join('|'),
        state,
        ...(state === 'queued' && reason !== 'None' ? { reason } : {}),
        ...(node === '' ? {} : { node }),
      };
    });
}

function stateOf(word: string): QueuedTask['state'] {
  if (word === 'PENDING' || word.startsWith('REQUEUE') || word === 'CONFIGURING' || word === 'SPECIAL_EXIT')
    return 'queued';
  return word === 'COMPLETING' ? 'ending' : 'running';
}

/**
 * Hands a script to sbatch and returns the job's id. A Ctrl-C on the terminal does not reach sbatch: the job is submitted
 * or it is not. Throws OneshotError('usage') with what sbatch says when it refuses.
 */
export async function submitJob(scriptPath: string): Promise<string> {
  const answer = await ask('sbatch', ['--parsable', scriptPath]);
  const id = /^(\d+)(;|$)/m.exec(answer.trim())?.[1];
  if (id === undefined) throw new OneshotError('internal', `sbatch answered ${JSON.stringify(answer)}, not a job's id`);
  return id;
}

export interface TaskState {
  /** Slurm's word: `RUNNING`, `COMPLETING`, `PENDING`. */
  readonly state: string;
  /** How often it was started again. */
  readonly restarts: number;
}

/**
 * The state of a task; undefined where Slurm does not say. `id` is `12_3` for a task of an array: the bare number may
 * stand for the whole array.
 */
export async function readTaskState(id: string): Promise<TaskState | undefined> {
  try {
    return parseTaskState(await ask('scontrol', ['show', 'job', '--oneliner', id]));
  } catch {
    return undefined;
  }
}

/** What `scontrol show job --oneliner` says of one task. */
export function parseTaskState(text: string): TaskState | undefined {
  const state = /\bJobState=(\w+)/.exec(text)?.[1];
  return state === undefined ? undefined : { state, restarts: Number(/\bRestarts=(\d+)/.exec(text)?.[1] ?? 0) };
}

/** Puts a running task back into the queue. Throws OneshotError('usage') where Slurm refuses. */
export async function requeueTask(id: string): Promise<void> {
  await ask('scontrol', ['requeue', id]);
}

/** Ends jobs or tasks. Those that are gone already are no mistake. */
export async function cancelJobs(ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await ask('scancel', ['--quiet', ...ids]);
}

async function ask(program: string, args: readonly string[]): Promise<string> {
  const result = await execa(program, args, {
    reject: false,
    stdin: 'ignore',
    timeout: LIMIT_MS,
    // In a process group of its own, out of the terminal's reach.
    detached: true,
    env: withoutJobVariables(process.env),
  });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT') {
    throw new OneshotError('usage', `there is no Slurm here: ${program} is not on PATH`, {
      hint: 'run this on a login node of the cluster; --launcher local needs no Slurm',
    });
  }
  const said = `${result.stderr}\n${result.stdout}`.trim().split('\n').slice(0, 5).join('; ');
  const how = result.timedOut
    ? `did not answer within ${LIMIT_MS / 1000} s`
    : `ended with ${result.exitCode ?? result.signal}`;
  throw new OneshotError('usage', `${program} ${how}${said === '' ? '' : `: ${said}`}`, {
    hint:
      program === 'sbatch'
        ? 'resources.slurm says what is asked of the cluster; `sinfo` shows what it has'
        : '`scontrol ping` says whether the cluster answers; `oneshot doctor` what works on this machine',
  });
}

/**
 * Takes away what a user set for squeue, which would change what is parsed here, and what describes the job that this
 * process may run in: a new job would inherit it.
 */
function withoutJobVariables(env: NodeJS.ProcessEnv): Record<string, undefined> {
  const names = Object.keys(env).filter((name) => /^(SLURM|SQUEUE)_/.test(name) && name !== 'SLURM_CONF');
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
