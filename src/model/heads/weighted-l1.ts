// Weighted L1 distance with logistic output (Koch et al. 2015, section 3.1): logit = bias + sum_j weight_j |h1_j - h2_j|,
// probability = sigmoid(logit). The paper states no bias; its count of parameters (4,097) includes one.
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { HeadWeightedL1 } from '../../config/experiment.js';
import type { HeadContext, HeadType } from './head.js';

/** Numbers of |h1 - h2| that `scoreQueries` holds at a time: 16 MiB. */
const CHUNK_NUMBERS = 1 << 22;

/** bias + |a - b| weights for `a` and `b` that broadcast against each other to [...pairs, units]; returns [...pairs]. */
function logitsOf(a: Tensor, b: Tensor, { tf, parameter }: HeadContext): Tensor {
  const distances = tf.abs(tf.sub(a, b)); // [...pairs, units]
  const pairs = distances.shape.slice(0, -1);
  const units = distances.shape[distances.shape.length - 1] as number;
  const sums = tf.matMul(distances.reshape([-1, units]) as Tensor2D, parameter('weights') as Tensor2D); // [pairs, 1]
  return tf.add(sums, parameter('bias')).reshape(pairs);
}

export const weightedL1: HeadType<HeadWeightedL1> = {
  type: 'weightedL1',

  /** `weights` [units, 1], `bias` [1]. */
  parameters(config, units) {
    const fans = { fanIn: units, fanOut: 1 };
    return [
      { name: 'weights', shape: [units, 1], initializer: config.weightInitializer, ...fans, role: 'weight' },
      { name: 'bias', shape: [1], initializer: config.biasInitializer, ...fans, role: 'bias' },
    ];
  },

  multiplyAdds: (_config, units) => units,

  pairLogits: (_config, a, b, context) => logitsOf(a, b, context) as Tensor1D,

  allPairsLogits(_config, embeddings, context) {
    const [groups, count, units] = embeddings.shape;
    const rows = embeddings.reshape([groups, count, 1, units]);
    const columns = embeddings.reshape([groups, 1, count, units]);
    return logitsOf(rows, columns, context) as Tensor3D; // [groups, count, count]
  },

  scoreQueries(_config, queries, supports, context) {
    const { tf } = context;
    const [count, units] = queries.shape;
    const rowsAtOnce = Math.max(1, Math.floor(CHUNK_NUMBERS / Math.max(1, supports.shape[0] * units)));
    const columns = supports.expandDims(0); // [1, supports, units]
    const chunks: Tensor2D[] = [];
    for (let first = 0; first < count; first += rowsAtOnce) {
      const rows = tf.slice2d(queries, [first, 0], [Math.min(rowsAtOnce, count - first), units]);
      chunks.push(tf.tidy(() => logitsOf(rows.expandDims(1), columns, context) as Tensor2D));
    }
    return chunks.length === 1 ? (chunks[0] as Tensor2D) : tf.concat2d(chunks, 0); // [queries, supports]
  },
};
