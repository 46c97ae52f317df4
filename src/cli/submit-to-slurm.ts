// `oneshot run --launcher slurm`: submits what is left of a plan, says which jobs those are and how to follow them, and ends;
// with --wait it follows them itself.
import { dirname, join, resolve } from 'node:path';
import { formatInteger } from '../base/format-quantity.js';
import { exportRunAsOnnx } from '../launch/export-run-as-onnx.js';
import { followWithMlflow } from '../launch/follow-with-mlflow.js';
import { listKnownFolders } from '../launch/open-sweep.js';
import type { PlanResult } from '../launch/run-plan.js';
import { readTrial } from '../launch/slurm/plan-of-run.js';
import { watchQueue } from '../launch/slurm/queue-watch.js';
import { type SubmittedPlan, submitPlan } from '../launch/slurm/submit-plan.js';
import { waitForJobs } from '../launch/slurm/wait-for-jobs.js';
import type { Plan } from '../plan/plan-trials.js';
import type { Trial } from '../plan/trial.js';
import { followInterrupts, type Interrupts } from './interrupts.js';
import { openProgressDisplay } from './progress-display.js';
import type { RunOptions } from './run-options.js';
import { printJson, printNote, printResult } from './terminal.js';

const SUBMIT_NOTICE = 'stopping: nothing more is submitted';
const WAIT_NOTICE = 'leaving: the jobs go on';

export interface SlurmRun {
  readonly submitted: SubmittedPlan;
  readonly interrupted: boolean;
}

/** Submits what of the plan is neither finished nor in Slurm's hands. */
export async function submitToSlurm(plan: Plan, file: string, options: RunOptions): Promise<SlurmRun> {
  const { resources } = plan.experiment;
  const { slurm } = resources;
  const threads = options.threads ?? resources.threads;
  const cpus = slurm.cpus ?? (typeof threads === 'number' ? threads : 1);
  const interrupts = followInterrupts(printNote, SUBMIT_NOTICE);
  try {
    const submitted = await submitPlan(plan, {
      slurm,
      settings: {
        runsFolder: resolve(options.runs),
        baseFolder: resolve(dirname(file)),
        engine: {
          engine: options.engine ?? resources.engine,
          threads: typeof threads === 'number' ? threads : 'auto',
          autoThreads: cpus,
        },
        cpus,
        retries: options.retries ?? resources.retries,
        failFast: options.failFast ?? false,
        allowDrift: options.allowDrift ?? false,
        ...(resources.timeoutMinutes === undefined ? {} : { timeoutMinutes: resources.timeoutMinutes }),
        maxRequeues: slurm.maxRequeues,
      },
      parallel: slurm.maxRunning ?? options.parallel ?? resources.parallel,
      stop: interrupts.stop,
      onSubmitted: (job, tasks) => {
        if (plan.search === undefined && plan.halving === undefined)
          printNote(`submitted job ${job}: ${countOf(tasks, 'trial')}`);
      },
    });
    return { submitted, interrupted: interrupts.stop.aborted };
  } finally {
    interrupts.close();
  }
}

/** Prints what was submitted, as text or JSON. */
export function showSubmission(plan: Plan, run: SlurmRun, options: RunOptions): void {
  if (options.json) printJson({ experiment: plan.experiment.name, ...toJson(run) });
  else printResult(describeSubmission(plan, run, options));
}

/**
 * Follows what Slurm has in hand of the plan, until it has nothing any more. `finish` ships the rest of the journals,
 * once the report is written.
 */
export async function followSlurm(
  plan: Plan,
  { submitted }: SlurmRun,
  options: RunOptions,
): Promise<{ result: PlanResult; finish: () => Promise<void> }> {
  const experimentFolder = join(resolve(options.runs), plan.experiment.name);
  const isListed = submitted.controller === undefined;
  const display = openProgressDisplay(isListed ? plan.trials.length : (plan.search?.maxPoints ?? plan.trials.length));
  const tracking = followWithMlflow(plan.experiment, { note: display.note, exportOnnx: exportRunAsOnnx });
  const interrupts: Interrupts = followInterrupts(display.note, WAIT_NOTICE);
  const listed = new Map([...submitted.folders].map(([trial, folder]) => [folder, trial]));
  const searched = new Map<string, Trial>();
  const listSearched = () => {
    for (const folder of listKnownFolders(plan, experimentFolder))
      if (!searched.has(folder)) searched.set(folder, readTrial(folder));
    return searched;
  };
  try {
    const result = await waitForJobs({
      experimentFolder,
      trials: isListed ? () => listed : listSearched,
      ...(submitted.controller === undefined ? {} : { controller: submitted.controller }),
      queue: watchQueue(1000 * plan.experiment.resources.slurm.pollSeconds),
      stop: interrupts.stop,
      onEvent(event) {
        display.show(event);
        if (event.type === 'started' || event.type === 'skipped') tracking.follow(event.folder);
        if (event.type === 'ended' && !event.retrying) tracking.tellRun(event.folder);
      },
    });
    return { result, finish: async () => (result.interrupted ? undefined : await tracking.finish()) };
  } finally {
    display.close();
    interrupts.close();
  }
}

function describeSubmission(plan: Plan, { submitted, interrupted }: SlurmRun, { runs }: RunOptions): string {
  const { counts, jobs, controller, jobName, cluster } = submitted;
  const lines: string[] = [];
  if (controller !== undefined) {
    lines.push(
      jobs.length > 0
        ? `job ${controller} on ${cluster} runs the search; it submits the trials`
        : `job ${controller} on ${cluster} runs this search already: nothing was submitted`,
    );
  } else {
    const ids = jobs.map(({ id }) => id).join(', ');
    const parts = [
      [counts.submitted, `submitted as ${jobs.length === 1 ? 'job' : 'jobs'} ${ids}`],
      [counts.queued, 'queued or running already'],
      [counts.elsewhere, 'run by other processes'],
      [counts.finished, 'finished before'],
      [counts.left, 'not submitted: run again to submit the rest'],
    ] as const;
    const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatInteger(count)} ${what}`);
    lines.push(`${countOf(plan.trials.length, 'trial')} on ${cluster}: ${told.join(', ') || 'none looked at'}`);
  }
  if (interrupted) lines.push('interrupted: what was submitted stays in the queue');
  const place = join(runs, plan.experiment.name);
  lines.push(`follow:  oneshot status ${place} --watch`);
  if (jobName !== undefined) lines.push(`cancel:  oneshot cancel ${place}`);
  lines.push(`results: oneshot report ${place}`);
  return lines.join('\n');
}

function toJson({ submitted: { folders, ...submitted }, interrupted }: SlurmRun) {
  return { ...submitted, folders: [...folders.values()], interrupted };
}

const countOf = (count: number, noun: string) => `${formatInteger(count)} ${noun}${count === 1 ? '' : 's'}`;
