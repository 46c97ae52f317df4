// How much of a batch is computed at once. Gradients of the pieces (micro-batches) are summed, which gives the step of
// the whole batch in less memory: Koch's batch of 128 pairs at 105 pixels would take several GB at once. The size is
// a function of the experiment alone, not of the machine, since rounding depends on it.
import type { Layer, Training } from '../config/experiment.js';
import type { PlacedLayer } from '../layers/place-layers.js';
import { layerTypeOf } from '../layers/registry.js';
import { sizeOf } from '../layers/shape.js';
import type { EncoderShape } from './encoder-shape.js';

/** Memory that `auto` allows for the activations of one micro-batch. */
const ACTIVATION_BUDGET_BYTES = 2 ** 30;

/** Bytes that training keeps for one picture: the output of each layer and the gradient that reaches it, as float32. */
export function estimateActivationBytes(encoder: EncoderShape): number {
  const [first] = encoder.layers;
  // Without layers it is embeddings that come.
  return 2 * 4 * ((first ? sizeOf(first.input) : encoder.units) + countOutputs(encoder.layers));
}

function countOutputs(layers: readonly PlacedLayer[]): number {
  return layers.reduce((sum, { output, within }) => sum + sizeOf(output) + countOutputs(within), 0);
}

/** Whether layers see other pictures of their batch, so that a batch must not be cut. */
export function needsWholeBatches(encoder: readonly Layer[]): boolean {
  return encoder.some((layer) => {
    const type = layerTypeOf(layer);
    return type.needsWholeBatches ?? needsWholeBatches(type.layersWithin?.(layer) ?? []);
  });
}

/**
 * Why `microBatchSize` cannot be used, as a clause, or undefined when it can. `unitsPerBatch` is the number of pairs
 * (task `verification`) or of groups (task `allPairs`) of a batch.
 */
export function findMicroBatchConflict(
  microBatchSize: Training['microBatchSize'],
  unitsPerBatch: number,
  encoder: readonly Layer[],
): string | undefined {
  if (typeof microBatchSize !== 'number' || microBatchSize >= unitsPerBatch || !needsWholeBatches(encoder))
    return undefined;
  return (
    `batch normalisation needs the statistics of whole batches of ${unitsPerBatch}, and micro-batches of ` +
    `${microBatchSize} would change them`
  );
}

/**
 * Units (pairs or groups) that are computed at once: the number asked for, at most a batch; for `auto` the largest that
 * keeps the activations within 1 GiB, in pieces of nearly equal size. Always the whole batch with batch normalisation.
 */
export function chooseMicroBatchSize(
  microBatchSize: Training['microBatchSize'],
  unitsPerBatch: number,
  picturesPerUnit: number,
  encoder: EncoderShape,
): number {
  if (needsWholeBatches(encoder.layers.map(({ config }) => config))) return unitsPerBatch;
  if (typeof microBatchSize === 'number') return Math.min(microBatchSize, unitsPerBatch);
  const unitBytes = picturesPerUnit * estimateActivationBytes(encoder);
  const fitting = Math.max(1, Math.floor(ACTIVATION_BUDGET_BYTES / unitBytes));
  const pieces = Math.ceil(unitsPerBatch / fitting);
  return Math.ceil(unitsPerBatch / pieces);
}
