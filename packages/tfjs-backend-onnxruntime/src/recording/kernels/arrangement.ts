/** Recording of operations that move, repeat, cut and join elements; those that only rename them share the data. */
import type {
  ConcatAttrs,
  CumsumAttrs,
  ExpandDimsAttrs,
  FillAttrs,
  GatherV2Attrs,
  OneHotAttrs,
  PackAttrs,
  PadV2Attrs,
  ReshapeAttrs,
  ReverseAttrs,
  SliceAttrs,
  SplitVAttrs,
  StridedSliceAttrs,
  TensorInfo,
  TileAttrs,
  TransposeAttrs,
  UnpackAttrs,
  UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs';
import { type Shape, sizeOf } from '../../base/shapes.js';
import type * as Recorded from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, listInputs, UnsupportedCase } from './kernel.js';

export const arrangementKernels: KernelTable = {
  Identity: (call) => call.backend.alias(inputOf(call, 'x'), inputOf(call, 'x').shape),

  Reshape: (call) => {
    const x = inputOf(call, 'x');
    const { inferFromImplicitShape, assert } = call.tf.util;
    const shape = inferFromImplicitShape(attributesOf<ReshapeAttrs>(call).shape, sizeOf(x.shape));
    assert(sizeOf(shape) === sizeOf(x.shape), () => `cannot reshape [${x.shape}] to [${shape}]: sizes differ`);
    return call.backend.alias(x, shape);
  },

  ExpandDims: (call) => {
    const x = inputOf(call, 'input');
    const { dim } = attributesOf<ExpandDimsAttrs>(call);
    const rank = x.shape.length;
    call.tf.util.assert(-(rank + 1) <= dim, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
    return call.backend.alias(x, x.shape.toSpliced(dim < 0 ? rank + 1 + dim : dim, 0, 1));
  },

  Transpose: (call) => {
    const x = inputOf(call, 'x');
    const { perm } = attributesOf<TransposeAttrs>(call);
    const attributes: Recorded.TransposeAttributes = { permutation: perm };
    const shape = perm.map((axis) => x.shape[axis]!);
    return call.backend.record('Transpose', [x], attributes, shape, x.dtype);
  },

  Tile: (call) => {
    const x = inputOf(call, 'x');
    const attributes: Recorded.TileAttributes = { repetitions: attributesOf<TileAttrs>(call).reps };
    const shape = x.shape.map((size, axis) => size * attributes.repetitions[axis]!);
    return call.backend.record('Tile', [x], attributes, shape, x.dtype);
  },

  BroadcastTo: (call) => {
    const x = inputOf(call, 'x');
    const { shape } = attributesOf<{ shape: number[] }>(call);
    return call.backend.record('BroadcastTo', [x], {}, shape, x.dtype);
  },

  Slice: (call) => {
    const x = inputOf(call, 'x');
    const { begin, size } = attributesOf<SliceAttrs>(call);
    const [start, length] = call.tf.slice_util.parseSliceParams(x as never, begin, size) as [number[], number[]];
    call.tf.slice_util.assertParamsValid(x as never, start, length);
    const rowLength = sizeOf(x.shape.slice(1));
    const areWholeRows = x.shape.every((whole, axis) => axis === 0 || length[axis] === whole);
    const rows = areWholeRows ? call.backend.copyPart(x, (start[0] ?? 0) * rowLength, length) : null;
    return rows ?? recordSlice(call, x, start, length);
  },

  StridedSlice: (call) => {
    const x = inputOf(call, 'x');
    const options = attributesOf<StridedSliceAttrs>(call);
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = options;
    const info = call.tf.slice_util.sliceInfo(
      ...([x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const),
    );
    if (info.strides.some((step) => step < 0) || newAxisMask !== 0) throw new UnsupportedCase();
    const attributes: Recorded.SliceAttributes = { begin: info.begin, end: info.end, strides: info.strides };
    const shape = info.finalShapeSparse;
    if (shape.length !== x.shape.length) throw new UnsupportedCase();
    const cut = call.backend.record('Slice', [x], attributes, shape, x.dtype);
    return { ...cut, shape: info.finalShape };
  },

  Reverse: (call) => {
    const x = inputOf(call, 'x');
    const axes = call.tf.util.parseAxisParam(attributesOf<ReverseAttrs>(call).dims, x.shape);
    if (axes.length === 0) return call.backend.alias(x, x.shape);
    const attributes: Recorded.ReverseAttributes = { axes };
    return call.backend.record('Reverse', [x], attributes, x.shape, x.dtype);
  },

  SplitV: (call) => {
    const x = inputOf(call, 'x');
    const { numOrSizeSplits, axis } = attributesOf<SplitVAttrs>(call);
    const along = call.tf.util.parseAxisParam(axis, x.shape)[0]!;
    const sizes = call.tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, along);
    let start = 0;
    return sizes.map((size) => {
      const part = recordSlice(
        call,
        x,
        x.shape.map((_, a) => (a === along ? start : 0)),
        x.shape.with(along, size),
      );
      start += size;
      return part;
    });
  },

  Concat: (call) => {
    const tensors = listInputs(call);
    const axis = call.tf.util.parseAxisParam(attributesOf<ConcatAttrs>(call).axis, tensors[0]!.shape)[0]!;
    const shapes = tensors.map((tensor) => tensor.shape);
    call.tf.backend_util.assertParamsConsistent(shapes, axis);
    const shape = call.tf.backend_util.computeOutShape(shapes, axis);
    return recordConcat(call, tensors, axis, shape);
  },

  Pack: (call) => {
    const tensors = listInputs(call);
    const { axis } = attributesOf<PackAttrs>(call);
    const [first] = tensors as [TensorInfo];
    for (const { shape, dtype } of tensors) {
      call.tf.util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must have matching shapes');
      call.tf.util.assert(first.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
    }
    const slices = tensors.map((tensor) => ({ ...tensor, shape: tensor.shape.toSpliced(axis, 0, 1) }));
    return recordConcat(call, slices, axis, slices[0]!.shape.with(axis, tensors.length));
  },

  Unpack: (call) => {
    const x = inputOf(call, 'value');
    const { axis } = attributesOf<UnpackAttrs>(call);
    const along = axis < 0 ? axis + x.shape.length : axis;
    const shape = x.shape.toSpliced(along, 1);
    return Array.from({ length: x.shape[along]! }, (_, index) => {
      const start = x.shape.map((_size, a) => (a === along ? index : 0));
      return { ...recordSlice(call, x, start, x.shape.with(along, 1)), shape };
    });
  },

  PadV2: (call) => {
    const x = inputOf(call, 'x');
    const { paddings, constantValue } = attributesOf<PadV2Attrs>(call);
    const attributes: Recorded.PadAttributes = {
      before: paddings.map(([before]) => before),
      after: paddings.map(([, after]) => after),
      value: constantValue,
    };
    const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
    return call.backend.record('Pad', [x], attributes, shape, x.dtype);
  },

  GatherV2: (call) => {
    const [x, indices] = [inputOf(call, 'x'), inputOf(call, 'indices')];
    const { axis, batchDims } = attributesOf<GatherV2Attrs>(call);
    const along = call.tf.util.parseAxisParam(axis, x.shape)[0]!;
    if (indices.dtype !== 'int32' || (batchDims !== 0 && batchDims !== along)) throw new UnsupportedCase();
    const isChecked = checkIndices(call, indices, x.shape[along]!);
    const attributes: Recorded.GatherAttributes = { axis: along, isBatched: batchDims > 0, isChecked };
    const shape = [...x.shape.slice(0, along), ...indices.shape.slice(batchDims), ...x.shape.slice(along + 1)];
    return call.backend.record('Gather', [x, indices], attributes, shape, x.dtype);
  },

  OneHot: (call) => {
    const indices = inputOf(call, 'indices');
    const { depth, onValue, offValue, dtype } = attributesOf<OneHotAttrs>(call);
    if (indices.dtype !== 'int32') throw new UnsupportedCase();
    const attributes: Recorded.OneHotAttributes = { depth, onValue, offValue };
    return call.backend.record('OneHot', [indices], attributes, [...indices.shape, depth], dtype);
  },

  UnsortedSegmentSum: (call) => {
    const [x, ids] = [inputOf(call, 'x'), inputOf(call, 'segmentIds')];
    if (x.dtype !== 'float32' || ids.dtype !== 'int32') throw new UnsupportedCase();
    const { numSegments } = attributesOf<UnsortedSegmentSumAttrs>(call);
    const attributes: Recorded.SegmentSumAttributes = { segments: numSegments };
    const shape = [numSegments, ...x.shape.slice(ids.shape.length)];
    return call.backend.record('UnsortedSegmentSum', [x, ids], attributes, shape, x.dtype);
  },

  Fill: (call) => {
    const { shape, value, dtype } = attributesOf<FillAttrs>(call);
    if (typeof value !== 'number') throw new UnsupportedCase();
    return recordFill(call, value, shape, dtype ?? 'float32');
  },
  ZerosLike: (call) => recordFill(call, 0, inputOf(call, 'x').shape, inputOf(call, 'x').dtype),
  OnesLike: (call) => recordFill(call, 1, inputOf(call, 'x').shape, inputOf(call, 'x').dtype),

  Cumsum: (call) => {
    const x = inputOf(call, 'x');
    const { axis, exclusive, reverse } = attributesOf<CumsumAttrs>(call);
    const attributes: Recorded.CumulativeAttributes = {
      axis: call.tf.util.parseAxisParam(axis, x.shape)[0]!,
      exclusive: Boolean(exclusive),
      reverse: Boolean(reverse),
    };
    return call.backend.record('Cumsum', [x], attributes, x.shape, x.dtype);
  },
};

/** Returns whether the indices are known. @throws Error where one is outside the axis. */
function checkIndices({ tf, backend }: KernelCall, indices: TensorInfo, length: number): boolean {
  const known = backend.peek(indices);
  const outside = known?.find((index) => index < 0 || index >= length);
  tf.util.assert(outside === undefined, () => `GatherV2: the index value ${outside} is not in [0, ${length - 1}]`);
  return known !== null;
}

function recordSlice({ backend }: KernelCall, x: TensorInfo, begin: Shape, size: Shape): TensorInfo {
  const attributes: Recorded.SliceAttributes = {
    begin,
    end: begin.map((start, axis) => start + size[axis]!),
    strides: begin.map(() => 1),
  };
  return backend.record('Slice', [x], attributes, size, x.dtype);
}

function recordConcat({ backend }: KernelCall, tensors: TensorInfo[], axis: number, shape: number[]): TensorInfo {
  const filled = tensors.filter((tensor) => sizeOf(tensor.shape) > 0);
  const attributes: Recorded.ConcatAttributes = { axis };
  const parts = filled.length > 0 ? filled : tensors;
  return backend.record('Concat', parts, attributes, shape, tensors[0]!.dtype);
}

function recordFill({ backend }: KernelCall, value: number, shape: Shape, dtype: TensorInfo['dtype']): TensorInfo {
  if (dtype === 'string' || dtype === 'complex64') throw new UnsupportedCase();
  const attributes: Recorded.FillAttributes = { value };
  return backend.record('Fill', [], attributes, shape, dtype);
}
