// One picture sampled from its source through a distortion: affine and elastic together, in a single pass, so that
// strokes are blurred once. Used for every training picture and, as the identity, for the clean pictures too.

/**
 * Where a target pixel's ink comes from. Coordinates are pixels of the target, counted from the picture's centre, x to the right, y down:
 * source = [a b; c d] (target + displacement) + [x y].
 */
export interface SamplingMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly x: number;
  readonly y: number;
}

/** Leaves every pixel where it is. */
export const IDENTITY_MAP: SamplingMap = { a: 1, b: 0, c: 0, d: 1, x: 0, y: 0 };

/** A displacement of each target pixel, in pixels of the target, `[size, size]` each. */
export interface DisplacementField {
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/** Square bytes `[size, size]` that start at `offset`; 0 paper, 255 ink. */
export interface SourcePicture {
  readonly pixels: Uint8Array;
  readonly offset: number;
  readonly size: number;
}

/** Float32 ink in [0, 1], `[size, size]` from `offset` on. */
export interface TargetPicture {
  readonly ink: Float32Array;
  readonly offset: number;
  readonly size: number;
}

/**
 * Fills `target` with the source's ink, sampled bilinearly through `map` and `field`; what lies outside the source is paper. Where the source is
 * more than twice as large, a target pixel is the mean over n x n samples, so that no stroke falls between them. The identity at equal sizes copies exactly.
 */
export function warpPicture(
  source: SourcePicture,
  target: TargetPicture,
  map: SamplingMap,
  field?: DisplacementField,
): void {
  const { ink, size } = target;
  const { pixels, offset } = source;
  const ratio = source.size / size;
  const samples = Math.max(1, Math.ceil(ratio / 2));
  const gain = 1 / (255 * samples * samples);
  // A pixel's centre is at its index + 1/2; the index into the source is the coordinate there less that half.
  const shift = source.size / 2 - 0.5;
  const [a, b, c, d] = [map.a * ratio, map.b * ratio, map.c * ratio, map.d * ratio];
  const [x0, y0] = [map.x * ratio + shift, map.y * ratio + shift];
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const left = column - size / 2 + (field ? field.dx[at]! : 0);
      const top = row - size / 2 + (field ? field.dy[at]! : 0);
      let sum = 0;
      for (let j = 0; j < samples; j++) {
        const y = top + (j + 0.5) / samples;
        for (let i = 0; i < samples; i++) {
          const x = left + (i + 0.5) / samples;
          sum += sampleBilinear(pixels, offset, source.size, a * x + b * y + x0, c * x + d * y + y0);
        }
      }
      ink[target.offset + at] = sum * gain;
    }
  }
}

function sampleBilinear(pixels: Uint8Array, offset: number, size: number, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const at = offset + row * size + column;
  const right = x - column;
  const below = y - row;
  if (column >= 0 && row >= 0 && column < size - 1 && row < size - 1) {
    const above = pixels[at]! * (1 - right) + pixels[at + 1]! * right;
    const under = pixels[at + size]! * (1 - right) + pixels[at + size + 1]! * right;
    return above * (1 - below) + under * below;
  }
  // At the edge, whatever is missing is paper.
  if (!(column >= -1 && row >= -1 && column < size && row < size)) return 0;
  let sum = 0;
  if (row >= 0 && column >= 0) sum += pixels[at]! * (1 - right) * (1 - below);
  if (row >= 0 && column < size - 1) sum += pixels[at + 1]! * right * (1 - below);
  if (row < size - 1 && column >= 0) sum += pixels[at + size]! * (1 - right) * below;
  if (row < size - 1 && column < size - 1) sum += pixels[at + size + 1]! * right * below;
  return sum;
}
