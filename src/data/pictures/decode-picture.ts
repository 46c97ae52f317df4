// Picture files of any size from strangers to RGBA at the size that is wanted, by sharp (libvips): turned as EXIF says,
// colours as sRGB whatever the profile, the first frame where there are several. What a header states is checked before
// anything is unpacked, so that a small file cannot fill the memory.
import sharp from 'sharp';
import type { DecodedPicture } from './decoded-picture.js';
import { type Fit, type FitTarget, placePicture } from './fit-picture.js';
import { explainKind, tellKind } from './picture-kind.js';

/** Pixels of a picture at most: those of a phone's 200 megapixels, and some. */
const MAX_PIXELS = 256e6;
/** Height and width at most. */
export const MAX_EDGE = 65_500;
/** Seconds that one picture may take. */
const MAX_SECONDS = 60;

// Pictures are decoded several at a time, each by one thread.
sharp.concurrency(1);
sharp.cache(false);

/** The size that a picture of this size is wanted at. */
export type SizeChoice = (height: number, width: number) => Pick<FitTarget, 'height' | 'width' | 'isCropped'>;

/** The size that fits a picture into a square. */
export function sizeForSquare(size: number, fit: Fit): SizeChoice {
  return (height, width) => placePicture(height, width, size, fit);
}

/**
 * The picture of a file at the size that is chosen for it; at its own without `chooseSize`. Rejects with an Error that
 * says what is wrong: another kind, damaged, too large.
 */
export async function decodePicture(bytes: Buffer, chooseSize?: SizeChoice): Promise<DecodedPicture> {
  const kind = tellKind(bytes);
  if (kind.role !== 'picture') throw new Error(explainKind(kind));
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { height, width } = header.autoOrient;
    checkSize(height, width);
    const { isCropped, ...size } = chooseSize?.(height, width) ?? { height, width, isCropped: false };
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true })
      .resize({ ...size, fit: isCropped ? 'cover' : 'fill', kernel: 'linear' })
      .toColourspace('srgb')
      .ensureAlpha()
      .timeout({ seconds: MAX_SECONDS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, rgba: data };
  } catch (error) {
    if (error instanceof SizeError) throw error;
    const reason = (error as Error).message.split('\n')[0];
    throw new Error(`is a damaged ${kind.name} file (${reason})`, { cause: error });
  }
}

/** Height and width of a picture upright, without unpacking it. Rejects with an Error where it has no sound header. */
export async function measurePicture(bytes: Buffer): Promise<[height: number, width: number]> {
  const { height, width } = (await sharp(bytes, { limitInputPixels: false }).metadata()).autoOrient;
  return [height, width];
}

class SizeError extends Error {}

function checkSize(height: number, width: number): void {
  if (height > MAX_EDGE || width > MAX_EDGE || height * width > MAX_PIXELS) {
    throw new SizeError(
      `is ${width} x ${height} pixels; expected at most ${MAX_PIXELS / 1e6} million, and ${MAX_EDGE} on an edge`,
    );
  }
}
