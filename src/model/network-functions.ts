// A network as functions over plain arrays, for those who know neither TensorFlow.js nor the engine: validation and evaluation.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../layers/layer.js';
import type { Network } from './network.js';

export interface NetworkFunctions {
  /** Height and width of the pictures that the network sees. */
  readonly imageSize: number;
  /** Embeddings [count, units] of pictures [count, imageSize, imageSize, channels]. */
  embed(pictures: Float32Array, count: number): Promise<Float32Array>;
  /** Logits [queries, supports] of embeddings [queries, units] and [supports, units]. */
  scoreQueries(queries: Float32Array, supports: Float32Array, units: number): Promise<Float32Array>;
  /** Logits [pairs] of aligned embeddings, both [pairs, units]. */
  scoreAligned(first: Float32Array, second: Float32Array, units: number): Promise<Float32Array>;
}

/** The functions of a network; each call reads its result, so nothing is left on the engine. */
export function makeNetworkFunctions(tf: TensorFlow, network: Network): NetworkFunctions {
  const { input } = network.shape;
  return {
    imageSize: input[0] as number,
    embed: (pictures, count) => readAndDispose(tf.tidy(() => network.embed(tf.tensor(pictures, [count, ...input])))),
    scoreQueries: (queries, supports, units) =>
      readAndDispose(
        tf.tidy(() => {
          const rows = tf.tensor2d(queries, [queries.length / units, units]);
          const columns = tf.tensor2d(supports, [supports.length / units, units]);
          return network.scoreQueries(rows, columns);
        }),
      ),
    scoreAligned: (first, second, units) =>
      readAndDispose(
        tf.tidy(() => {
          const pairs = first.length / units;
          return network.comparePairs(
            'logits',
            tf.tensor2d(first, [pairs, units]),
            tf.tensor2d(second, [pairs, units]),
          );
        }),
      ),
  };
}

// Read outside of `tidy`: within it an engine that records would compute the tensor without keeping what led to it.
async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}
