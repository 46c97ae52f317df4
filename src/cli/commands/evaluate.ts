import { dirname, resolve } from 'node:path';
import type { EngineName } from '../../engine/engine.js';
import { planEvaluation } from '../../launch/plan-evaluation.js';
import { requirePlan } from '../../launch/start-plan.js';
import type { ExitCode } from '../report-error.js';
import { runHere } from '../run-here.js';
import { printNote } from '../terminal.js';

export interface EvaluateOptions {
  readonly set: readonly string[];
  readonly runs: string;
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
  readonly json?: boolean;
}

/** `oneshot evaluate`: a trained network on other data or protocols, as a run of its own. */
export async function evaluateCommand(
  network: string,
  file: string | undefined,
  options: EvaluateOptions,
): Promise<ExitCode> {
  const { plan, file: experimentFile, notes } = planEvaluation(network, file, options.set);
  for (const note of notes) printNote(note);
  const places = { env: process.env, runsFolder: resolve(options.runs), baseFolder: resolve(dirname(experimentFile)) };
  requirePlan(plan, options, places);
  return runHere(plan, options, places);
}
