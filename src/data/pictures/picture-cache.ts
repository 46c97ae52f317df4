// Pictures that were decoded, drawn or resized once, kept in a folder under a key of what they were made from. A cache
// may vanish or be damaged at any time: then the pictures are made again.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { makeFolder } from '../../base/make-folder.js';
import { stableHash } from '../../base/stable-hash.js';
import { allocatePixels, decodePictureSet, encodePictureSet } from './picture-file.js';
import type { PictureSet } from './picture-set.js';

/** Where the cache is and whom to tell when it cannot be used. */
export interface PictureCache {
  readonly folder: string;
  readonly report?: (message: string) => void;
}

/**
 * The set that `build` returns, from the cache when it is there. `key` is a plain value that determines the pixels (content
 * hashes, sizes, versions). A damaged file is made anew; a folder that cannot be written is reported, and does no other harm.
 */
export async function cachePictures(
  cache: PictureCache,
  name: string,
  key: unknown,
  build: () => PictureSet | Promise<PictureSet>,
): Promise<PictureSet> {
  const path = join(cache.folder, `${name}-${stableHash(key).slice(0, 16)}.pictures`);
  const bytes = readShared(path);
  const cached = bytes && decodePictureSet(bytes);
  if (cached) return cached;
  if (bytes) cache.report?.(`${path} is damaged; making it again`);
  const set = await build();
  try {
    makeFolder(cache.folder);
    writeFileAtomic(path, encodePictureSet(set));
  } catch (error) {
    cache.report?.(`cannot keep decoded pictures in ${cache.folder} (${(error as Error).message}); going on without`);
  }
  return set;
}

// Reads into shared memory, so that pixels need not be copied for worker threads. Undefined when there is no readable file.
function readShared(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = allocatePixels(fstatSync(file).size);
    let at = 0;
    while (at < bytes.length) {
      const count = readSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30), at);
      if (count === 0) break;
      at += count;
    }
    return bytes.subarray(0, at);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
