// The text of a job script: what sbatch is told, then one program that takes the shell's place, so that signals for the
// batch script reach it. Pure.
import type { Slurm } from '../../config/experiment.js';

export interface JobScript {
  /** All jobs of a submission have the same: `scancel --name` ends them together. */
  readonly jobName: string;
  /** Tasks of the array, or undefined for a job without one. */
  readonly tasks?: number;
  /** Tasks that may run at the same time. */
  readonly maxRunning?: number;
  /** Jobs that have to end before this one begins. */
  readonly after?: readonly string[];
  /** A path with sbatch's patterns: `%A` the job, `%a` the task. */
  readonly output: string;
  readonly cpus: number;
  readonly memory?: string;
  readonly gpus?: number;
  /** What the file asks for. */
  readonly slurm: Slurm;
  /** Variables that the program needs wherever it runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** The script, for `sbatch FILE`. */
export function composeJobScript(job: JobScript): string {
  const { slurm } = job;
  const gpus = job.gpus ?? 0;
  const options = [
    `--job-name=${job.jobName}`,
    ...(job.tasks === undefined ? [] : [`--array=${describeArray(job.tasks, job.maxRunning)}`]),
    `--output=${quoteOption(job.output)}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${slurm.signalSeconds}`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${job.cpus}`,
    ...optional('--mem', job.memory),
    ...(gpus === 0 ? [] : [`--gres=gpu:${slurm.gpuType === undefined ? '' : `${slurm.gpuType}:`}${gpus}`]),
    ...optional('--time', slurm.time),
    ...optional('--partition', slurm.partition),
    ...optional('--account', slurm.account),
    ...optional('--qos', slurm.qos),
    ...(job.after === undefined || job.after.length === 0 ? [] : [`--dependency=afterany:${job.after.join(':')}`]),
    ...slurm.options.map(quoteFurtherOption),
  ];
  return [
    '#!/bin/sh',
    ...options.map((option) => `#SBATCH ${option}`),
    'set -e',
    ...slurm.setup,
    ...Object.entries(job.env).map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    `exec ${job.command.map(quoteWord).join(' ')}`,
    '',
  ].join('\n');
}

/** How many tasks each job array gets: as few arrays as possible, none larger than `largest`. */
export function splitIntoArrays(tasks: number, largest: number): number[] {
  const arrays = Array.from({ length: Math.floor(tasks / largest) }, () => largest);
  return tasks % largest === 0 ? arrays : [...arrays, tasks % largest];
}

function describeArray(tasks: number, maxRunning: number | undefined): string {
  return `0-${tasks - 1}${maxRunning === undefined ? '' : `%${maxRunning}`}`;
}

function optional(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

/** A word of sbatch's comment lines, which are split at spaces unless they are quoted. */
function quoteOption(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * An option as a user wrote it, `--comment=two words` or `--comment two words`: its value is quoted where it needs it and
 * is not quoted already.
 */
function quoteFurtherOption(option: string): string {
  const [, name, value] = /^(--[\w-]+)[= ](.*)$/.exec(option) ?? [];
  if (name === undefined || value === undefined) return option;
  return `${name}=${/^"(?:[^"\\]|\\.)*"$/.test(value) ? value : quoteOption(value)}`;
}

/** A word of a shell command that stands for exactly this text. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
