/** Gradients that are recorded in another way than tfjs does. */
import type { SumAttrs, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../base/tensorflow.js';

/**
 * Replaces the gradients of `sum` and `mean`. Those of tfjs fill a tensor of the input's size with ones, in JavaScript
 * and in every step; here the gradient is broadcast. The results are the same on every backend.
 */
export function replaceGradientsOfSums(tf: TensorFlow): void {
  replaceGradient(tf, 'Sum', (gradient) => gradient);
  replaceGradient(tf, 'Mean', (gradient, count) => tf.mul(gradient, 1 / count));
}

/** `share` returns the part of the gradient that each of `count` summed elements has. */
function replaceGradient(
  tf: TensorFlow,
  kernelName: 'Sum' | 'Mean',
  share: (gradient: Tensor, count: number) => Tensor,
): void {
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [Tensor];
      const axes = [...tf.util.parseAxisParam((attributes as unknown as SumAttrs).axis, x.shape)].sort((a, b) => a - b);
      const [reduced] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
      const kept = tf.backend_util.expandShapeToKeepDim(reduced, axes);
      const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
      return { x: () => tf.broadcastTo(share(tf.reshape(dy as Tensor, kept), count), x.shape) };
    },
  });
}
