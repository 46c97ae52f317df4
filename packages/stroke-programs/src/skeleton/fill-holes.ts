// Holes of single pixels in ink are gaps of a scan; thinning would make loops of them.
import type { InkPicture } from '../ink-picture.js';

/** The picture with every pixel of paper filled whose four neighbours are ink (`bwmorph(…, 'fill')` of Lake's program). */
export function fillHoles({ width, height, ink }: InkPicture): InkPicture {
  const filled = ink.slice();
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (ink[at] === 0 && ink[at - 1] && ink[at + 1] && ink[at - width] && ink[at + width]) filled[at] = 1;
    }
  }
  return { width, height, ink: filled };
}
