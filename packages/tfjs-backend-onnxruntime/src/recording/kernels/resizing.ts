/**
 * Recording of resized images [N, H, W, C]. Every row of the result is a row of the image, or lies between two, and so does every
 * column: they are gathered and mixed. The gradient is a sum over samples, the product with the matrix of their weights.
 */
import type {
  ResizeBilinearAttrs,
  ResizeBilinearGradAttrs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGradAttrs,
  TensorInfo,
} from '@tensorflow/tfjs';
import type { GatherAttributes, MatrixProductAttributes } from '../attributes.js';
import { attributesOf, inputOf, type KernelCall, type KernelTable, UnsupportedCase } from './kernel.js';

/** Where the samples of a row of pixels lie. */
interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Writes the weights of the pixels that one sample is made of. */
type Interpolation = (weights: Float32Array, position: number, sampling: Sampling) => void;

export const resizingKernels: KernelTable = {
  ResizeBilinear: (call) => resize(call, attributesOf<ResizeBilinearAttrs>(call), interpolateLinearly),
  ResizeNearestNeighbor: (call) => resize(call, attributesOf<ResizeNearestNeighborAttrs>(call), takeNearest),
  ResizeBilinearGrad: (call) => resizeGradient(call, attributesOf<ResizeBilinearGradAttrs>(call), interpolateLinearly),
  ResizeNearestNeighborGrad: (call) =>
    resizeGradient(call, attributesOf<ResizeNearestNeighborGradAttrs>(call), takeNearest),
};

function resize(
  call: KernelCall,
  { size, ...sampling }: Sampling & { readonly size: readonly number[] },
  interpolate: Interpolation,
): TensorInfo {
  const images = inputOf(call, 'images');
  if (images.dtype !== 'float32') throw new UnsupportedCase();
  const [newHeight, newWidth] = size as [number, number];
  const widened = sampleAxis(call, images, 2, newWidth, sampling, interpolate);
  const result = sampleAxis(call, widened, 1, newHeight, sampling, interpolate);
  call.backend.disposeData(widened.dataId);
  return result;
}

/** Returns the images with samples in place of their rows (axis 1) or columns (axis 2). */
function sampleAxis(
  { backend }: KernelCall,
  x: TensorInfo,
  axis: 1 | 2,
  newLength: number,
  sampling: Sampling,
  interpolate: Interpolation,
): TensorInfo {
  const length = x.shape[axis]!;
  const weights = createWeights(length, newLength, sampling, interpolate);
  const [before, after] = [new Int32Array(newLength), new Int32Array(newLength)];
  const parts = new Float32Array(newLength);
  for (let sample = 0; sample < newLength; sample++) {
    const row = weights.subarray(sample * length, (sample + 1) * length);
    before[sample] = row.findIndex((weight) => weight !== 0);
    after[sample] = row.findLastIndex((weight) => weight !== 0);
    parts[sample] = after[sample] === before[sample] ? 0 : row[after[sample]!]!;
  }
  const shape = x.shape.with(axis, newLength);
  const attributes: GatherAttributes = { axis, isBatched: false, isChecked: true };
  const used: TensorInfo[] = [];
  const keep = (tensor: TensorInfo) => {
    used.push(tensor);
    return tensor;
  };
  const gather = (indices: Int32Array) =>
    backend.record('Gather', [x, keep(backend.upload(indices, [newLength], 'int32'))], attributes, shape, x.dtype);
  let result = gather(before);
  if (parts.some((part) => part !== 0)) {
    const [first, second] = [keep(result), keep(gather(after))];
    const part = keep(backend.upload(parts, axis === 1 ? [newLength, 1, 1] : [newLength, 1], 'float32'));
    const difference = keep(backend.record('Sub', [second, first], {}, shape, x.dtype));
    const change = keep(backend.record('Multiply', [difference, part], {}, shape, x.dtype));
    result = backend.record('Add', [first, change], {}, shape, x.dtype);
  }
  for (const { dataId } of used) backend.disposeData(dataId);
  return result;
}

function resizeGradient(
  call: KernelCall,
  { alignCorners }: { readonly alignCorners: boolean },
  interpolate: Interpolation,
): TensorInfo {
  const [images, dy] = [inputOf(call, 'images'), inputOf(call, 'dy')];
  const { halfPixelCenters = false } = attributesOf<Partial<Sampling>>(call);
  const [, height, width] = images.shape as [number, number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number, number];
  const sampling = { alignCorners, halfPixelCenters };
  const rows = createWeights(height, newHeight, sampling, interpolate);
  const columns = createWeights(width, newWidth, sampling, interpolate);
  return multiplyAlongAxes(call, dy, { rows, columns, size: [height, width] });
}

interface AxisProducts {
  /** [height, new height] and [width, new width], by which columns of dy are summed. */
  readonly rows: Float32Array;
  readonly columns: Float32Array;
  /** Height and width of the result. */
  readonly size: readonly [number, number];
}

function multiplyAlongAxes({ backend }: KernelCall, x: TensorInfo, products: AxisProducts): TensorInfo {
  if (x.dtype !== 'float32') throw new UnsupportedCase();
  const { rows, columns, size } = products;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [newHeight, newWidth] = size;
  const attributes: MatrixProductAttributes = { transposeA: true, transposeB: false };
  const multiply = (weights: Float32Array, values: TensorInfo, length: number, shape: number[]) => {
    const newLength = weights.length / length;
    const matrix = backend.upload(weights, [length, newLength], 'float32');
    const product = backend.record('MatMul', [matrix, values], attributes, shape, 'float32');
    backend.disposeData(matrix.dataId);
    return product;
  };
  const pixels = { ...x, shape: [batch * height, width, channels] };
  const widened = multiply(columns, pixels, width, [batch * height, newWidth, channels]);
  const lines = { ...widened, shape: [batch, height, newWidth * channels] };
  const result = multiply(rows, lines, height, [batch, newHeight, newWidth * channels]);
  backend.disposeData(widened.dataId);
  return { ...result, shape: [batch, newHeight, newWidth, channels] };
}

/** Returns [newLength, length]: the weights of a row's pixels in each sample. */
function createWeights(
  length: number,
  newLength: number,
  sampling: Sampling,
  interpolate: Interpolation,
): Float32Array {
  const { alignCorners, halfPixelCenters } = sampling;
  const isAligned = alignCorners && newLength > 1;
  const ratio = isAligned ? (length - 1) / (newLength - 1) : length / newLength;
  const weights = new Float32Array(newLength * length);
  for (let sample = 0; sample < newLength; sample++) {
    const position = ratio * (halfPixelCenters ? sample + 0.5 : sample);
    interpolate(weights.subarray(sample * length, (sample + 1) * length), position, sampling);
  }
  return weights;
}

function interpolateLinearly(weights: Float32Array, position: number, { halfPixelCenters }: Sampling): void {
  const centre = Math.max(0, halfPixelCenters ? position - 0.5 : position);
  const last = weights.length - 1;
  const [before, after] = [Math.min(last, Math.floor(centre)), Math.min(last, Math.ceil(centre))];
  const part = centre - Math.floor(centre);
  weights[before]! += 1 - part;
  weights[after]! += part;
}

function takeNearest(weights: Float32Array, position: number, { alignCorners }: Sampling): void {
  const nearest = alignCorners ? Math.round(position) : Math.floor(position);
  weights[Math.min(weights.length - 1, nearest)] = 1;
}
