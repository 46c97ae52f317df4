// What heads without weights per unit learn: a factor on their distance and a bias.
import type { Tensor } from '@tensorflow/tfjs';
import type { ParameterSpec } from '../../layers/layer.js';
import type { HeadContext } from './head.js';

/** `scale` [1] and `bias` [1], both without penalty or decay. */
export function scaleAndBias(start: { readonly scale: number; readonly bias: number }): ParameterSpec[] {
  return (['scale', 'bias'] as const).map((name) => ({
    name,
    shape: [1],
    initializer: { type: 'constant', value: start[name] },
    fanIn: 1,
    fanOut: 1,
    role: 'bias',
  }));
}

/** bias + scale x likeness. */
export function scaleLikeness(likeness: Tensor, { tf, parameter }: HeadContext): Tensor {
  return tf.add(tf.mul(likeness, parameter('scale')), parameter('bias'));
}
