import { join, resolve } from 'node:path';
import { estimateTimeHere, type TimeEstimate } from '../bench/estimate-time.js';
import { loadPlan } from '../check/load-plan.js';
import { countFlopsLeft, describePlan, listPlannedTrials, type PlanDescription } from '../launch/describe-plan.js';
import { type ExperimentInput, type InputOptions, openInput } from './experiment-input.js';

export interface PlanOptions extends InputOptions {
  /** The folder that runs are kept in. Default: `runs`. */
  readonly runs?: string;
}

export interface PlannedExperiment extends PlanDescription {
  /** Of what is left, by what `oneshot bench` measured on this machine; null where it did not. Not of a search. */
  readonly time?: TimeEstimate | null;
}

/** What `oneshot plan --json` says of an experiment; starts nothing. Throws an `InputError` with all its problems. */
export function planExperiment(experiment: ExperimentInput, options: PlanOptions = {}): PlannedExperiment {
  const { path, compose } = openInput(experiment, options);
  const plan = loadPlan(path, compose);
  const trials = listPlannedTrials(plan, join(resolve(options.runs ?? 'runs'), plan.experiment.name));
  const description = describePlan(plan, trials);
  if (plan.search !== undefined) return description;
  return { ...description, time: estimateTimeHere(plan.experiment.resources.engine, countFlopsLeft(trials)) ?? null };
}
