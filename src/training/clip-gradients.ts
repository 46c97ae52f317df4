// Gradient clipping by the global norm (Pascanu, Mikolov and Bengio 2013, algorithm 1): a gradient that is too long keeps
// its direction. Everything stays on the engine, so a step needs no read-back.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../layers/layer.js';

/**
 * The gradients by path, all times min(1, limit / length), where the length is that of all of them as one vector. Called
 * inside `tf.tidy`.
 */
export function clipGradients(
  tf: TensorFlow,
  gradients: ReadonlyMap<string, Tensor>,
  limit: number,
): Map<string, Tensor> {
  const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
  const length = tf.sqrt(tf.addN(squares));
  const factor = tf.div(limit, tf.maximum(length, limit));
  return new Map([...gradients].map(([path, gradient]) => [path, tf.mul(gradient, factor)]));
}
