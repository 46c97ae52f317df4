/**
 * A convolution and its two gradients as ONNX nodes, in several equivalent algorithms. Algorithms take and give names of tensors;
 * which algorithm is used where is decided in convolution-algorithms.ts.
 * Letters: activations x [N, C, H, W], results y [N, O, P, Q], filters [K, L, C, O] as TensorFlow.js has them.
 */
import { type ConvolutionShape, isDense, type Pair } from '../base/convolution-shape.js';
import { sizeOf } from '../base/shapes.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import { addBlocked, blockChannels, unblockChannels } from '../graph/nchwc.js';

const SWAP_BATCH_AND_CHANNELS = [1, 0, 2, 3];
const NO_PADDING: ConvolutionShape['padding'] = [0, 0, 0, 0];
/** [K, L, C, O] to [O, C, K, L], the order of ONNX. */
const FILTER_TO_ONNX = [3, 2, 0, 1];

// ---- forward ---------------------------------------------------------------------------------------------------

/** Returns y. */
export function convolvePlain(
  builder: GraphBuilder,
  shape: ConvolutionShape,
  x: string,
  filter: string,
  bias: string | null,
): string {
  const { kernel, strides, padding, dilations } = shape;
  return builder.add('Conv', [x, builder.transpose(filter, FILTER_TO_ONNX), ...(bias ? [bias] : [])], {
    attributes: { kernel_shape: kernel, strides, pads: padding, dilations },
  });
}

/** Returns whether `convolveBlocked` can be used: it takes few channels unblocked, and many in whole blocks. */
export function canConvolveBlocked({ inputChannels, outputChannels }: ConvolutionShape, block: number): boolean {
  return block > 0 && outputChannels % block === 0 && (inputChannels % block === 0 || inputChannels < block);
}

/** Returns whether the blocked convolution reads activations in blocks; it reads those of few channels as [N, C, H, W]. */
export function readsBlocks({ inputChannels }: ConvolutionShape, block: number): boolean {
  return inputChannels >= block;
}

/** Returns blocked y, after relu when asked for. */
export function convolveBlocked(
  builder: GraphBuilder,
  block: number,
  shape: ConvolutionShape,
  x: string,
  filter: string,
  bias: string | null,
  withRelu: boolean,
): string {
  const { kernel, strides, padding, dilations } = shape;
  const blockedFilter = readsBlocks(shape, block)
    ? blockFilter(builder, block, shape, filter)
    : blockFilterOutputs(builder, block, shape, filter);
  return addBlocked(builder, 'Conv', [x, blockedFilter, ...(bias ? [bias] : [])], {
    kernel_shape: kernel,
    strides,
    pads: padding,
    dilations,
    ...(withRelu ? { activation: 'Relu' } : {}),
  });
}

/** [K, L, C, O] to [O / block, C / block, K, L, block of C, block of O], under the shape that the operator expects. */
function blockFilter(builder: GraphBuilder, block: number, shape: ConvolutionShape, filter: string): string {
  const { kernel, inputChannels: c, outputChannels: o } = shape;
  const split = builder.reshape(filter, [...kernel, c / block, block, o / block, block]);
  return builder.reshape(builder.transpose(split, [4, 2, 0, 1, 3, 5]), [o, c, ...kernel]);
}

/** [K, L, C, O] to [O / block, C, K, L, block of O]. */
function blockFilterOutputs(builder: GraphBuilder, block: number, shape: ConvolutionShape, filter: string): string {
  const { kernel, inputChannels: c, outputChannels: o } = shape;
  const split = builder.reshape(filter, [...kernel, c, o / block, block]);
  return builder.reshape(builder.transpose(split, [3, 2, 0, 1, 4]), [o, c, ...kernel]);
}

// ---- gradient of the input ------------------------------------------------------------------------------------

/** Returns dx, by the transposed convolution of dy. */
export function inputGradientPlain(builder: GraphBuilder, shape: ConvolutionShape, dy: string, filter: string): string {
  const { strides, padding, dilations } = shape;
  return builder.add('ConvTranspose', [dy, builder.transpose(filter, FILTER_TO_ONNX)], {
    attributes: { strides, pads: padding, dilations, output_padding: outputPadding(shape) },
  });
}

