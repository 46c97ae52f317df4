// Whether other values make a valid experiment: what a search asks of every point before it proposes it.
import type { Experiment } from '../config/experiment.js';
import type { Positions } from '../config/positions.js';
import { Soundness } from '../config/soundness.js';
import { createExperimentChecker } from './check-experiment.js';

/** A function that says whether an experiment holds all cross-field rules. `positions` are those of the checked file. */
export function createFeasibility(positions: Positions): (experiment: Experiment) => boolean {
  const check = createExperimentChecker({
    soundness: new Soundness(),
    isGiven: (path) => positions.find(path) !== undefined,
  });
  return (experiment) => check(experiment).length === 0;
}
