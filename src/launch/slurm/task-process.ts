// The process of one task of a job array; src/launch/slurm/job-script.ts starts it in the place of the job's shell.
import { listenForEnd } from './listen-for-end.js';

const notice = listenForEnd();

const [folder = '', first = ''] = process.argv.slice(2);
const { describeOwnJob } = await import('./requeue-own-job.js');
const { JOB_VARIABLE } = await import('../../base/process-lock.js');
const { nameJob } = await import('./find-tasks.js');
const { readSubmission } = await import('./submission.js');
const { runTask } = await import('./run-task.js');

const job = describeOwnJob(process.env);
// The trial's process has it from here.
process.env[JOB_VARIABLE] = nameJob(readSubmission(folder)?.cluster ?? '', job.id);
const index = Number(first) + Number(process.env.SLURM_ARRAY_TASK_ID ?? 0);
const { outcome } = await runTask({ folder, index, job, ...notice });
process.exitCode = outcome?.state === 'failed' ? 1 : 0;
