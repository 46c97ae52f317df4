// The two sizes in which a data set is kept: the source that distorted pictures are sampled from, and the clean pictures
// that the network sees. Clean pictures are the source under the identity, so that training and evaluation see the same ink.
import type { ImageSize, InkGain, SourceSize } from '../../config/experiment.js';
import { IDENTITY_MAP, warpPicture } from '../distortion/warp.js';
import { warpColors } from '../distortion/warp-colors.js';
import { cachePictures, type PictureCache } from './picture-cache.js';
import { allocatePixels, sealPictureSet } from './picture-file.js';
import { type PictureSet, pictureBytes } from './picture-set.js';

/** The size keys that all data sections share. */
export interface SizeSection {
  readonly imageSize: ImageSize;
  readonly sourceSize?: SourceSize;
  readonly inkGain: InkGain;
}

/** The sizes with nothing left out: the source is as large as the picture unless the section says otherwise. */
export type PictureSizes = Required<SizeSection>;

export function resolveSizes({ imageSize, sourceSize = imageSize, inkGain }: SizeSection): PictureSizes {
  return { imageSize, sourceSize, inkGain };
}

/** One data set at both sizes, with equal indices and labels; one and the same set where the sizes are equal. */
export interface SizedPictures {
  readonly clean: PictureSet;
  readonly source: PictureSet;
}

/**
 * Both sizes from the cache, or made from `buildSource` (the set at `sourceSize`, gain applied) and kept there. `key`
 * determines the source's pixels.
 */
export async function cacheSizedPictures(
  cache: PictureCache,
  name: string,
  key: unknown,
  { imageSize, sourceSize }: PictureSizes,
  buildSource: () => PictureSet | Promise<PictureSet>,
): Promise<SizedPictures> {
  const source = await cachePictures(cache, `${name}-${sourceSize}`, key, buildSource);
  if (imageSize === sourceSize) return { source, clean: source };
  const cleanKey = { source: source.digest, imageSize, version: CLEAN_VERSION };
  const clean = await cachePictures(cache, `${name}-${imageSize}`, cleanKey, () => cleanPictures(source, imageSize));
  return { source, clean };
}

/** Changes whenever `cleanPictures` gives other pixels than before. */
export const CLEAN_VERSION = 1;

/** The set under the identity distortion at `size` x `size`, as bytes. */
export function cleanPictures(source: PictureSet, size: number): PictureSet {
  const count = source.character.length;
  const warp = source.channels === 3 ? warpColors : warpPicture;
  const { channels } = source;
  const pixels = allocatePixels(count * size * size * channels);
  const ink = new Float32Array(size * size * channels);
  for (let i = 0; i < count; i++) {
    const picture = { pixels: source.pixels, offset: i * pictureBytes(source), size: source.height };
    warp(picture, { ink, offset: 0, size }, IDENTITY_MAP);
    for (let p = 0; p < ink.length; p++) pixels[i * ink.length + p] = Math.round(255 * ink[p]!);
  }
  return sealPictureSet({ ...source, height: size, width: size, pixels });
}
