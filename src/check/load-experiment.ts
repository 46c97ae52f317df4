// The one way from a file to a checked experiment: composition, schema, cross-field rules, sweep. All problems at once.
import { InputError } from '../base/problem.js';
import { deepFreeze } from '../config/assign-values.js';
import type { ComposeOptions } from '../config/compose.js';
import type { Experiment } from '../config/experiment.js';
import type { Positions } from '../config/positions.js';
import { readExperiment, sortProblems } from '../config/read-experiment.js';
import { checkTrials } from './check-sweep.js';

export interface LoadedExperiment {
  /** Defaults filled in, without `extends`, `data.path` absolute; deeply frozen. */
  readonly experiment: Experiment;
  readonly positions: Positions;
  /** Names of all files that it was composed of, the file itself first. */
  readonly files: readonly string[];
}

/** Problems of an experiment that are told: more of them have a common cause, or are in another kind of file. */
const MAX_PROBLEMS = 100;

/**
 * The experiment of a file with what it extends and the `--set` arguments. Throws an `InputError` with all problems in
 * file order, and how many more there are.
 */
export function loadExperiment(path: string, options: ComposeOptions = {}): LoadedExperiment {
  const { value, positions, soundness, problems, more, files } = readExperiment(path, options);
  // Rules read sound sections only, so a value with mistakes elsewhere is safe to look at as an experiment.
  const experiment = deepFreeze(value) as unknown as Experiment;
  const found = checkTrials(experiment, positions, soundness);
  const all = sortProblems([...problems, ...found], files);
  const shown = all.slice(0, MAX_PROBLEMS);
  if (all.length > 0) throw new InputError(shown, more + all.length - shown.length);
  return { experiment, positions, files };
}
