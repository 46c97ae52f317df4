// Picture sets made smaller or larger (resizer.ts), with a gain on the ink that keeps thin strokes dark.
import { allocatePixels, sealPictureSet, type UnsealedPictureSet } from './picture-file.js';
import type { PictureSet } from './picture-set.js';
import { createResizer } from './resizer.js';

/** Changes whenever the same settings give other pixels than before: part of cache keys and data identities. */
export const RESIZE_VERSION = 1;

/** The set at `size` x `size`, ink multiplied by `inkGain` and clipped; the same pixels when nothing changes. */
export function resizePictures(set: UnsealedPictureSet, size: number, inkGain: number): PictureSet {
  if (size === set.height && size === set.width && inkGain === 1) return sealPictureSet(set);
  const count = set.character.length;
  const pixels = allocatePixels(count * size * size);
  const resize = createResizer(set.height, set.width, size, size);
  const ink = new Float64Array(size * size);
  for (let i = 0; i < count; i++) {
    resize(set.pixels, i * set.height * set.width, ink);
    const start = i * ink.length;
    for (let p = 0; p < ink.length; p++) pixels[start + p] = Math.min(255, Math.round(ink[p]! * inkGain));
  }
  return sealPictureSet({ ...set, height: size, width: size, pixels });
}
