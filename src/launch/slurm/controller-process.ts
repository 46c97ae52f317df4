// The process of the controller of a search; src/launch/slurm/job-script.ts starts it in the place of the job's shell.
// Signals are listened for first: loading the rest takes a second.
import type { EndSignal } from './requeue-own-job.js';

let signal: EndSignal | undefined;
const stop = new AbortController();
const onSignal = (told: EndSignal) => {
  signal ??= told;
  stop.abort();
};
process.on('SIGUSR1', () => onSignal('limit'));
process.on('SIGTERM', () => onSignal('terminate'));

const [folder = ''] = process.argv.slice(2);
const { describeOwnJob } = await import('./requeue-own-job.js');
const { JOB_VARIABLE } = await import('../../base/process-lock.js');
const { nameJob } = await import('./find-tasks.js');
const { readSubmission } = await import('./submission.js');
const { runController } = await import('./run-controller.js');

const job = describeOwnJob(process.env);
process.env[JOB_VARIABLE] = nameJob(readSubmission(folder)?.cluster ?? '', job.id);
process.exitCode = (await runController({ folder, job, stop: stop.signal, signal: () => signal })) ? 0 : 1;
