// Hands job scripts to Slurm and keeps the record of it: what is asked for is on the disk before Slurm hears of it, and the
// job's id right after, so that no job is ever lost or asked for twice.
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findOwnProgram } from '../../base/own-files.js';
import type { Slurm } from '../../config/experiment.js';
import { composeJobScript, type JobScript } from './job-script.js';
import { listQueue, submitJob } from './slurm-commands.js';
import { type Submission, submissionFiles, writeSubmission } from './submission.js';

export interface JobSurroundings {
  /** Of the submission. */
  readonly folder: string;
  readonly slurm: Slurm;
  /** Jobs that have to end before the next one begins. */
  readonly after: readonly string[];
}

/**
 * Submits the array number `at` of a submission and returns the submission with its job. Throws OneshotError('usage')
 * where sbatch refuses; then nothing was submitted.
 */
export async function submitArray(submission: Submission, at: number, around: JobSurroundings): Promise<Submission> {
  const { folder, slurm, after } = around;
  const { first, tasks } = submission.arrays[at]!;
  const { maxRunning } = slurm;
  const script: JobScript = {
    jobName: submission.jobName,
    tasks,
    ...(maxRunning === undefined || maxRunning >= tasks ? {} : { maxRunning }),
    ...(maxRunning === undefined ? {} : { after }),
    output: join(escapePatterns(folder), 'output-%A_%a.txt'),
    cpus: submission.settings.cpus,
    ...(slurm.memory === undefined ? {} : { memory: slurm.memory }),
    gpus: slurm.gpus,
    slurm,
    env: jobEnvironment(),
    command: [process.execPath, findOwnProgram('task-process'), folder, String(first)],
  };
  const job = await submit(submission, submissionFiles(folder).arrayScript(at), script);
  const arrays = submission.arrays.map((array, index) => (index === at ? { ...array, job } : array));
  const told = { ...submission, arrays };
  writeSubmission(folder, told);
  return told;
}

/** Submits the controller of a submission and returns the submission with its job. Throws like `submitArray`. */
export async function submitController(submission: Submission, around: JobSurroundings): Promise<Submission> {
  const { folder, slurm } = around;
  const script: JobScript = {
    jobName: submission.jobName,
    output: join(escapePatterns(folder), 'controller-%j.txt'),
    cpus: 1,
    memory: slurm.controllerMemory,
    // What a trial needs of a machine, its controller does without.
    slurm: { ...slurm, options: [] },
    env: jobEnvironment(),
    command: [process.execPath, findOwnProgram('controller-process'), folder],
  };
  const job = await submit(submission, submissionFiles(folder).controllerScript, script);
  const told = { ...submission, controller: { ...submission.controller!, job } };
  writeSubmission(folder, told);
  return told;
}

async function submit(submission: Submission, path: string, script: JobScript): Promise<string> {
  writeFileSync(path, composeJobScript(script));
  try {
    return await submitJob(path);
  } catch (error) {
    // An answer that was lost on its way is no refusal.
    const job = await findUnrecordedJob(submission).catch(() => undefined);
    if (job !== undefined) return job;
    rmSync(path, { force: true });
    throw error;
  }
}

async function findUnrecordedJob({ jobName, arrays, controller }: Submission): Promise<string | undefined> {
  const known = new Set([controller?.job, ...arrays.map(({ job }) => job)]);
  const jobs = (await listQueue()).filter((task) => task.jobName === jobName).map(({ id }) => id.split('_')[0]!);
  return jobs.find((job) => !known.has(job));
}

/** What a trial reads from the environment. Sites may start jobs without the submitter's. */
function jobEnvironment(): Record<string, string> {
  const { ONESHOT_DATA } = process.env;
  return ONESHOT_DATA === undefined || ONESHOT_DATA === '' ? {} : { ONESHOT_DATA: resolve(ONESHOT_DATA) };
}

const escapePatterns = (path: string) => path.replaceAll('%', '%%');
