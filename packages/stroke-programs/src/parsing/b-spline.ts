// Uniform cubic B-splines as Lake's programs draw them: the curve runs from the middle of the first control point's spline to
// that of the last one's, and weights are divided by their sum, which the ends would otherwise lack.

/** Control points of a sub-stroke (Lake et al. 2015, supplement: 5). */
export const CONTROL_POINTS = 5;

/**
 * The weights of the control points at `count` evenly spaced places of the curve: `[count, CONTROL_POINTS]`, each row
 * sums to 1. A single place is the curve's middle.
 */
export function makeSplineBasis(count: number): Float64Array {
  const basis = new Float64Array(count * CONTROL_POINTS);
  for (let i = 0; i < count; i++) {
    const place = count === 1 ? (CONTROL_POINTS - 1) / 2 : ((CONTROL_POINTS - 1) * i) / (count - 1);
    let sum = 0;
    for (let k = 0; k < CONTROL_POINTS; k++) {
      const weight = cubicSpline(place - k);
      basis[i * CONTROL_POINTS + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < CONTROL_POINTS; k++) basis[i * CONTROL_POINTS + k]! /= sum;
  }
  return basis;
}

/** The uniform cubic B-spline about 0 (de Boor 1978). */
function cubicSpline(t: number): number {
  const away = Math.abs(t);
  if (away < 1) return 2 / 3 - away * away + (away * away * away) / 2;
  return away < 2 ? (2 - away) ** 3 / 6 : 0;
}

/** How strongly control points are kept in a row where points are too few to place them. */
const RIDGE = 1e-6;

/**
 * The control points `[x0, …, x4, y0, …, y4]` of the curve that runs nearest to `points` (`[x, y]` each, evenly spaced
 * in the curve's parameter) in the sense of least squares.
 */
export function fitSpline(points: readonly (readonly [number, number])[]): Float64Array {
  const basis = makeSplineBasis(points.length);
  const n = CONTROL_POINTS;
  const system = new Float64Array(n * (n + 2));
  const width = n + 2;
  for (let i = 0; i < points.length; i++) {
    for (let a = 0; a < n; a++) {
      const weight = basis[i * n + a]!;
      for (let b = 0; b < n; b++) system[a * width + b]! += weight * basis[i * n + b]!;
      system[a * width + n]! += weight * points[i]![0];
      system[a * width + n + 1]! += weight * points[i]![1];
    }
  }
  // Differences of control points cost a little: one solution where points are fewer than control points. A dot stays one.
  const penalize = (first: number, row: readonly number[]) => {
    for (let i = 0; i < row.length; i++) {
      for (let j = 0; j < row.length; j++) system[(first + i) * width + first + j]! += RIDGE * row[i]! * row[j]!;
    }
  };
  for (let k = 0; k < n - 1; k++) penalize(k, [-0.1, 0.1]);
  for (let k = 0; k < n - 2; k++) penalize(k, [1, -2, 1]);
  for (let column = 0; column < n; column++) {
    const pivot = system[column * width + column]!;
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = system[row * width + column]! / pivot;
      for (let k = column; k < width; k++) system[row * width + k]! -= factor * system[column * width + k]!;
    }
  }
  const control = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    const pivot = system[k * width + k]!;
    control[k] = system[k * width + n]! / pivot;
    control[n + k] = system[k * width + n + 1]! / pivot;
  }
  return control;
}

/** The curve of control points at `count` evenly spaced places. */
export function drawSpline(control: Float64Array, count: number): (readonly [number, number])[] {
  const basis = makeSplineBasis(count);
  return Array.from({ length: count }, (_, i) => {
    let [x, y] = [0, 0];
    for (let k = 0; k < CONTROL_POINTS; k++) {
      x += basis[i * CONTROL_POINTS + k]! * control[k]!;
      y += basis[i * CONTROL_POINTS + k]! * control[CONTROL_POINTS + k]!;
    }
    return [x, y] as const;
  });
}
