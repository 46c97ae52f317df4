// One colour picture sampled from its source through a distortion, as warp.ts does for ink. Beyond its edge a photograph
// has no paper: its outermost pixels go on.
import type { DisplacementField, SamplingMap, SourcePicture, TargetPicture } from './warp.js';

const CHANNELS = 3;

/**
 * Fills `target`, `[size, size, 3]`, with the source's colours in [0, 1], sampled bilinearly through `map` and `field`.
 * Where the source is more than twice as large, a target pixel is the mean over n x n samples. The identity at equal
 * sizes copies exactly.
 */
export function warpColors(
  { pixels, offset, size }: SourcePicture,
  { ink, offset: targetOffset, size: targetSize }: TargetPicture,
  map: SamplingMap,
  field?: DisplacementField,
): void {
  const samples = Math.max(1, Math.ceil(size / targetSize / 2));
  const gain = 1 / (255 * samples * samples);
  const ratio = size / targetSize;
  const last = size - 1;
  const shift = size / 2 - 0.5;
  for (let row = 0, pixel = 0; row < targetSize; row++) {
    for (let column = 0; column < targetSize; column++, pixel++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sample = 0; sample < samples * samples; sample++) {
        const u = column + ((sample % samples) + 0.5) / samples - targetSize / 2 + (field?.dx[pixel] ?? 0);
        const v = row + (Math.floor(sample / samples) + 0.5) / samples - targetSize / 2 + (field?.dy[pixel] ?? 0);
        const x = clamp((map.a * u + map.b * v + map.x) * ratio + shift, last);
        const y = clamp((map.c * u + map.d * v + map.y) * ratio + shift, last);
        const left = Math.min(last - 1, x | 0);
        const top = Math.min(last - 1, y | 0);
        const right = x - left;
        const below = y - top;
        const corner = offset + CHANNELS * (top * size + left);
        const under = corner + CHANNELS * size;
        const w00 = (1 - right) * (1 - below);
        const w01 = right * (1 - below);
        const w10 = (1 - right) * below;
        const w11 = right * below;
        red += w00 * pixels[corner]! + w01 * pixels[corner + 3]! + w10 * pixels[under]! + w11 * pixels[under + 3]!;
        green +=
          w00 * pixels[corner + 1]! + w01 * pixels[corner + 4]! + w10 * pixels[under + 1]! + w11 * pixels[under + 4]!;
        blue +=
          w00 * pixels[corner + 2]! + w01 * pixels[corner + 5]! + w10 * pixels[under + 2]! + w11 * pixels[under + 5]!;
      }
      const at = targetOffset + CHANNELS * pixel;
      ink[at] = red * gain;
      ink[at + 1] = green * gain;
      ink[at + 2] = blue * gain;
    }
  }
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}
