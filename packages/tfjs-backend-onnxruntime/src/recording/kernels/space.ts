/** Recording of operations that move elements between an image's plane, its channels and the batch: views and transpositions. */
import type { BatchToSpaceNDAttrs, DepthToSpaceAttrs, SpaceToBatchNDAttrs, TensorInfo } from '@tensorflow/tfjs';
import { type Shape, sizeOf } from '../../base/shapes.js';
import type { PadAttributes, SliceAttributes, TransposeAttributes } from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, UnsupportedCase } from './kernel.js';

export const spaceKernels: KernelTable = {
  DepthToSpace: (call) => {
    const x = inputOf(call, 'x');
    const { blockSize, dataFormat } = attributesOf<DepthToSpaceAttrs>(call);
    if (dataFormat !== 'NHWC') throw new UnsupportedCase();
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const depth = channels / blockSize ** 2;
    const split = [batch, height, width, blockSize, blockSize, depth];
    const moved = transposeView(call, x, split, [0, 1, 3, 2, 4, 5]);
    return { ...moved, shape: [batch, height * blockSize, width * blockSize, depth] };
  },

  SpaceToBatchND: (call) => {
    const x = inputOf(call, 'x');
    const { blockShape, paddings } = attributesOf<SpaceToBatchNDAttrs>(call);
    const { getReshaped, getPermuted, getReshapedPermuted } = call.tf.backend_util;
    const rest = new Array<[number, number]>(x.shape.length - 1 - blockShape.length).fill([0, 0]);
    const borders = [[0, 0], ...paddings, ...rest] as [number, number][];
    const attributes: PadAttributes = { before: borders.map(([a]) => a), after: borders.map(([, b]) => b), value: 0 };
    const shape = x.shape.map((size, axis) => size + borders[axis]![0] + borders[axis]![1]);
    const padded = call.backend.record('Pad', [x], attributes, shape, x.dtype);
    const blocks = sizeOf(blockShape);
    const split = getReshaped(shape, blockShape, blocks, false);
    const moved = transposeView(call, padded, split, getPermuted(split.length, blockShape.length, false));
    call.backend.disposeData(padded.dataId);
    return { ...moved, shape: getReshapedPermuted(shape, blockShape, blocks, false) };
  },

  BatchToSpaceND: (call) => {
    const x = inputOf(call, 'x');
    const { blockShape, crops } = attributesOf<BatchToSpaceNDAttrs>(call);
    const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } = call.tf.backend_util;
    const blocks = sizeOf(blockShape);
    const split = getReshaped(x.shape, blockShape, blocks);
    const moved = transposeView(call, x, split, getPermuted(split.length, blockShape.length));
    const joined = { ...moved, shape: getReshapedPermuted(x.shape, blockShape, blocks) };
    // Axes that are not named are whole.
    const begin = joined.shape.map((_, axis) => getSliceBeginCoords(crops, blockShape.length)[axis] ?? 0);
    const cropped = getSliceSize(joined.shape, crops, blockShape.length);
    const size = joined.shape.map((length, axis) => cropped[axis] ?? length);
    const attributes: SliceAttributes = {
      begin,
      end: begin.map((start, axis) => start + size[axis]!),
      strides: begin.map(() => 1),
    };
    const cut = call.backend.record('Slice', [joined], attributes, size, x.dtype);
    call.backend.disposeData(moved.dataId);
    return cut;
  },
};

function transposeView(
  { backend }: KernelCall,
  x: TensorInfo,
  shape: Shape,
  permutation: readonly number[],
): TensorInfo {
  const attributes: TransposeAttributes = { permutation };
  const moved = permutation.map((axis) => shape[axis]!);
  return backend.record('Transpose', [{ ...x, shape: [...shape] }], attributes, moved, x.dtype);
}
