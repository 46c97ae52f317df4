/**
 * Complex numbers: pairs of tensors. What is computed with them, the fast Fourier transform above all, is left to the `cpu`
 * backend; the parts are ordinary tensors again.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import { inputOf, type KernelTable } from './kernel.js';

export const complexKernels: KernelTable = {
  Complex: (call) => call.backend.joinComplex({ real: inputOf(call, 'real'), imag: inputOf(call, 'imag') }),
  Real: (call) => {
    const input = inputOf(call, 'input');
    return call.backend.alias(isComplex(input) ? call.backend.partsOf(input).real : input, input.shape);
  },
  Imag: (call) => {
    const input = inputOf(call, 'input');
    if (isComplex(input)) return call.backend.alias(call.backend.partsOf(input).imag, input.shape);
    return call.backend.record('Fill', [], { value: 0 }, input.shape, 'float32');
  },
};

/** Kernels that know complex tensors; all others leave them to `cpu`. */
export const KERNELS_OF_COMPLEX: ReadonlySet<string> = new Set([...Object.keys(complexKernels), 'Identity', 'Reshape']);

export function isComplex({ dtype }: TensorInfo): boolean {
  return dtype === 'complex64';
}