/** Returns the rows and columns at the end of an image that no window reaches. */
export function outputPadding(
  shape: Pick<ConvolutionShape, 'inputSize' | 'outputSize' | 'kernel' | 'strides' | 'dilations' | 'padding'>,
): Pair {
  const { inputSize, outputSize, kernel, strides, dilations, padding } = shape;
  const rest = (axis: 0 | 1) => {
    const reached = (outputSize[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    return inputSize[axis] - (reached - padding[axis] - padding[axis + 2]!);
  };
  return [rest(0), rest(1)];
}

/** Returns whether `inputGradientBlocked` can be used. */
export function canInputGradientBeBlocked(shape: ConvolutionShape, block: number): boolean {
  const { inputChannels, outputChannels, kernel, padding } = shape;
  const fits = padding.every((count, side) => count <= kernel[side % 2]! - 1);
  return block > 0 && inputChannels % block === 0 && outputChannels % block === 0 && isDense(shape) && fits;
}

/** Returns blocked dx, by a convolution of blocked dy with the flipped filter. */
export function inputGradientBlocked(
  builder: GraphBuilder,
  block: number,
  shape: ConvolutionShape,
  dy: string,
  filter: string,
): string {
  const { kernel, inputChannels: c, outputChannels: o, padding } = shape;
  const [top, left, bottom, right] = padding;
  const [k, l] = kernel;
  const split = builder.reshape(flipFilter(builder, filter, kernel), [k, l, c / block, block, o / block, block]);
  const blocked = builder.reshape(builder.transpose(split, [2, 4, 0, 1, 5, 3]), [c, o, k, l]);
  return addBlocked(builder, 'Conv', [dy, blocked], {
    kernel_shape: kernel,
    strides: [1, 1],
    pads: [k - 1 - top, l - 1 - left, k - 1 - bottom, l - 1 - right],
  });
}

function flipFilter(builder: GraphBuilder, filter: string, [k, l]: Pair): string {
  if (k === 1 && l === 1) return filter;
  const beforeFirst = -1_000_000;
  const bounds = [
    [k - 1, l - 1],
    [beforeFirst, beforeFirst],
    [0, 1],
    [-1, -1],
  ].map((list) => builder.integers(list));
  return builder.add('Slice', [filter, ...bounds]);
}

// ---- gradient of the filter --------------------------------------------------------------------------------------

/** Returns the filter's gradient [K, L, C, O] by one convolution of x with dy whose channels are the images. */
export function filterGradientPlain(builder: GraphBuilder, shape: ConvolutionShape, x: string, dy: string): string {
  const { inputSize, outputSize, kernel, strides, dilations, padding } = shape;
  let gradient = builder.add(
    'Conv',
    [builder.transpose(x, SWAP_BATCH_AND_CHANNELS), builder.transpose(dy, SWAP_BATCH_AND_CHANNELS)],
    { attributes: { kernel_shape: outputSize, dilations: strides, strides: dilations, pads: padding } },
  );
  const found = ([0, 1] as const).map((axis) => {
    const reach = inputSize[axis] + padding[axis] + padding[axis + 2]! - (outputSize[axis] - 1) * strides[axis] - 1;
    return Math.floor(reach / dilations[axis]) + 1;
  });
  if (found.some((size, axis) => size > kernel[axis]!)) gradient = builder.slice(gradient, [2, 3], [0, 0], kernel);
  return builder.transpose(gradient, [2, 3, 0, 1]);
}

/**
 * Returns the filter's gradient by one product of matrices; good for few channels. Takes x as [N, C, H, W] and dy as
 * [N, P, Q, O]. Needs a dense convolution.
 */
export function filterGradientByIm2col(builder: GraphBuilder, shape: ConvolutionShape, x: string, dy: string): string {
  const { batch, outputSize, inputChannels: c, outputChannels: o, kernel } = shape;
  const [p, q] = outputSize;
  const length = batch * p * q;
  const padded = builder.transpose(padImages(builder, shape, x), SWAP_BATCH_AND_CHANNELS);
  const columns: string[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const part = builder.slice(padded, [2, 3], [row, column], [row + p, column + q]);
      columns.push(builder.reshape(part, [c, length]));
    }
  }
  const stacked = builder.add('Concat', columns, { attributes: { axis: 0 } });
  const product = builder.add('Gemm', [stacked, builder.reshape(dy, [length, o])]);
  return builder.reshape(product, [...kernel, c, o]);
}

/** Part of the images and rows that one convolution of `filterGradientByImages` sums over. */
export interface Chunk {
  readonly images: number;
  readonly rows: number;
}

/**
 * Returns the filter's gradient by blocked convolutions whose channels are the images, in chunks that stay in the
 * cache; each adds the sum of those before it. The gradients of the results take the place of the filter.
 * Takes x as [N, C, H, W] and dy blocked. Needs a dense convolution and whole blocks of output channels.
 */
export function filterGradientByImages(
  builder: GraphBuilder,
  block: number,
  shape: ConvolutionShape,
  x: string,
  dy: string,
  chunk: Chunk,
): string {
  const { batch, inputSize, outputSize, inputChannels: c, outputChannels: o, kernel, padding } = shape;
  const zeros = isWorthPadding(shape) ? padding : NO_PADDING;
  const [top, left, , right] = isWorthPadding(shape) ? NO_PADDING : padding;
  const [height, width] = [inputSize[0] + zeros[0] + zeros[2], inputSize[1] + zeros[1] + zeros[3]];
  const [p, q] = outputSize;
  let sum = '';
  for (let first = 0; first < batch; first += chunk.images) {
    const count = Math.min(chunk.images, batch - first);
    const images = Math.ceil(count / block) * block;
    const takeImages = (name: string) => {
      const part = count === batch ? name : builder.slice(name, [0], [first], [first + count]);
      return builder.padZeros(part, [0, 0, 0, 0], [images - count, 0, 0, 0]);
    };
    // The images of the whole chunk as the channels of one image: [N / block, C · H · W, block of N].
    const interleaved = blockChannels(builder, builder.reshape(takeImages(x), [1, images, c, sizeOf(inputSize)]));
    const byImages = builder.reshape(interleaved, [images / block, c, sizeOf(inputSize) * block]);
    const byChannels = images === block ? byImages : builder.transpose(byImages, [1, 0, 2]);
    const unpadded = builder.reshape(byChannels, [c, images / block, ...inputSize, block]);
    const [before, after] = [
      [0, 0, zeros[0], zeros[1], 0],
      [0, 0, zeros[2], zeros[3], 0],
    ];
    const activations = builder.padZeros(unpadded, before, after); // [C, N / block, H, W, block of N]
    // [O / block, N / block, P, Q, block of N, block of O]
    const split = builder.reshape(takeImages(dy), [images / block, block, o / block, p, q, block]);
    const gradients = builder.transpose(split, [2, 0, 3, 4, 1, 5]);
    for (let row = 0; row < p; row += chunk.rows) {
      const rows = Math.min(chunk.rows, p - row);
      const takeRows = (name: string, from: number, to: number, all: number) =>
        from === 0 && to === all ? name : builder.slice(name, [2], [from], [to]);
      const [start, end] = [row - top, row - top + rows + kernel[0] - 1];
      const [from, to] = [Math.max(0, start), Math.min(height, end)];
      const activation = builder.reshape(takeRows(activations, from, to, height), [c, images, to - from, width]);
      const filter = builder.reshape(takeRows(gradients, row, row + rows, p), [o, images, rows, q]);
      sum = addBlocked(builder, 'Conv', [activation, filter, ...(sum ? ['', sum] : [])], {
        kernel_shape: [rows, q],
        strides: [1, 1],
        pads: [from - start, left, end - to, right],
      });
    }
  }
  const channelsLast = unblockChannels(builder, sum, o, true); // [C, K, L, O]
  return builder.transpose(channelsLast, [1, 2, 0, 3]);
}

/** Results below this height are so small that zeros around the images would be a large part of the work. */
const MIN_HEIGHT_FOR_PADDING = 6;

/** The blocked kernels compute results that touch the padding one by one; a filter's gradient has few others. */
function isWorthPadding({ padding, outputSize }: ConvolutionShape): boolean {
  return padding.some((count) => count > 0) && outputSize[0] >= MIN_HEIGHT_FOR_PADDING;
}

function padImages(builder: GraphBuilder, { padding }: ConvolutionShape, x: string): string {
  const [top, left, bottom, right] = padding;
  return builder.padZeros(x, [0, 0, top, left], [0, 0, bottom, right]);
}

// ---- depthwise: each channel has filters of its own ------------------------------------------------------------------

/** Returns y; the filter is [K, L, C, multiplier], and output channel c · multiplier + m comes from channel c. */
export function convolveDepthwise(builder: GraphBuilder, shape: ConvolutionShape, x: string, filter: string): string {
  const { kernel, strides, padding, dilations, inputChannels } = shape;
  return builder.add('Conv', [x, depthwiseFilterToOnnx(builder, shape, filter)], {
    attributes: { kernel_shape: kernel, strides, pads: padding, dilations, group: inputChannels },
  });
}

/** Returns whether `convolveDepthwiseBlocked` can be used. */
export function canDepthwiseBeBlocked({ inputChannels, outputChannels }: ConvolutionShape, block: number): boolean {
  return block > 0 && inputChannels % block === 0 && outputChannels === inputChannels;
}

/** Returns blocked y from blocked x. */
export function convolveDepthwiseBlocked(
  builder: GraphBuilder,
  block: number,
  shape: ConvolutionShape,
  x: string,
  filter: string,
): string {
  const { kernel, strides, padding, dilations, inputChannels: group } = shape;
  return addBlocked(builder, 'Conv', [x, blockDepthwiseFilter(builder, block, shape, filter)], {
    kernel_shape: kernel,
    strides,
    pads: padding,
    dilations,
    group,
  });
}

/** Returns whether `depthwiseInputGradientBlocked` can be used. */
export function canDepthwiseInputGradientBeBlocked(shape: ConvolutionShape, block: number): boolean {
  const fits = shape.padding.every((count, side) => count <= shape.kernel[side % 2]! - 1);
  return canDepthwiseBeBlocked(shape, block) && isDense(shape) && fits;
}

/** Returns blocked dx, by a convolution of blocked dy with the flipped filter. */
export function depthwiseInputGradientBlocked(
  builder: GraphBuilder,
  block: number,
  shape: ConvolutionShape,
  dy: string,
  filter: string,
): string {
  const { kernel, padding } = shape;
  const [top, left, bottom, right] = padding;
  const [k, l] = kernel;
  const flipped = flipFilter(builder, filter, kernel);
  return convolveDepthwiseBlocked(
    builder,
    block,
    { ...shape, padding: [k - 1 - top, l - 1 - left, k - 1 - bottom, l - 1 - right] },
    dy,
    flipped,
  );
}

/** [K, L, C, 1] to [C / block, K, L, block], under the shape that the operator expects. */
function blockDepthwiseFilter(builder: GraphBuilder, block: number, shape: ConvolutionShape, filter: string): string {
  const { kernel, inputChannels: c } = shape;
  const split = builder.reshape(filter, [...kernel, c / block, block]);
  return builder.reshape(builder.transpose(split, [2, 0, 1, 3]), [c, 1, ...kernel]);
}

export function depthwiseInputGradient(
  builder: GraphBuilder,
  shape: ConvolutionShape,
  dy: string,
  filter: string,
): string {
  const { strides, padding, dilations, inputChannels } = shape;
  return builder.add('ConvTranspose', [dy, depthwiseFilterToOnnx(builder, shape, filter)], {
    attributes: { strides, pads: padding, dilations, group: inputChannels, output_padding: outputPadding(shape) },
  });
}

/** Returns [K, L, C, multiplier]: each channel is one group, whose channels are the images. */
export function depthwiseFilterGradient(builder: GraphBuilder, shape: ConvolutionShape, x: string, dy: string): string {
  const { batch, inputSize, outputSize, inputChannels: c, outputChannels: o, kernel, strides, dilations } = shape;
  const activations = builder.reshape(builder.transpose(x, SWAP_BATCH_AND_CHANNELS), [1, c * batch, ...inputSize]);
  const gradients = builder.transpose(dy, SWAP_BATCH_AND_CHANNELS);
  const found = builder.add('Conv', [activations, gradients], {
    attributes: { kernel_shape: outputSize, strides: dilations, dilations: strides, pads: shape.padding, group: c },
  });
  const inside = builder.slice(found, [2, 3], [0, 0], kernel);
  return builder.transpose(builder.reshape(inside, [c, o / c, ...kernel]), [2, 3, 0, 1]);
}

function depthwiseFilterToOnnx(builder: GraphBuilder, shape: ConvolutionShape, filter: string): string {
  return builder.reshape(builder.transpose(filter, [2, 3, 0, 1]), [shape.outputChannels, 1, ...shape.kernel]);
}
