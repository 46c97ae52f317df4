// What other programs import: `import { … } from 'oneshot-runner'`. Few functions, the same results as the command's --json.
export { type FailureCode, InputError, OneshotError, type Problem } from '../base/problem.js';
export type { Experiment } from '../config/experiment.js';
export type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
export type { PlanOutcome, TrialResult } from '../launch/start-plan.js';
export type { ExperimentInput, InputOptions } from './experiment-input.js';
export { loadModel } from './load-model.js';
export type { Classification, ClassifyOptions, Model, ModelOptions } from './model.js';
export { openRun, type RunRecord } from './open-run.js';
export { type PlannedExperiment, type PlanOptions, planExperiment } from './plan-experiment.js';
export {
  type ExperimentRun,
  type RunEvent,
  type RunOptions,
  runExperiment,
  type TrialName,
} from './run-experiment.js';
export { type Validation, validateExperiment } from './validate-experiment.js';
