// The process of the controller of a search; src/launch/slurm/job-script.ts starts it in the place of the job's shell.
import { listenForEnd } from './listen-for-end.js';

const notice = listenForEnd();

const [folder = ''] = process.argv.slice(2);
const { describeOwnJob } = await import('./requeue-own-job.js');
const { JOB_VARIABLE } = await import('../../base/process-lock.js');
const { nameJob } = await import('./find-tasks.js');
const { readSubmission } = await import('./submission.js');
const { runController } = await import('./run-controller.js');

const job = describeOwnJob(process.env);
process.env[JOB_VARIABLE] = nameJob(readSubmission(folder)?.cluster ?? '', job.id);
process.exitCode = (await runController({ folder, job, ...notice })) ? 0 : 1;
