/**
 * Winograd's minimal filtering by tiles of six: m results of a filter of r = 7 − m taps for six products instead of m · r.
 *   y = Aᵀ [(G g) ⊙ (Bᵀ d)]        (one dimension; two dimensions apply each matrix on both sides)
 * Cook and Toom's construction with five points and infinity: the product of polynomials is interpolated, and
 * its transpose is the filter. Source: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks",
 * sections 3 and 4; the derivation for any m and r: Blahut 2010, "Fast Algorithms for Signal Processing", section 5.2.
 */
import type { Matrix } from '../native/linear-map.js';

export const TILE = 6;
/** Products per tile in two dimensions. */
export const PRODUCTS = TILE * TILE;

/**
 * Finite interpolation points; opposite ones stand side by side. Exact in binary, and chosen for their rounding errors:
 * half of those of the usual 0, ±1, ±2.
 */
const POINTS = [0, 0.75, -0.75, 1.5, -1.5];

export interface TileMatrices {
  /** Bᵀ [6, 6]: a tile of the image. */
  readonly input: Matrix;
  /** G [6, r]: a filter. */
  readonly filter: Matrix;
  /** Aᵀ [m, 6]: products to results. */
  readonly result: Matrix;
}

/** Returns the matrices for m = `results` and r = 7 − m taps. */
export function createTileMatrices(results: number): TileMatrices {
  const taps = TILE + 1 - results;
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, exponent) => point ** exponent);
  const others = (point: number) => POINTS.filter((other) => other !== point);
  const norm = (point: number) => others(point).reduce((product, other) => product * (point - other), 1);
  const last = (length: number) => Array.from({ length }, (_, index) => (index === length - 1 ? 1 : 0));
  return {
    input: [...POINTS.map((point) => [...multiplyOut(others(point)), 0]), multiplyOut(POINTS)],
    filter: [...POINTS.map((point) => powers(point, taps).map((power) => power / norm(point))), last(taps)],
    result: transposeMatrix([...POINTS.map((point) => powers(point, results)), last(results)]),
  };
}

/** Returns the coefficients of Π (x − root), lowest first. */
function multiplyOut(roots: readonly number[]): number[] {
  let polynomial = [1];
  for (const root of roots) {
    const shifted = [0, ...polynomial];
    polynomial = shifted.map((coefficient, index) => coefficient - root * (polynomial[index] ?? 0));
  }
  return polynomial;
}

export function transposeMatrix(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}
