// Decoded pictures of any size to squares of one size, and their colours to what the network sees: ink, or red, green and
// blue. Without Node and without the decoder, so that a page can do the same.
import type { DecodedPicture } from './decoded-picture.js';
import { createResizer, type Resizer } from './resizer.js';

/**
 * How a picture that is no square becomes one: `pad`: whole, with nothing around; `crop`: the middle of it; `stretch`:
 * its sides out of proportion.
 */
export type Fit = 'pad' | 'crop' | 'stretch';

/** Where in the square a picture goes, and at which size. */
export interface FitTarget {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Whether only the middle of the picture is taken, as much as fills the target. */
  readonly isCropped: boolean;
}

/** The target of a picture in a square of `size`. */
export function placePicture(height: number, width: number, size: number, fit: Fit): FitTarget {
  if (fit !== 'pad') return { top: 0, left: 0, height: size, width: size, isCropped: fit === 'crop' };
  const scale = size / Math.max(height, width);
  const target = {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
  return {
    top: Math.floor((size - target.height) / 2),
    left: Math.floor((size - target.width) / 2),
    ...target,
    isCropped: false,
  };
}

/** `[size, size, 4]`: red, green, blue, each multiplied by the opacity, and the opacity; all 0 where the picture is not. */
export type FittedPicture = Uint8Array;

/**
 * Fits pictures into squares of `size`, one after the other. Those that the decoder brought to their target's size are
 * copied.
 */
export function createFitter(size: number, fit: Fit): (picture: DecodedPicture) => FittedPicture {
  // Pictures of one data set mostly have one size.
  let last: { readonly key: string; readonly resize: Resizer } | undefined;
  return (picture) => {
    const target = placePicture(picture.height, picture.width, size, fit);
    const { height, width, rgba } = target.isCropped ? cropMiddle(picture) : picture;
    const key = `${height} x ${width}`;
    if (last?.key !== key) last = { key, resize: createResizer(height, width, target.height, target.width) };
    const square = new Uint8Array(4 * size * size);
    const plane = new Uint8Array(height * width);
    const resized = new Float64Array(target.height * target.width);
    for (let channel = 0; channel < 4; channel++) {
      for (let i = 0; i < plane.length; i++) {
        const opacity = rgba[4 * i + 3]!;
        plane[i] = channel === 3 ? opacity : Math.round((rgba[4 * i + channel]! * opacity) / 255);
      }
      last.resize(plane, 0, resized);
      for (let y = 0; y < target.height; y++) {
        for (let x = 0; x < target.width; x++) {
          const at = (target.top + y) * size + target.left + x;
          square[4 * at + channel] = Math.round(resized[y * target.width + x]!);
        }
      }
    }
    return square;
  };
}

function cropMiddle({ height, width, rgba }: DecodedPicture): DecodedPicture {
  const edge = Math.min(height, width);
  if (height === width) return { height, width, rgba };
  const [top, left] = [Math.floor((height - edge) / 2), Math.floor((width - edge) / 2)];
  const middle = new Uint8Array(4 * edge * edge);
  for (let y = 0; y < edge; y++) {
    const start = 4 * ((top + y) * width + left);
    middle.set(rgba.subarray(start, start + 4 * edge), 4 * y * edge);
  }
  return { height: edge, width: edge, rgba: middle };
}

/**
 * Writes `[size, size]` ink: 255 where the picture is as dark (or light) as can be, 0 where it is the opposite,
 * transparent or not there (ITU-R BT.601 luma).
 */
export function writeInk(
  picture: FittedPicture,
  { isInkDark, inkGain }: { readonly isInkDark: boolean; readonly inkGain: number },
  target: Uint8Array,
  offset: number,
): void {
  for (let i = 0, p = 0; p < picture.length; i++, p += 4) {
    const light = Math.round(0.299 * picture[p]! + 0.587 * picture[p + 1]! + 0.114 * picture[p + 2]!);
    const ink = isInkDark ? Math.max(0, picture[p + 3]! - light) : light;
    target[offset + i] = Math.min(255, Math.round(ink * inkGain));
  }
}

/** Red, green and blue, 0 … 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Writes `[size, size, 3]` red, green and blue, with the background where the picture is transparent or not there. */
export function writeColors(picture: FittedPicture, background: Rgb, target: Uint8Array, offset: number): void {
  for (let t = offset, p = 0; p < picture.length; t += 3, p += 4) {
    const through = 1 - picture[p + 3]! / 255;
    for (let c = 0; c < 3; c++) {
      target[t + c] = Math.min(255, Math.round(picture[p + c]! + through * background[c]!));
    }
  }
}

/** The colour of `#rrggbb`. */
export function parseColor(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
