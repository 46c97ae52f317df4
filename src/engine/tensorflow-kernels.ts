// Kernels of the TensorFlow binding that are put together from more passes over the memory than TensorFlow needs.
import type { KernelFunc, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../layers/layer.js';

/**
 * Replaces the binding's `Step`, which every gradient of a relu asks for: IsNan, Greater, Select twice and two constants of
 * the same size become Sign(Relu(x)), with the same bytes, NaN included.
 */
export function replaceSlowKernels(tf: TensorFlow, backendName: string): void {
  const registered = tf.getKernel('Step', backendName);
  if (registered === undefined || registered === null) return;
  const kernelFunc: KernelFunc = (call) => {
    const x = call.inputs.x as Tensor;
    const isPlain = x.dtype === 'float32' && (call.attrs as { alpha?: number } | undefined)?.alpha === 0;
    return isPlain ? tf.tidy(() => tf.sign(tf.relu(x))) : registered.kernelFunc(call);
  };
  tf.unregisterKernel('Step', backendName);
  tf.registerKernel({ ...registered, kernelFunc });
}
