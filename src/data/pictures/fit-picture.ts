// Decoded pictures of any size to squares of one size: the whole picture, its sides in proportion, in the middle of paper.
import type { DecodedPicture } from './decode-picture.js';
import { createResizer, type Resizer } from './resizer.js';

/** A picture in a square, as bytes `[size, size]`. Which of the two is ink depends on the polarity of the data set. */
export interface FittedPicture {
  /** How dark each pixel is: 255 where the picture is black, 0 where it is white, transparent or not there. */
  readonly dark: Uint8Array;
  /** How light: 255 where the picture is white, 0 where it is black, transparent or not there. */
  readonly light: Uint8Array;
}

/** Fits pictures into squares of `size`, one after the other. */
export function createFitter(size: number): (picture: DecodedPicture) => FittedPicture {
  // Pictures of one data set mostly have one size.
  let last: { readonly key: string; readonly box: Box; readonly resize: Resizer } | undefined;
  return (picture) => {
    const { height, width, brightness, opacity } = picture;
    const key = `${height} x ${width}`;
    if (last?.key !== key) {
      const box = placeBox(height, width, size);
      last = { key, box, resize: createResizer(height, width, box.height, box.width) };
    }
    const { box, resize } = last;
    const visible = new Uint8Array(brightness.length);
    const place = (toneOf: (value: number) => number): Uint8Array => {
      for (let i = 0; i < visible.length; i++) {
        const tone = toneOf(brightness[i]!);
        visible[i] = opacity === undefined ? tone : Math.round((tone * opacity[i]!) / 255);
      }
      const resized = new Float64Array(box.height * box.width);
      resize(visible, 0, resized);
      const square = new Uint8Array(size * size);
      for (let y = 0; y < box.height; y++) {
        for (let x = 0; x < box.width; x++) {
          square[(box.top + y) * size + box.left + x] = Math.round(resized[y * box.width + x]!);
        }
      }
      return square;
    };
    return { dark: place((value) => 255 - value), light: place((value) => value) };
  };
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function placeBox(pictureHeight: number, pictureWidth: number, size: number): Box {
  const scale = size / Math.max(pictureHeight, pictureWidth);
  const height = Math.max(1, Math.round(pictureHeight * scale));
  const width = Math.max(1, Math.round(pictureWidth * scale));
  return { top: Math.floor((size - height) / 2), left: Math.floor((size - width) / 2), height, width };
}
