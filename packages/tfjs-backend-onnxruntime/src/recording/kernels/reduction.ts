/** Recording of sums, means, extrema and products over axes. */
import type { ArgMaxAttrs, DataType, MaxAttrs, SoftmaxAttrs, SumAttrs, TopKAttrs } from '@tensorflow/tfjs';
import type { LargestAttributes, ReductionAttributes } from '../attributes.js';
import { attributesOf, inputOf, type Kernel, type KernelTable, UnsupportedCase } from './kernel.js';

function reduction(name: string, resultType: (dtype: DataType) => DataType): Kernel {
  return (call) => {
    const x = inputOf(call, 'x');
    const { axis, keepDims } = attributesOf<SumAttrs>(call);
    // The attribute of Max has another name than that of its like.
    const requested = name === 'Max' ? attributesOf<MaxAttrs>(call).reductionIndices : axis;
    const { parseAxisParam } = call.tf.util;
    const axes = [...parseAxisParam(requested, x.shape)].sort((a, b) => a - b);
    const { computeOutAndReduceShapes, expandShapeToKeepDim } = call.tf.backend_util;
    const [reduced] = computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims ? expandShapeToKeepDim(reduced, axes) : reduced;
    const attributes: ReductionAttributes = { axes };
    return call.backend.record(name, [x], attributes, shape, resultType(x.dtype));
  };
}

function extremum(name: string): Kernel {
  return (call) => {
    const x = inputOf(call, 'x');
    const axes = call.tf.util.parseAxisParam(attributesOf<ArgMaxAttrs>(call).axis, x.shape);
    const shape = x.shape.filter((_, axis) => axis !== axes[0]);
    const attributes: ReductionAttributes = { axes };
    return call.backend.record(name, [x], attributes, shape, 'int32');
  };
}

const sameType = (dtype: DataType) => dtype;
const countsTruth = (dtype: DataType) => (dtype === 'bool' ? 'int32' : dtype);

export const reductionKernels: KernelTable = {
  Sum: reduction('Sum', countsTruth),
  Prod: reduction('Prod', countsTruth),
  Mean: reduction('Mean', () => 'float32'),
  Max: reduction('Max', sameType),
  Min: reduction('Min', sameType),
  All: reduction('All', () => 'bool'),
  Any: reduction('Any', () => 'bool'),
  ArgMax: extremum('ArgMax'),
  ArgMin: extremum('ArgMin'),

  TopK: (call) => {
    const x = inputOf(call, 'x');
    const { k } = attributesOf<TopKAttrs>(call);
    if (x.dtype === 'bool' || k === 0) throw new UnsupportedCase();
    const attributes: LargestAttributes = { count: k };
    const shape = x.shape.with(-1, k);
    return [
      call.backend.record('LargestValues', [x], attributes, shape, x.dtype),
      call.backend.record('LargestIndices', [x], attributes, shape, 'int32'),
    ];
  },

  Softmax: (call) => {
    const logits = inputOf(call, 'logits');
    const { dim } = attributesOf<SoftmaxAttrs>(call);
    if (dim !== undefined && dim !== -1 && dim !== logits.shape.length - 1) throw new UnsupportedCase();
    return call.backend.record('Softmax', [logits], {}, logits.shape, 'float32');
  },
};
