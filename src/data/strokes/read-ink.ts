// A picture as those see it who read strokes: ink at the size of Omniglot's pictures, whatever the size of the set.
import { type InkPicture, inkFrom } from 'stroke-programs';
import { IDENTITY_MAP, warpPicture } from '../distortion/warp.js';
import { type PictureSet, pictureAt } from '../pictures/picture-set.js';

/** Height and width at which strokes are read: what is known of their noise is in pixels of Omniglot's pictures. */
export const STROKE_SIZE = 105;

/** The ink of a picture, brought to 105 x 105 pixels. */
export function readInk(set: Pick<PictureSet, 'width' | 'height' | 'pixels'>, number: number): InkPicture {
  const pixels = pictureAt(set, number);
  if (set.width === STROKE_SIZE) return inkFrom(pixels, STROKE_SIZE, STROKE_SIZE);
  const ink = new Float32Array(STROKE_SIZE * STROKE_SIZE);
  warpPicture({ pixels, offset: 0, size: set.width }, { ink, offset: 0, size: STROKE_SIZE }, IDENTITY_MAP);
  return inkFrom(ink, STROKE_SIZE, STROKE_SIZE, 0.5);
}
