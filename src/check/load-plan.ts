// The one way from a file to its plan.
import type { ComposeOptions } from '../config/compose.js';
import { describeData } from '../data/data-source.js';
import { type Plan, planTrials } from '../plan/plan-trials.js';
import { createFeasibility } from './create-feasibility.js';
import { loadExperiment } from './load-experiment.js';

/** The plan of a file with the `--set` arguments. Throws an `InputError` with all problems of the file. */
export function loadPlan(path: string, options: ComposeOptions = {}): Plan {
  const { experiment, positions } = loadExperiment(path, options);
  return planTrials(experiment, {
    digestData: (section) => describeData(section).identity,
    isFeasible: createFeasibility(positions),
  });
}
