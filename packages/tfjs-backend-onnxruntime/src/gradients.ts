/** Gradients that are recorded in another way than tfjs does. */
import type { MeanAttrs, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from './backend.js';

/**
 * Replaces the gradient of `mean`. That of tfjs fills a tensor of the input's size with ones, in JavaScript and in
 * every step; here the gradient is broadcast. The result is the same on every backend.
 */
export function replaceMeanGradient(tf: TensorFlow): void {
  tf.unregisterGradient('Mean');
  tf.registerGradient({
    kernelName: 'Mean',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [Tensor];
      const axes = [...tf.util.parseAxisParam((attributes as unknown as MeanAttrs).axis, x.shape)].sort(
        (a, b) => a - b,
      );
      const [reduced] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
      const kept = tf.backend_util.expandShapeToKeepDim(reduced, axes);
      const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
      return { x: () => tf.broadcastTo(tf.mul(tf.reshape(dy as Tensor, kept), 1 / count), x.shape) };
    },
  });
}
