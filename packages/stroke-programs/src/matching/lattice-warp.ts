// Smooth warps of the plane: a displacement by cubic B-splines on a lattice (free-form deformation, Rueckert et al. 1999),
// fitted to points by least squares with a penalty on bending. Moves, turns, scalings and shears bend nothing and are free.
import type { InkPoints } from './ink-points.js';

/** Knots along one axis. */
const KNOTS = 6;
/** The first and last knots lie at -EXTENT and EXTENT in the units of ink points. */
const EXTENT = 70;
const STEP = (2 * EXTENT) / (KNOTS - 1);

/** Knots of the lattice. */
export const LATTICE = KNOTS * KNOTS;

/** Splines that are not 0 at a point along one axis. */
const SUPPORT = 4;

/** A penalty per knot and point that keeps the knots that no point is near where they are. */
const RIDGE = 0.02;
/** Bendings and the ridge are stated for a drawing of so many points. */
const USUAL_POINTS = 50;

/** The splines at each point: their weights and where they stand in the lattice, `[count, 16]`. */
export interface LatticeBasis {
  readonly weights: Float64Array;
  readonly knots: Int32Array;
}

/** Weights per point in a basis. */
export const BASIS_WEIGHTS = SUPPORT * SUPPORT;

/** The splines at points. */
export function makeLatticeBasis({ count, x, y }: Pick<InkPoints, 'count' | 'x' | 'y'>): LatticeBasis {
  const weights = new Float64Array(count * BASIS_WEIGHTS);
  const knots = new Int32Array(count * BASIS_WEIGHTS);
  for (let i = 0; i < count; i++) {
    const [columns, rows] = [firstKnot(x[i]!), firstKnot(y[i]!)];
    let at = i * BASIS_WEIGHTS;
    for (let a = 0; a < SUPPORT; a++) {
      const along = splineAt(x[i]!, columns + a);
      for (let b = 0; b < SUPPORT; b++, at++) {
        weights[at] = along * splineAt(y[i]!, rows + b);
        knots[at] = (columns + a) * KNOTS + rows + b;
      }
    }
  }
  return { weights, knots };
}

function firstKnot(place: number): number {
  return Math.min(KNOTS - SUPPORT, Math.max(0, Math.floor((place + EXTENT) / STEP) - 1));
}

/** The uniform cubic B-spline of a knot (de Boor 1978). */
function splineAt(place: number, knot: number): number {
  const t = Math.abs((place + EXTENT) / STEP - knot);
  if (t < 1) return 2 / 3 - t * t + (t * t * t) / 2;
  return t < 2 ? (2 - t) ** 3 / 6 : 0;
}

/**
 * The matrix `[LATTICE, LATTICE]` of the bending energy: squared second differences along rows and columns and twice
 * those across.
 */
export const BENDING = makeBending();

function makeBending(): Float64Array {
  const bending = new Float64Array(LATTICE * LATTICE);
  const add = (terms: readonly (readonly [knot: number, weight: number])[]) => {
    for (const [first, a] of terms) for (const [second, b] of terms) bending[first * LATTICE + second]! += a * b;
  };
  const knot = (a: number, b: number) => a * KNOTS + b;
  for (let a = 0; a < KNOTS; a++) {
    for (let b = 0; b < KNOTS; b++) {
      if (a + 2 < KNOTS) {
        add([
          [knot(a, b), 1],
          [knot(a + 1, b), -2],
          [knot(a + 2, b), 1],
        ]);
      }
      if (b + 2 < KNOTS) {
        add([
          [knot(a, b), 1],
          [knot(a, b + 1), -2],
          [knot(a, b + 2), 1],
        ]);
      }
      if (a + 1 < KNOTS && b + 1 < KNOTS) {
        add([
          [knot(a, b), Math.SQRT2],
          [knot(a + 1, b), -Math.SQRT2],
          [knot(a, b + 1), -Math.SQRT2],
          [knot(a + 1, b + 1), Math.SQRT2],
        ]);
      }
    }
  }
  return bending;
}

/** The bending energy of displacements of the knots along one axis. */
export function bendingEnergy(displacement: Float64Array): number {
  let energy = 0;
  for (let i = 0; i < LATTICE; i++) {
    let sum = 0;
    for (let j = 0; j < LATTICE; j++) sum += BENDING[i * LATTICE + j]! * displacement[j]!;
    energy += displacement[i]! * sum;
  }
  return energy;
}

/**
 * `[LATTICE, LATTICE]`: (BᵀB + bending R + ridge)⁻¹, which turns Bᵀg into the displacements of the knots that move the
 * points by g best.
 */
export function invertNormalMatrix(basis: LatticeBasis, points: number, bending: number): Float64Array {
  const size = points / USUAL_POINTS;
  const normal = BENDING.map((value) => value * bending * size);
  for (let i = 0; i < LATTICE; i++) normal[i * (LATTICE + 1)]! += RIDGE * size;
  for (let first = 0; first < basis.weights.length; first += BASIS_WEIGHTS) {
    for (let a = first; a < first + BASIS_WEIGHTS; a++) {
      for (let b = first; b < first + BASIS_WEIGHTS; b++) {
        normal[basis.knots[a]! * LATTICE + basis.knots[b]!]! += basis.weights[a]! * basis.weights[b]!;
      }
    }
  }
  return invertPositiveDefinite(normal, LATTICE);
}

/**
 * The inverse of a symmetric positive definite matrix by Gauss-Jordan elimination, which needs no pivots there. Changes
 * `matrix`.
 */
function invertPositiveDefinite(matrix: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  for (let column = 0; column < n; column++) {
    const pivot = 1 / matrix[column * n + column]!;
    for (let j = 0; j < n; j++) {
      matrix[column * n + j]! *= pivot;
      inverse[column * n + j]! *= pivot;
    }
    for (let row = 0; row < n; row++) {
      const factor = matrix[row * n + column]!;
      if (row === column || factor === 0) continue;
      for (let j = 0; j < n; j++) {
        matrix[row * n + j]! -= factor * matrix[column * n + j]!;
        inverse[row * n + j]! -= factor * inverse[column * n + j]!;
      }
    }
  }
  return inverse;
}
