// Euclidean distance, or its square, with a learned scale and bias: logit = bias - scale distance. With squares and the
// bias, which a softmax over classes does not see, it is the classifier of prototypical networks (Snell et al. 2017,
// equation 2).
import type { HeadL2 } from '../../config/experiment.js';
import type { Comparison, HeadType } from './head.js';
import { scaleAndBias, scaleLikeness } from './scale-and-bias.js';

/** Under the root, so that its slope at equal embeddings is finite. */
const ROOT_EPSILON = 1e-12;

// Differences, not the products of |a|^2 + |b|^2 - 2ab, which lose the digits of small distances.
const distances: Comparison<HeadL2> = ({ squared }, a, b, { tf }) => {
  const squares = tf.sum(tf.square(tf.sub(a, b)), -1);
  return squared ? squares : tf.sqrt(tf.add(squares, ROOT_EPSILON));
};

export const l2: HeadType<HeadL2> = {
  type: 'l2',
  parameters: (config) => scaleAndBias(config),
  multiplyAdds: (_config, units) => units,
  distances,
  squaresDistances: ({ squared }) => squared,
  logits: (config, a, b, context) => scaleLikeness(context.tf.neg(distances(config, a, b, context)), context),
};
