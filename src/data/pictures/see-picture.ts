// A decoded picture as a network sees it: the steps that the pictures of its data set went through, for one picture that
// somebody brings. Without Node, since the page of `oneshot demo` runs the same code.

import { IDENTITY_MAP, warpPicture } from '../distortion/warp.js';
import { warpColors } from '../distortion/warp-colors.js';
import type { DecodedPicture } from './decoded-picture.js';
import { createFitter, parseColor, writeColors, writeInk } from './fit-picture.js';
import { measurePaperBrightness } from './paper-brightness.js';
import type { PictureSettings } from './read-pictures.js';

/** What a picture goes through before the network sees it. */
export interface PictureForm extends Omit<PictureSettings, 'size'> {
  /** Height and width that the network sees. */
  readonly imageSize: number;
  /** Height and width that pictures are fitted into first. */
  readonly sourceSize: number;
  /** Which tone is ink; `auto`: the edge of each picture tells its paper. Of no use in colour. */
  readonly ink: 'auto' | 'dark' | 'light';
}

/** A picture as the network sees it, and what was done to it. */
export interface SeenPicture {
  /** `[imageSize, imageSize, channels]`: ink, of which 255 is all, or red, green and blue. */
  readonly pixels: Uint8Array;
  /** Height and width of what was decoded. */
  readonly height: number;
  readonly width: number;
  /** Which tone was taken for ink; null in colour. */
  readonly ink: 'dark' | 'light' | null;
}

/** Channels of a picture of this form. */
export function channelsOfForm({ color }: Pick<PictureForm, 'color'>): 1 | 3 {
  return color === 'rgb' ? 3 : 1;
}

/** What makes `SeenPicture`s of decoded pictures, one after the other. */
export function createViewer(form: PictureForm): (picture: DecodedPicture) => SeenPicture {
  const { imageSize, sourceSize, inkGain, ink } = form;
  const channels = channelsOfForm(form);
  const fitToSquare = createFitter(sourceSize, form.fit);
  const background = parseColor(form.background);
  const warp = channels === 3 ? warpColors : warpPicture;
  const seen = new Float32Array(imageSize * imageSize * channels);
  return (picture) => {
    const { height, width } = picture;
    const square = fitToSquare(picture);
    const source = new Uint8Array(sourceSize * sourceSize * channels);
    let tone: SeenPicture['ink'] = null;
    if (channels === 3) writeColors(square, background, source, 0);
    else {
      tone = ink === 'auto' ? (measurePaperBrightness(picture) >= 127.5 ? 'dark' : 'light') : ink;
      writeInk(square, { isInkDark: tone === 'dark', inkGain }, source, 0);
    }
    if (imageSize === sourceSize) return { pixels: source, height, width, ink: tone };
    warp({ pixels: source, offset: 0, size: sourceSize }, { ink: seen, offset: 0, size: imageSize }, IDENTITY_MAP);
    return { pixels: Uint8Array.from(seen, (value) => Math.round(255 * value)), height, width, ink: tone };
  };
}
