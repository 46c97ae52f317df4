// Picture files as others made them: regular files up to a bound, so that no pipe blocks and no device is read without end.
import { readBounded } from '../../base/bounded-file.js';

/** Bytes of a picture file at most. */
export const MAX_PICTURE_BYTES = 256 * 2 ** 20;

/** The bytes of a picture file. Throws an Error that reads on from the file's name: `is no regular file`. */
export function readPictureFile(path: string): Buffer {
  try {
    return readBounded(path, MAX_PICTURE_BYTES);
  } catch (error) {
    throw new Error(explain(error as NodeJS.ErrnoException), { cause: error });
  }
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOTREG':
    case 'ENXIO':
      return 'is no regular file';
    case 'EISDIR':
      return 'is a folder';
    case 'EFBIG':
      return `has more than ${MAX_PICTURE_BYTES} bytes`;
    default:
      return `cannot be read (${code ?? message})`;
  }
}
