// The process of one task of a job array; src/launch/slurm/job-script.ts starts it in the place of the job's shell.
import { listenForEnd } from './listen-for-end.js';

const notice = listenForEnd();

const [folder = '', first = ''] = process.argv.slice(2);
const { describeOwnJob, findRequeueProblem } = await import('./requeue-own-job.js');
const { JOB_VARIABLE } = await import('../../base/process-lock.js');
const { nameJob } = await import('./find-tasks.js');
const { readSubmission } = await import('./submission.js');
const { runTask } = await import('./run-task.js');

const job = describeOwnJob(process.env);
// The trial's process has it from here.
process.env[JOB_VARIABLE] = nameJob(readSubmission(folder)?.cluster ?? '', job.id);
const index = Number(first) + Number(process.env.SLURM_ARRAY_TASK_ID ?? 0);
const missing = findRequeueProblem(job, process.env);
// Into the file that sbatch keeps of the job's output.
if (missing !== undefined) console.error(`warning: ${missing}`);
const { outcome, problem } = await runTask({
  folder,
  index,
  job,
  ...notice,
  ...(missing === undefined ? {} : { problem: missing }),
});
if (problem !== undefined) {
  console.error(`the trial stopped with a checkpoint and does not go on by itself: ${problem}`);
  console.error('the same `oneshot run` again goes on with it');
} else if (outcome?.state === 'failed') {
  console.error(`the trial failed: ${outcome.message}`);
  if (outcome.hint !== undefined) console.error(`  ${outcome.hint}`);
}
process.exitCode = outcome?.state === 'failed' || problem !== undefined ? 1 : 0;
