// The MLflow experiment that the runs of an experiment file go to.
import type { Experiment } from '../config/experiment.js';

/** The name in the file, else that of MLFLOW_EXPERIMENT_NAME, else the experiment's own. */
export function nameMlflowExperiment(
  { name, tracking }: Pick<Experiment, 'name' | 'tracking'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return tracking?.mlflow?.experiment ?? (env.MLFLOW_EXPERIMENT_NAME?.trim() || name);
}
