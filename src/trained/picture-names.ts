// Which files of a folder are pictures: by their first bytes, or by a name that promises one.
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareNaturally } from '../base/natural-order.js';
import { OneshotError } from '../base/problem.js';
import { KIND_BYTES, tellKind } from '../data/pictures/picture-kind.js';

const NAMED_AS_PICTURE = /\.(png|jpe?g|jfif|gif|bmp|tiff?|webp|heic|heif|avif|svg|jp2|jxl)$/i;
const LITTER = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/** What desktops leave in folders, and hidden files. */
export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

/** Whether the file is named like a picture or starts like one. */
export function looksLikePicture(path: string): boolean {
  if (NAMED_AS_PICTURE.test(path)) return true;
  try {
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(KIND_BYTES);
      return tellKind(start.subarray(0, readSync(file, start, 0, KIND_BYTES, 0))).role !== 'other';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/**
 * The picture files that are named, and those in the folders that are named, at any depth. Throws a
 * OneshotError('usage') for what does not exist, and where there is none.
 */
export function listPictures(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new OneshotError('usage', `no such picture or folder: ${path}`);
    return stat.isDirectory() ? listFolder(path) : [path];
  });
  if (files.length === 0) throw new OneshotError('usage', `no pictures in ${paths.join(', ')}`);
  return files;
}

function listFolder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && !isLitter(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(looksLikePicture)
    .sort(compareNaturally);
}
