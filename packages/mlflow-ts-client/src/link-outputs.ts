/*
 * Logged models as outputs of a run. The server refuses a link that exists already, with all others of the request, so
 * that a repeated request would fail: each is sent alone, and a link that is there counts as made.
 */

import { checkInteger, checkString } from './check-fields.js';
import type { CallOptions } from './client-options.js';
import { isMlflowError } from './errors.js';
import type { Transport } from './transport.js';

/** A logged model and the training step at which it is an output. */
export interface ModelOutput {
  readonly modelId: string;
  readonly step: number;
}

/** Links the models to the run. */
export async function linkOutputs(
  transport: Transport,
  runId: string,
  models: readonly ModelOutput[],
  { signal }: CallOptions,
): Promise<void> {
  checkString('runId', runId);
  models.forEach(({ modelId, step }, index) => {
    checkString(`models[${index}].modelId`, modelId);
    checkInteger(`models[${index}].step`, step);
  });
  for (const { modelId, step } of models) {
    try {
      await transport.call('POST', '2.0/mlflow/runs/outputs', {
        json: { run_id: runId, models: [{ model_id: modelId, step }] },
        signal,
      });
    } catch (error) {
      if (!isMlflowError(error, 'ALREADY_EXISTS')) throw error;
    }
  }
}
