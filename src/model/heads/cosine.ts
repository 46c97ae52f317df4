// Cosine of the angle between the embeddings, with a learned scale and bias: logit = bias + scale cos(h1, h2).
import type { Tensor } from '@tensorflow/tfjs';
import type { HeadCosine } from '../../config/experiment.js';
import { toUnitLength } from '../unit-length.js';
import type { HeadContext, HeadType } from './head.js';
import { scaleAndBias, scaleLikeness } from './scale-and-bias.js';

function cosines(a: Tensor, b: Tensor, { tf }: HeadContext): Tensor {
  return tf.sum(tf.mul(toUnitLength(tf, a), toUnitLength(tf, b)), -1);
}

export const cosine: HeadType<HeadCosine> = {
  type: 'cosine',
  parameters: (config) => scaleAndBias(config),
  multiplyAdds: (_config, units) => units,
  distances: (_config, a, b, context) => context.tf.sub(1, cosines(a, b, context)),
  logits: (_config, a, b, context) => scaleLikeness(cosines(a, b, context), context),
};
