// A decoded picture as a network sees it: the steps that the pictures of its data set went through, for one picture that
// somebody brings. Without Node, since the page of `oneshot demo` runs the same code.
import { IDENTITY_MAP, warpPicture } from '../distortion/warp.js';
import { measurePaperBrightness } from '../folder/paper-brightness.js';
import type { DecodedPicture } from './decode-picture.js';
import { createFitter } from './fit-picture.js';
import type { PictureSizes } from './picture-sizes.js';

/** What a picture goes through. */
export interface PictureForm extends PictureSizes {
  /** Which tone is ink; `auto`: the edge of each picture tells its paper. */
  readonly ink: 'auto' | 'dark' | 'light';
}

/** A picture as the network sees it, and what was done to it. */
export interface SeenPicture {
  /** `[imageSize, imageSize]`: 0 is paper, 255 ink. */
  readonly pixels: Uint8Array;
  /** Height and width before. */
  readonly height: number;
  readonly width: number;
  /** Which tone was taken for ink. */
  readonly ink: 'dark' | 'light';
}

/** What makes `SeenPicture`s of decoded pictures, one after the other. */
export function createViewer({
  imageSize,
  sourceSize,
  inkGain,
  ink,
}: PictureForm): (picture: DecodedPicture) => SeenPicture {
  const fitToSquare = createFitter(sourceSize);
  const seen = new Float32Array(imageSize * imageSize);
  return (picture) => {
    const tone = ink === 'auto' ? (measurePaperBrightness(picture) >= 127.5 ? 'dark' : 'light') : ink;
    const source = fitToSquare(picture)[tone];
    for (let i = 0; i < source.length; i++) source[i] = Math.min(255, Math.round(source[i]! * inkGain));
    const { height, width } = picture;
    if (imageSize === sourceSize) return { pixels: source, height, width, ink: tone };
    warpPicture(
      { pixels: source, offset: 0, size: sourceSize },
      { ink: seen, offset: 0, size: imageSize },
      IDENTITY_MAP,
    );
    return { pixels: Uint8Array.from(seen, (value) => Math.round(255 * value)), height, width, ink: tone };
  };
}
