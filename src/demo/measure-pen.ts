// How wide the pen of a data set is, so that what is drawn on the page looks like what the network has learned from.
import { randomStream } from '../base/random-stream.js';
import type { PictureSet } from '../data/pictures/picture-set.js';
import { pictureAt } from '../data/pictures/picture-set.js';

/** Drawings that are measured. */
const SAMPLE = 200;
/** Width of the pen where there is no ink to measure, as a share of the picture's width. */
export const USUAL_PEN = 0.03;
/** The narrowest and widest that make sense. */
const LIMITS = [0.01, 0.12] as const;

/** The median width of strokes in these pictures, as a share of the picture's width. */
export function measurePen(set: PictureSet, pictures: ArrayLike<number>): number {
  if (set.channels !== 1 || pictures.length === 0) return USUAL_PEN;
  const sample = randomStream(1, 'demo', 'pen').sample(pictures, Math.min(SAMPLE, pictures.length));
  const widths = sample.map((number) => strokeWidth(pictureAt(set, number), set.width) / set.width);
  const known = widths.filter(Number.isFinite).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? USUAL_PEN;
  return Math.min(LIMITS[1], Math.max(LIMITS[0], median));
}

/**
 * Width in pixels, from ink and edges: a stroke of length L and width w has L w of ink, and differences between
 * neighbours to the side and below that sum to 2 L times 4 / pi, the mean of |cos| + |sin| over directions.
 */
function strokeWidth(pixels: Uint8Array, width: number): number {
  let ink = 0;
  let edges = 0;
  for (let i = 0; i < pixels.length; i++) {
    ink += pixels[i]!;
    if ((i + 1) % width !== 0) edges += Math.abs(pixels[i]! - pixels[i + 1]!);
    if (i + width < pixels.length) edges += Math.abs(pixels[i]! - pixels[i + width]!);
  }
  return (8 / Math.PI) * (ink / edges);
}
