// Weighted L1 distance with logistic output (Koch et al. 2015, section 3.1): logit = bias + sum_j weight_j |h1_j - h2_j|,
// probability = sigmoid(logit). The paper states no bias; its count of parameters (4,097) includes one.
import type { Tensor2D } from '@tensorflow/tfjs';
import type { HeadWeightedL1 } from '../../config/experiment.js';
import type { HeadType } from './head.js';

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

  logits(_config, a, b, { tf, parameter }) {
    const distances = tf.abs(tf.sub(a, b)); // [...pairs, units]
    const pairs = distances.shape.slice(0, -1);
    const units = distances.shape[distances.shape.length - 1] as number;
    const sums = tf.matMul(tf.reshape(distances, [-1, units]) as Tensor2D, parameter('weights') as Tensor2D); // [pairs, 1]
    return tf.reshape(tf.add(sums, parameter('bias')), pairs);
  },
};
