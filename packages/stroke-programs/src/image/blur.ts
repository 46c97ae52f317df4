// Blurring by a Gaussian cut to a window, rows then columns, with what gradients need: the same blur again (it is its own
// adjoint, since the kernel is symmetric and beyond the picture there is paper) and its derivative by its width.

/** Samples of a Gaussian on 0 … reach of which both sides sum to 1, and their derivative by the standard deviation. */
export interface BlurKernel {
  readonly reach: number;
  /** `[reach + 1]`, the middle first: both sides are alike. */
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
}

/** The kernel of a standard deviation in cells. */
export function makeBlurKernel(deviation: number, reach: number): BlurKernel {
  const weights = new Float64Array(reach + 1);
  let [sum, squares] = [0, 0];
  for (let k = 0; k <= reach; k++) {
    const sides = k === 0 ? 1 : 2;
    const weight = Math.exp(-(k * k) / (2 * deviation * deviation));
    weights[k] = weight;
    sum += sides * weight;
    squares += sides * weight * k * k;
  }
  const mean = squares / sum;
  const slopes = new Float64Array(reach + 1);
  for (let k = 0; k <= reach; k++) {
    weights[k]! /= sum;
    // d/ds of exp(-k²/2s²) / Σ exp(-j²/2s²).
    slopes[k] = (weights[k]! * (k * k - mean)) / deviation ** 3;
  }
  return { reach, weights, slopes };
}

/** A rectangle of cells in arrays whose rows are `stride` long. */
export interface Window {
  readonly stride: number;
  /** The first row and column, and those behind the last. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Convolves each row of the window; it lies at least the kernel's reach from the array's edges, as for columns. */
export function blurRows(from: Float64Array, to: Float64Array, window: Window, weights: Float64Array): void {
  convolve(from, to, window, weights, 1);
}

/** Convolves each column of the window. */
export function blurColumns(from: Float64Array, to: Float64Array, window: Window, weights: Float64Array): void {
  convolve(from, to, window, weights, window.stride);
}

function convolve(
  from: Float64Array,
  to: Float64Array,
  { stride, top, left, bottom, right }: Window,
  weights: Float64Array,
  step: number,
): void {
  const reach = weights.length - 1;
  const middle = weights[0]!;
  for (let row = top; row < bottom; row++) {
    const end = row * stride + right;
    for (let at = row * stride + left; at < end; at++) {
      let sum = middle * from[at]!;
      for (let k = 1, away = step; k <= reach; k++, away += step) {
        sum += weights[k]! * (from[at - away]! + from[at + away]!);
      }
      to[at] = sum;
    }
  }
}
