// One picture sampled from its source through a distortion: affine and elastic together, in a single pass, so that
// strokes are blurred once. Used for every training picture and, as the identity, for the clean pictures too.

/**
 * Where a target pixel's ink comes from. Coordinates are pixels of the target, counted from the picture's centre, x to
 * the right, y down: source = [a b; c d] (target + displacement) + [x y].
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
 * Fills `target` with the source's ink, sampled bilinearly through `map` and `field`; what lies outside the source is
 * paper. Where the source is more than twice as large, a target pixel is the mean over n x n samples, so that no stroke
 * falls between them. The identity at equal sizes copies exactly.
 */
export function warpPicture(
  source: SourcePicture,
  target: TargetPicture,
  map: SamplingMap,
  field?: DisplacementField,
): void {
  const samples = Math.max(1, Math.ceil(source.size / target.size / 2));
  target.ink.fill(0, target.offset, target.offset + target.size * target.size);
  for (let j = 0; j < samples; j++) {
    for (let i = 0; i < samples; i++) {
      addSamples(source, target, map, field, (i + 0.5) / samples, (j + 0.5) / samples, 1 / (255 * samples * samples));
    }
  }
}

// Adds one sample of each target pixel, taken at (partX, partY) within the pixel.
function addSamples(
  source: SourcePicture,
  target: TargetPicture,
  map: SamplingMap,
  field: DisplacementField | undefined,
  partX: number,
  partY: number,
  gain: number,
): void {
  const { pixels, offset, size } = source;
  const last = size - 1;
  const { ink, offset: targetOffset, size: targetSize } = target;
  const { dx, dy } = field ?? {};
  const ratio = size / targetSize;
  const [a, b, c, d] = [map.a * ratio, map.b * ratio, map.c * ratio, map.d * ratio];
  // A pixel's centre is at its index + 1/2; the index into the source is the coordinate there less that half.
  const shift = size / 2 - 0.5;
  const [x0, y0] = [map.x * ratio + shift, map.y * ratio + shift];
  const [startX, startY] = [partX - targetSize / 2, partY - targetSize / 2];
  for (let row = 0, at = 0; row < targetSize; row++) {
    for (let column = 0; column < targetSize; column++, at++) {
      let u = startX + column;
      let v = startY + row;
      if (dx !== undefined && dy !== undefined) {
        u += dx[at]!;
        v += dy[at]!;
      }
      const x = a * u + b * v + x0;
      const y = c * u + d * v + y0;
      if (x >= 0 && y >= 0 && x < last && y < last) {
        // Whole numbers, which arrays are read by without conversion.
        const left = x | 0;
        const top = y | 0;
        const corner = offset + top * size + left;
        const here = pixels[corner]!;
        const next = pixels[corner + 1]!;
        const hereBelow = pixels[corner + size]!;
        const nextBelow = pixels[corner + size + 1]!;
        // Most of a picture is paper.
        if ((here | next | hereBelow | nextBelow) === 0) continue;
        const right = x - left;
        const below = y - top;
        const above = here * (1 - right) + next * right;
        const under = hereBelow * (1 - right) + nextBelow * right;
        ink[targetOffset + at]! += (above * (1 - below) + under * below) * gain;
      } else if (x > -1 && y > -1 && x < size && y < size) {
        ink[targetOffset + at]! += sampleEdge(source, x, y) * gain;
      }
    }
  }
}

// One pixel beyond the edge still touches ink; paper lies further out.
function sampleEdge({ pixels, offset, size }: SourcePicture, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const below = y - top;
  const corner = offset + top * size + left;
  let sum = 0;
  if (top >= 0 && left >= 0) sum += pixels[corner]! * (1 - right) * (1 - below);
  if (top >= 0 && left < size - 1) sum += pixels[corner + 1]! * right * (1 - below);
  if (top < size - 1 && left >= 0) sum += pixels[corner + size]! * (1 - right) * below;
  if (top < size - 1 && left < size - 1) sum += pixels[corner + size + 1]! * right * below;
  return sum;
}
