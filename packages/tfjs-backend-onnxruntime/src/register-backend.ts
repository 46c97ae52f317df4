/** Makes a backend known to TensorFlow.js, with its kernels and the fallbacks for those it does not have. */
import type { KernelBackend, KernelConfig, NamedAttrMap, NamedTensorInfoMap } from '@tensorflow/tfjs';
import { OnnxRuntimeBackend } from './backend.js';
import type { TensorFlow } from './base/tensorflow.js';
import type { OnnxRuntimeOptions } from './options.js';
import { replaceGradientsOfSums } from './recording/gradients.js';
import { arithmeticKernels } from './recording/kernels/arithmetic.js';
import { arrangementKernels } from './recording/kernels/arrangement.js';
import { complexKernels, isComplex, KERNELS_OF_COMPLEX } from './recording/kernels/complex.js';
import { createFallback } from './recording/kernels/fallback.js';
import { imageKernels } from './recording/kernels/image.js';
import { indexingKernels } from './recording/kernels/indexing.js';
import { type Kernel, type KernelCall, type KernelTable, UnsupportedCase } from './recording/kernels/kernel.js';
import { matrixKernels } from './recording/kernels/matrix.js';
import { reductionKernels } from './recording/kernels/reduction.js';
import { resizingKernels } from './recording/kernels/resizing.js';
import { spaceKernels } from './recording/kernels/space.js';
import { volumeKernels } from './recording/kernels/volume.js';

const DEFAULT_NAME = 'onnxruntime';

const KERNELS: KernelTable = {
  ...arithmeticKernels,
  ...arrangementKernels,
  ...complexKernels,
  ...matrixKernels,
  ...imageKernels,
  ...indexingKernels,
  ...reductionKernels,
  ...resizingKernels,
  ...spaceKernels,
  ...volumeKernels,
};

/**
 * Returns the backend that it has registered with TensorFlow.js; activate it with `await tf.setBackend('onnxruntime')`.
 * @throws Error when the library cannot be loaded, or the name is taken.
 */
export function registerOnnxRuntimeBackend(tf: TensorFlow, options: OnnxRuntimeOptions = {}): OnnxRuntimeBackend {
  const name = options.name ?? DEFAULT_NAME;
  if (tf.findBackend(name)) throw new Error(`onnxruntime: a backend named '${name}' is already registered`);
  let backend = new OnnxRuntimeBackend(tf, options);
  // After `tf.engine().reset()` TensorFlow.js asks again, and has disposed of the first one.
  tf.registerBackend(name, () => {
    if (backend.isDisposed) backend = new OnnxRuntimeBackend(tf, options);
    return backend as unknown as KernelBackend;
  });
  replaceGradientsOfSums(tf);
  const warn = options.warn ?? console.warn;
  const cpuKernels = new Map(tf.getKernelsForBackend('cpu').map((config) => [config.kernelName, config]));
  for (const kernelName of new Set([...Object.keys(KERNELS), ...cpuKernels.keys()])) {
    const kernel = withFallback(KERNELS[kernelName], cpuKernels.get(kernelName), warn);
    // Left by a backend of this name that was removed; tfjs would warn of each.
    if (tf.getKernel(kernelName, name)) tf.unregisterKernel(kernelName, name);
    tf.registerKernel({
      kernelName,
      backendName: name,
      kernelFunc: ({ inputs, attrs, backend: current }) =>
        kernel({
          tf,
          backend: current as unknown as OnnxRuntimeBackend,
          inputs,
          attributes: attrs ?? ({} as NamedAttrMap),
        }),
    });
  }
  return backend;
}

/** Returns a kernel that leaves empty tensors, text and the cases it does not know to the `cpu` backend. */
function withFallback(
  kernel: Kernel | undefined,
  cpuKernel: KernelConfig | undefined,
  warn: (message: string) => void,
): Kernel {
  if (!cpuKernel) return kernel!;
  const fallback = createFallback(cpuKernel, warn);
  if (!kernel) return fallback;
  return (call: KernelCall) => {
    if (hasSpecialInput(call.inputs, KERNELS_OF_COMPLEX.has(cpuKernel.kernelName))) return fallback(call);
    try {
      return kernel(call);
    } catch (error) {
      if (error instanceof UnsupportedCase) return fallback(call);
      throw error;
    }
  };
}

function hasSpecialInput(inputs: NamedTensorInfoMap, knowsComplex: boolean): boolean {
  for (const name in inputs) {
    const tensor = inputs[name];
    if (!tensor) continue;
    if (isComplex(tensor) && knowsComplex) continue;
    if (tensor.dtype === 'string' || isComplex(tensor) || tensor.shape.includes(0)) return true;
  }
  return false;
}
