/** Recording of what reads and writes elements at places that are numbers themselves, and of sums over named axes. */
import type { EinsumAttrs, ScatterNdAttrs, TensorInfo } from '@tensorflow/tfjs';
import type { EinsumAttributes } from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, listInputs, UnsupportedCase } from './kernel.js';

export const indexingKernels: KernelTable = {
  GatherNd: (call) => {
    const [params, indices] = [inputOf(call, 'params'), inputOf(call, 'indices')];
    const [shape, count] = call.tf.backend_util.prepareAndValidate(params as never, indices as never);
    if (count === 0) throw new UnsupportedCase();
    checkPlaces(call, indices, params.shape);
    return call.backend.record('GatherNd', [params, indices], {}, shape, params.dtype);
  },

  ScatterNd: (call) => {
    const [indices, updates] = [inputOf(call, 'indices'), inputOf(call, 'updates')];
    const { shape } = attributesOf<ScatterNdAttrs>(call);
    if (updates.dtype !== 'float32' || indices.shape.length < 2) throw new UnsupportedCase();
    checkPlaces(call, indices, shape);
    return call.backend.record('ScatterNd', [indices, updates], {}, shape, updates.dtype);
  },

  Einsum: (call) => {
    const tensors = listInputs(call);
    const { equation } = attributesOf<EinsumAttrs>(call);
    const { decodeEinsumEquation, checkEinsumDimSizes } = call.tf.backend_util;
    const { allDims, idDims } = decodeEinsumEquation(equation, tensors.length);
    checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    if (tensors.some(({ dtype }) => dtype !== 'float32')) throw new UnsupportedCase();
    const compact = equation.replaceAll(/\s/g, '');
    const [terms, result] = compact.split('->') as [string, string];
    const sizes = new Map<string, number>();
    terms.split(',').forEach((term, index) => {
      for (const [axis, letter] of [...term].entries()) sizes.set(letter, tensors[index]!.shape[axis]!);
    });
    const attributes: EinsumAttributes = { equation: compact };
    return call.backend.record(
      'Einsum',
      tensors,
      attributes,
      [...result].map((letter) => sizes.get(letter)!),
      'float32',
    );
  },
};

/** Leaves places to the reference that cannot be looked at beforehand, or of which one is outside: it knows what to say. */
function checkPlaces({ backend }: KernelCall, indices: TensorInfo, shape: readonly number[]): void {
  const depth = indices.shape.at(-1)!;
  const known = backend.peek(indices);
  if (indices.dtype !== 'int32' || !known) throw new UnsupportedCase();
  if (known.some((place, index) => place < 0 || place >= shape[index % depth]!)) throw new UnsupportedCase();
}
