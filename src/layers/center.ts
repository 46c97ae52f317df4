// Embeddings relative to those of the training pictures: less their mean, and where asked for with their covariance
// taken out (whitening). What all pictures share says nothing about which class one shows (Wang et al. 2019, "SimpleShot").
import type { Tensor2D } from '@tensorflow/tfjs';
import type { LayerCenter } from '../config/experiment.js';
import type { FittedArrays, LayerType, ParameterSpec } from './layer.js';
import { sizeOf } from './shape.js';

export const center: LayerType<LayerCenter> = {
  type: 'center',
  isFixed: () => true,
  outputShape: (_config, input) => [sizeOf(input)],

  /** `mean` [units] and, for whitening, `transform` [units, units]: both from the training pictures, never learned. */
  parameters({ whiten }, input) {
    const units = sizeOf(input);
    const spec = (name: string, shape: readonly number[]): ParameterSpec => ({
      name,
      shape,
      initializer: { type: 'zeros' },
      fanIn: units,
      fanOut: units,
      role: 'statistic',
    });
    return whiten ? [spec('mean', [units]), spec('transform', [units, units])] : [spec('mean', [units])];
  },

  multiplyAdds: ({ whiten }, input) => (whiten ? sizeOf(input) ** 2 : 0),

  apply({ whiten }, input, { tf, parameter }) {
    const flat = tf.reshape(input, [input.shape[0] as number, sizeOf(input.shape.slice(1))]);
    const centred = tf.sub(flat, parameter('mean'));
    return whiten ? tf.matMul(centred as Tensor2D, parameter('transform') as Tensor2D) : centred;
  },

  fit({ whiten, shrinkage }, features, count) {
    const units = features.length / count;
    const mean = meanOf(features, count, units);
    const arrays: FittedArrays = new Map([['mean', mean]]);
    if (whiten) arrays.set('transform', whiteningOf(features, count, mean, shrinkage));
    return arrays;
  },
};

function meanOf(features: Float32Array, count: number, units: number): Float32Array {
  const sum = new Float64Array(units);
  for (let i = 0; i < features.length; i++) sum[i % units]! += features[i]!;
  return Float32Array.from(sum, (value) => value / count);
}

/**
 * The transform T = L^-T, [units, units] row by row, of S = L L^T, the covariance of the features shrunk towards the
 * multiple of the identity with its trace (Ledoit and Wolf 2004): (x - mean) T has the identity as its covariance, up to
 * the shrinkage. A rotation beside any other whitening, which no distance sees.
 */
export function whiteningOf(
  features: Float32Array,
  count: number,
  mean: Float32Array,
  shrinkage: number,
): Float32Array {
  const units = mean.length;
  const lower = factorize(shrink(covarianceOf(features, count, mean), units, shrinkage), units);
  return invertTransposed(lower, units);
}

function covarianceOf(features: Float32Array, count: number, mean: Float32Array): Float64Array {
  const units = mean.length;
  const sums = new Float64Array(units * units);
  const row = new Float64Array(units);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < units; i++) row[i] = features[n * units + i]! - mean[i]!;
    for (let i = 0; i < units; i++) {
      const value = row[i]! / count;
      for (let j = 0, at = i * units; j <= i; j++, at++) sums[at]! += value * row[j]!;
    }
  }
  return sums;
}

// The lower triangle alone is kept.
function shrink(covariance: Float64Array, units: number, shrinkage: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < units; i++) trace += covariance[i * units + i]!;
  // Constant features have no variance to divide by.
  const level = Math.max(trace / units, 1e-12);
  for (let i = 0; i < units; i++) {
    for (let j = 0; j <= i; j++) covariance[i * units + j]! *= 1 - shrinkage;
    covariance[i * units + i]! += shrinkage * level;
  }
  return covariance;
}

// Cholesky's factorisation, in place.
function factorize(matrix: Float64Array, units: number): Float64Array {
  for (let i = 0; i < units; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * units + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * units + k]! * matrix[j * units + k]!;
      matrix[i * units + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * units + j]!;
    }
  }
  return matrix;
}

// L^-T: row j holds column j of L^-1, each by forward substitution.
function invertTransposed(lower: Float64Array, units: number): Float32Array {
  const inverse = new Float32Array(units * units);
  const column = new Float64Array(units);
  for (let j = 0; j < units; j++) {
    column.fill(0);
    for (let i = j; i < units; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * units + k]! * column[k]!;
      column[i] = sum / lower[i * units + i]!;
      inverse[j * units + i] = column[i]!;
    }
  }
  return inverse;
}
