/**
 * Recording of resized images [N, H, W, C]. Every row of the result is a weighted sum of the image's rows, and so is
 * every column: resizing is a product with one matrix along the height and one along the width, and its gradient is
 * the product with both transposed.
 */
import type {
  ResizeBilinearAttrs,
  ResizeBilinearGradAttrs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGradAttrs,
  TensorInfo,
} from '@tensorflow/tfjs';
import type { MatrixProductAttributes } from '../attributes.js';
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
  const [, height, width] = images.shape as [number, number, number, number];
  const [newHeight, newWidth] = size as [number, number];
  const rows = createWeights(height, newHeight, sampling, interpolate);
  const columns = createWeights(width, newWidth, sampling, interpolate);
  return multiplyAlongAxes(call, images, { rows, columns, size: [newHeight, newWidth], isTransposed: false });
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
  return multiplyAlongAxes(call, dy, { rows, columns, size: [height, width], isTransposed: true });
}

interface AxisProducts {
  /** [new height, height] and [new width, width] */
  readonly rows: Float32Array;
  readonly columns: Float32Array;
  /** Height and width of the result. */
  readonly size: readonly [number, number];
  readonly isTransposed: boolean;
}

function multiplyAlongAxes({ backend }: KernelCall, x: TensorInfo, products: AxisProducts): TensorInfo {
  if (x.dtype !== 'float32') throw new UnsupportedCase();
  const { rows, columns, size, isTransposed } = products;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [newHeight, newWidth] = size;
  const attributes: MatrixProductAttributes = { transposeA: isTransposed, transposeB: false };
  const multiply = (weights: Float32Array, values: TensorInfo, length: number, shape: number[]) => {
    const newLength = weights.length / length;
    const matrixShape = isTransposed ? [length, newLength] : [newLength, length];
    const matrix = backend.upload(weights, matrixShape, 'float32');
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
