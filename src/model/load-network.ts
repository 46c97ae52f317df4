// A network with stored weights, ready to answer: what evaluation and everybody who uses a trained network start from.
import type { Model } from '../config/experiment.js';
import type { TensorFlow } from '../layers/layer.js';
import type { EncoderShape } from './encoder-shape.js';
import { estimateActivationBytes } from './micro-batch-size.js';
import type { NamedArrays } from './named-arrays.js';
import { buildNetwork, uploadParameters } from './network.js';
import { makeNetworkFunctions, type NetworkFunctions } from './network-functions.js';
import { describeNetwork } from './network-shape.js';

/** A network on an engine; it must not be used after `dispose`. */
export interface LoadedNetwork {
  readonly functions: NetworkFunctions;
  /** Length of an embedding. */
  readonly units: number;
  /** Pictures that are embedded at once. */
  readonly batchSize: number;
  dispose(): void;
}

/**
 * The network of `model` for such pictures (ink alone without `channels`) with these weights. Throws a OneshotError
 * 'corrupt' when they do not fit.
 */
export function loadNetwork(
  tf: TensorFlow,
  model: Model,
  { imageSize, channels }: { readonly imageSize: number; readonly channels?: number },
  arrays: NamedArrays,
): LoadedNetwork {
  const shape = describeNetwork(model, imageSize, channels);
  const weights = uploadParameters(tf, shape, arrays);
  return {
    functions: makeNetworkFunctions(tf, buildNetwork(tf, model, shape, weights)),
    units: shape.encoder.units,
    batchSize: chooseEmbeddingBatchSize(shape.encoder),
    dispose: () => tf.dispose([...weights.values()]),
  };
}

/** Pictures that are embedded at once: as many as keep activations within 256 MiB, 256 at most. */
export function chooseEmbeddingBatchSize(encoder: EncoderShape): number {
  return Math.min(256, Math.max(1, Math.floor(2 ** 28 / estimateActivationBytes(encoder))));
}
