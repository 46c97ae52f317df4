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
  const coarse = new Float64Array(grid * grid);
  const partly = new Float64Array(size * grid); // [size, grid]: rows are interpolated, columns are not yet
  const { index, weight } = cubicWeights(grid, size);

  function fill(random: RandomStream, deviation: number, target: Float64Array): void {
    for (let i = 0; i < coarse.length; i++) coarse[i] = deviation * random.normal();
    for (let y = 0; y < size; y++) {
      for (let column = 0; column < grid; column++) {
        let sum = 0;
        for (let k = 4 * y; k < 4 * y + 4; k++) sum += weight[k]! * coarse[index[k]! * grid + column]!;
        partly[y * grid + column] = sum;
      }
    }
    for (let x = 0; x < size; x++) {
      const k = 4 * x;
      const [w0, w1, w2, w3] = [weight[k]!, weight[k + 1]!, weight[k + 2]!, weight[k + 3]!];
      const [i0, i1, i2, i3] = [index[k]!, index[k + 1]!, index[k + 2]!, index[k + 3]!];
      for (let y = 0, at = 0; y < size; y++, at += grid) {
        target[y * size + x] =
          w0 * partly[at + i0]! + w1 * partly[at + i1]! + w2 * partly[at + i2]! + w3 * partly[at + i3]!;
      }
    }
  }

  return (random, strength = 1) => {
    const deviation = (standardDeviation * strength * size) / 2;
    fill(random, deviation, field.dx);
    fill(random, deviation, field.dy);
    return field;
  };
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
