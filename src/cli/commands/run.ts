import { dirname, resolve } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { loadPlan } from '../../check/load-plan.js';
import { overrulesDataFolder } from '../../data/data-sets.js';
import { requireData } from '../../launch/require-data.js';
import { requirePlan } from '../../launch/start-plan.js';
import type { Plan } from '../../plan/plan-trials.js';
import type { ExitCode } from '../report-error.js';
import { runHere, showRun } from '../run-here.js';
import type { RunOptions } from '../run-options.js';
import { followSlurm, showSubmission, submitToSlurm } from '../submit-to-slurm.js';
import { printNote } from '../terminal.js';

/** `oneshot run`: runs the plan of a file and prints the results of its trials. */
export async function runCommand(file: string, options: RunOptions): Promise<ExitCode> {
  const plan = loadPlan(file, { sets: options.set });
  const { data } = plan.experiment;
  const places = { env: process.env, baseFolder: resolve(dirname(file)), runsFolder: resolve(options.runs) };
  const isForSlurm = options.launcher === 'slurm';
  if (options.wait && !isForSlurm)
    throw new OneshotError('usage', '--wait is for --launcher slurm; a local run is always waited for');
  if (isForSlurm) requireData(plan, places.runsFolder, places);
  else requirePlan(plan, options, places);
  if (data !== undefined && overrulesDataFolder(data, places))
    printNote("data: the file's data.path is read, not ONESHOT_DATA");
  return isForSlurm ? runOnSlurm(plan, file, options) : runHere(plan, options, places);
}

/** Submits the plan; with `wait`, ends as a local run does. */
async function runOnSlurm(plan: Plan, file: string, options: RunOptions): Promise<ExitCode> {
  const run = await submitToSlurm(plan, file, options);
  if (!options.wait || run.interrupted) {
    showSubmission(plan, run, options);
    return run.interrupted ? 130 : 0;
  }
  const { result, finish } = await followSlurm(plan, run, options);
  const code = await showRun(plan, result, resolve(options.runs), options.json ?? false);
  await finish();
  return code;
}
