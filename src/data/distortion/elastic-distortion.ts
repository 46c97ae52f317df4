// A smooth random displacement: normal displacements on a coarse grid, interpolated bicubically (Keys 1981, a = -1/2).
// The grid's first and last points lie on the picture's edges; beyond them the outermost values go on.
import type { RandomStream } from '../../base/random-stream.js';
import type { Elastic } from '../../config/experiment.js';
import type { DisplacementField } from './warp.js';

/** Draws a field of a section for pictures of one size. The field's arrays are used again by the next draw. */
export type ElasticDrawer = (random: RandomStream, strength?: number) => DisplacementField;

/** A drawer for pictures of `size` x `size`; `strength` is a factor on the displacements. */
export function createElasticDrawer({ grid, standardDeviation }: Elastic, size: number): ElasticDrawer {
  const field = { dx: new Float64Array(size * size), dy: new Float64Array(size * size) };
  const coarse = { dx: new Float64Array(grid * grid), dy: new Float64Array(grid * grid) };
  // [grid, size]: rows are interpolated, columns are not yet.
  const partly = { dx: new Float64Array(grid * size), dy: new Float64Array(grid * size) };
  const { index, weight } = cubicWeights(grid, size);
  const spans = findSpans(index, size);

  function drawGrid(random: RandomStream, deviation: number, target: Float64Array): void {
    for (let i = 0; i < target.length; i++) target[i] = deviation * random.normal();
  }

  function interpolateRows(grids: Float64Array, target: Float64Array): void {
    for (let y = 0, k = 0; y < size; y++, k += 4) {
      const w0 = weight[k]!;
      const w1 = weight[k + 1]!;
      const w2 = weight[k + 2]!;
      const w3 = weight[k + 3]!;
      const i0 = index[k]! * grid;
      const i1 = index[k + 1]! * grid;
      const i2 = index[k + 2]! * grid;
      const i3 = index[k + 3]! * grid;
      for (let column = 0; column < grid; column++)
        target[column * size + y] =
          w0 * grids[i0 + column]! + w1 * grids[i1 + column]! + w2 * grids[i2 + column]! + w3 * grids[i3 + column]!;
    }
  }

  // Both directions at once, and all pixels between two points of the grid: what is read for one serves the others.
  function interpolateColumns({ from, to, columns: [i0, i1, i2, i3] }: Span): void {
    const { dx, dy } = field;
    const { dx: p, dy: q } = partly;
    for (let y = 0; y < size; y++) {
      const p0 = p[i0 + y]!;
      const p1 = p[i1 + y]!;
      const p2 = p[i2 + y]!;
      const p3 = p[i3 + y]!;
      const q0 = q[i0 + y]!;
      const q1 = q[i1 + y]!;
      const q2 = q[i2 + y]!;
      const q3 = q[i3 + y]!;
      for (let x = from, k = 4 * from, at = y * size + from; x < to; x++, k += 4, at++) {
        const w0 = weight[k]!;
        const w1 = weight[k + 1]!;
        const w2 = weight[k + 2]!;
        const w3 = weight[k + 3]!;
        dx[at] = w0 * p0 + w1 * p1 + w2 * p2 + w3 * p3;
        dy[at] = w0 * q0 + w1 * q1 + w2 * q2 + w3 * q3;
      }
    }
  }

  return (random, strength = 1) => {
    const deviation = (standardDeviation * strength * size) / 2;
    drawGrid(random, deviation, coarse.dx);
    drawGrid(random, deviation, coarse.dy);
    interpolateRows(coarse.dx, partly.dx);
    interpolateRows(coarse.dy, partly.dy);
    spans.forEach(interpolateColumns);
    return field;
  };
}

interface Span {
  /** Pixels from `from` to `to` - 1. */
  readonly from: number;
  readonly to: number;
  /** Where the four columns that they lie between begin in `[grid, size]`. */
  readonly columns: readonly [number, number, number, number];
}

// The pixels that have the same four grid points around them.
function findSpans(index: Int32Array, size: number): Span[] {
  const spans: Span[] = [];
  const pointsOf = (pixel: number) => index.subarray(4 * pixel, 4 * pixel + 4);
  for (let from = 0, to = 1; from < size; from = to++) {
    while (to < size && pointsOf(to).join() === pointsOf(from).join()) to++;
    const [a, b, c, d] = pointsOf(from) as unknown as Span['columns'];
    spans.push({ from, to, columns: [a * size, b * size, c * size, d * size] });
  }
  return spans;
}

// For each pixel the four grid points around it and their weights.
function cubicWeights(grid: number, size: number): { index: Int32Array; weight: Float64Array } {
  const index = new Int32Array(4 * size);
  const weight = new Float64Array(4 * size);
  for (let pixel = 0; pixel < size; pixel++) {
    const at = ((pixel + 0.5) / size) * (grid - 1);
    const first = Math.floor(at) - 1;
    for (let k = 0; k < 4; k++) {
      index[4 * pixel + k] = Math.min(grid - 1, Math.max(0, first + k));
      weight[4 * pixel + k] = cubicKernel(at - (first + k));
    }
  }
  return { index, weight };
}

function cubicKernel(offset: number): number {
  const t = Math.abs(offset);
  if (t < 1) return 1 - 2.5 * t * t + 1.5 * t * t * t;
  if (t < 2) return 2 - 4 * t + 2.5 * t * t - 0.5 * t * t * t;
  return 0;
}
