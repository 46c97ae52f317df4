// Exponential moving average of all parameters, running statistics of batch normalisation included: the averaged network
// is evaluated, the other one is trained.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../layers/layer.js';

/**
 * How much of the average stays at step `step` (from 0): `min(decay, (1 + n) / (10 + n))` with n = step + 1 updates, so
 * that a short training does not average over its random start (the rule of TensorFlow's `ExponentialMovingAverage`).
 */
export function averagingDecayAt(decay: number, step: number): number {
  const updates = step + 1;
  return Math.min(decay, (1 + updates) / (10 + updates));
}

/**
 * The new average `stays * average + (1 - stays) * value` as `average + (1 - stays) (value - average)`; `leaves` is the
 * scalar 1 - stays.
 */
export function updateAverage(tf: TensorFlow, average: Tensor, value: Tensor, leaves: Tensor): Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), leaves));
}
