// Blurring by a Gaussian cut to a window, rows then columns, with what gradients need: the same blur again (it is its own
// adjoint, since the kernel is symmetric and beyond the picture there is paper) and its derivative by its width.

/** Samples of a Gaussian on -reach … reach that sum to 1, and their derivative by the standard deviation. */
export interface BlurKernel {
  readonly reach: number;
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
}

/** The kernel of a standard deviation in pixels. */
export function makeBlurKernel(deviation: number, reach: number): BlurKernel {
  const weights = new Float64Array(2 * reach + 1);
  let [sum, squares] = [0, 0];
  for (let k = -reach; k <= reach; k++) {
    const weight = Math.exp(-(k * k) / (2 * deviation * deviation));
    weights[k + reach] = weight;
    sum += weight;
    squares += weight * k * k;
  }
  const mean = squares / sum;
  const slopes = new Float64Array(2 * reach + 1);
  for (let k = -reach; k <= reach; k++) {
    weights[k + reach]! /= sum;
    // d/ds of exp(-k²/2s²) / Σ exp(-j²/2s²).
    slopes[k + reach] = (weights[k + reach]! * (k * k - mean)) / deviation ** 3;
  }
  return { reach, weights, slopes };
}

/** Convolves each row of `from` (`[height, width]`) into `to`. */
export function blurRows(from: Float64Array, to: Float64Array, width: number, weights: Float64Array): void {
  const reach = (weights.length - 1) / 2;
  for (let row = 0; row < from.length; row += width) {
    for (let x = 0; x < width; x++) {
      const first = Math.max(0, x - reach);
      const last = Math.min(width - 1, x + reach);
      let sum = 0;
      for (let k = first; k <= last; k++) sum += weights[k - x + reach]! * from[row + k]!;
      to[row + x] = sum;
    }
  }
}

/** Convolves each column of `from` (`[height, width]`) into `to`. */
export function blurColumns(from: Float64Array, to: Float64Array, width: number, weights: Float64Array): void {
  const reach = (weights.length - 1) / 2;
  const height = from.length / width;
  to.fill(0);
  for (let y = 0; y < height; y++) {
    const first = Math.max(0, y - reach);
    const last = Math.min(height - 1, y + reach);
    for (let k = first; k <= last; k++) {
      const weight = weights[k - y + reach]!;
      for (let x = 0; x < width; x++) to[y * width + x]! += weight * from[k * width + x]!;
    }
  }
}
