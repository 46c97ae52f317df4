// L1 distance with a learned scale and bias: logit = bias - scale sum_j |h1_j - h2_j|.
import type { HeadL1 } from '../../config/experiment.js';
import type { Comparison, HeadType } from './head.js';
import { scaleAndBias, scaleLikeness } from './scale-and-bias.js';

const distances: Comparison<HeadL1> = (_config, a, b, { tf }) => tf.sum(tf.abs(tf.sub(a, b)), -1);

export const l1: HeadType<HeadL1> = {
  type: 'l1',
  parameters: (config) => scaleAndBias(config),
  multiplyAdds: (_config, units) => units,
  distances,
  logits: (config, a, b, context) => scaleLikeness(context.tf.neg(distances(config, a, b, context)), context),
};
