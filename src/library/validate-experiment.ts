import { hideWrittenCredentials } from '../base/hide-credentials.js';
import { InputError, type Problem } from '../base/problem.js';
import { loadExperiment } from '../check/load-experiment.js';
import type { Experiment } from '../config/experiment.js';
import { type ExperimentInput, type InputOptions, openInput } from './experiment-input.js';

export interface Validation {
  readonly isValid: boolean;
  /** Everything that is wrong, in the order of the file. */
  readonly problems: readonly Problem[];
  /** How many more there are at least, of which nothing is said. */
  readonly more: number;
  /** Of a valid file: all keys with their defaults, without `extends`. */
  readonly experiment: Experiment | undefined;
}

/** What `oneshot validate --format json` says of an experiment. Reads files only. */
export function validateExperiment(experiment: ExperimentInput, options: InputOptions = {}): Validation {
  const { path, compose } = openInput(experiment, options);
  try {
    const { experiment } = loadExperiment(path, compose);
    return { isValid: true, problems: [], more: 0, experiment };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, found: hideWrittenCredentials(problem.found) }));
    return { isValid: false, problems, more: error.more, experiment: undefined };
  }
}
