// Reading of files that others made: regular ones alone, and not beyond a bound, so that no pipe blocks and no device or growing
// file fills the memory.
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { OneshotError } from './problem.js';
import { isInside } from './system-rules.js';

/**
 * The bytes of a regular file. Throws the file system's error, and errors with the codes EISDIR, ENOTREG (a pipe, a device, a
 * file of the kernel that has nothing to give now) and EFBIG (more than `maxBytes`, which is known without reading on).
 */
export function readBounded(path: string, maxBytes: number): Buffer {
  const fail = (code: string, what: string) => Object.assign(new Error(`${code}: ${what}, '${path}'`), { code, path });
  // Without O_NONBLOCK, opening a pipe waits for a writer. Windows has no such flag, and no such pipes in folders.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(file);
    if (found.isDirectory()) throw fail('EISDIR', 'is a folder');
    if (!found.isFile()) throw fail('ENOTREG', 'is no regular file');
    if (found.size > maxBytes) throw fail('EFBIG', `has more than ${maxBytes} bytes`);
    return readToEnd(file, found.size, maxBytes, fail);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EAGAIN' ? fail('ENOTREG', 'is no regular file') : error;
  } finally {
    closeSync(file);
  }
}

// Files of the kernel say that they are empty; others may grow while they are read.
function readToEnd(file: number, size: number, maxBytes: number, fail: (code: string, what: string) => Error): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(total === 0 ? size + 1 : 64 * 1024);
    const count = readSync(file, piece, 0, piece.length, null);
    if (count === 0) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    total += count;
    if (total > maxBytes) throw fail('EFBIG', `has more than ${maxBytes} bytes`);
    pieces.push(piece.subarray(0, count));
  }
}

/**
 * Refuses what is no regular file of `folder`: a link that leads out of it, a pipe, a device. Folders come from elsewhere, and
 * what is read from them is shown, sent and removed. Throws OneshotError('corrupt'); does nothing where there is no such file.
 */
export function requireInside(path: string, folder: string): void {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw error;
  }
  const root = realpathSync(folder);
  if (!isInside(real, root))
    throw new OneshotError('corrupt', `${path} leads out of its folder`, {
      hint: `it is a link, or lies in one, to ${dirname(real)}; put the file itself there`,
    });
}
