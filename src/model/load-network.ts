// A network with stored weights, ready to answer: what evaluation and everybody who uses a trained network start from.
import type { Model } from '../config/experiment.js';
import { digestEncoderFile } from '../layers/file/encoder-file.js';
import type { OpenFileNetwork } from '../layers/file/file-network.js';
import type { TensorFlow } from '../layers/layer.js';
import type { EncoderShape } from './encoder-shape.js';
import { fileLayerOf, openFileEncoder, shapeBehind } from './front.js';
import { estimateActivationBytes } from './micro-batch-size.js';
import type { NamedArrays } from './named-arrays.js';
import { buildNetwork, uploadParameters } from './network.js';
import { makeNetworkFunctions, type NetworkFunctions } from './network-functions.js';
import { describeNetwork, type NetworkShape } from './network-shape.js';

/** What computes a network. */
export interface NetworkHost {
  readonly tf: TensorFlow;
  /** Runs the network of a layer `file`. */
  readonly openFile: OpenFileNetwork;
}

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
 * The network of `model` for such pictures (ink alone without `channels`) with these weights. Rejects with a
 * OneshotError: 'corrupt' when they do not fit, what `openFileEncoder` says of a layer `file`.
 */
export async function loadNetwork(
  { tf, openFile }: NetworkHost,
  model: Model,
  { imageSize, channels }: { readonly imageSize: number; readonly channels?: number },
  arrays: NamedArrays,
): Promise<LoadedNetwork> {
  const file = fileLayerOf(model.encoder);
  if (file !== undefined) digestEncoderFile(file.path);
  const shape = describeNetwork(model, imageSize, channels);
  const front = await openFront(shape, openFile, arrays);
  const behind = shapeBehind(shape, front === undefined ? 0 : 1);
  const weights = uploadParameters(tf, shape, arrays);
  const functions = makeNetworkFunctions(tf, buildNetwork(tf, model, behind, weights));
  return {
    functions:
      front === undefined
        ? functions
        : {
            ...functions,
            imageSize,
            embed: async (pictures, count) => functions.embed(await front.embed(pictures, count), count),
          },
    units: shape.encoder.units,
    batchSize: chooseEmbeddingBatchSize(shape.encoder),
    dispose: () => {
      tf.dispose([...weights.values()]);
      front?.dispose();
    },
  };
}

async function openFront({ encoder, input }: NetworkShape, openFile: OpenFileNetwork, arrays: NamedArrays) {
  const layer = fileLayerOf(encoder.layers.map(({ config }) => config));
  if (layer === undefined) return undefined;
  return openFileEncoder(layer, input, arrays.get(`${encoder.layers[0]!.name}/digest`), openFile);
}

/** Pictures that a network of somebody's own is given at once: what it needs for one is not known. */
const FILE_BATCH = 16;

/** Pictures that are embedded at once: as many as keep activations within 256 MiB, 256 at most. */
export function chooseEmbeddingBatchSize(encoder: EncoderShape): number {
  if (encoder.layers[0]?.config.type === 'file') return FILE_BATCH;
  return Math.min(256, Math.max(1, Math.floor(2 ** 28 / estimateActivationBytes(encoder))));
}
