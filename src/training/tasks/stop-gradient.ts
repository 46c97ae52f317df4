// TensorFlow.js has no stop-gradient of its own.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../layers/layer.js';

/** The value of `compute(x)` as a constant: no gradient flows through it to x. */
export function withoutGradient<T extends Tensor>(tf: TensorFlow, x: Tensor, compute: (x: Tensor) => T): T {
  const constant = tf.customGrad((input) => ({
    value: compute(input as Tensor),
    // By shape: the input itself may be disposed of by then.
    gradFunc: () => tf.fill(x.shape, 0),
  }));
  return constant(x) as T;
}
