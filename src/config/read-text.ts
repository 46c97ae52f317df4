// From the bytes of a file to text, or to the problem that is in the way. First step of reading an experiment file.
import { readBounded } from '../base/bounded-file.js';
import type { Problem } from '../base/problem.js';

/** Largest experiment file. The longest that ships has 4 KB; generated ones with thousands of sweep points stay below. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** The bytes of a file. Throws as `readFileSync` does. */
export type ReadFile = (path: string) => Uint8Array;

/** Reads regular files only, up to `MAX_FILE_BYTES`. */
export const readRegularFile: ReadFile = (path) => readBounded(path, MAX_FILE_BYTES);

/** Text of a file without its byte-order mark, or the problem that keeps it from being read, at its first bad byte. */
export function readText(path: string, file: string, readFile: ReadFile): { text: string } | { problem: Problem } {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    return { problem: { code: 'unreadable', file, line: 1, column: 1, path: '', ...explainReadError(error) } };
  }
  if (bytes.length > MAX_FILE_BYTES) {
    return { problem: { code: 'unreadable', file, line: 1, column: 1, path: '', ...tooLarge } };
  }
  return decodeText(bytes, file);
}

const tooLarge = { found: 'a file of more than 1 MiB', allowed: 'an experiment file of 1 MiB at most' };

/** What to say when a file cannot be opened. */
function explainReadError(error: unknown): Pick<Problem, 'found' | 'allowed' | 'hint'> {
  const allowed = 'an experiment file (YAML)';
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { found: 'no such file', allowed };
    case 'EISDIR':
      return { found: 'a folder', allowed };
    case 'ENOTREG':
      return { found: 'a device or pipe', allowed };
    case 'EFBIG':
      return tooLarge;
    case 'EACCES':
    case 'EPERM':
      return { found: 'a file that may not be read', allowed, hint: 'change its permissions' };
    case 'ELOOP':
      return { found: 'a symbolic link that leads back to itself', allowed };
    case 'ENAMETOOLONG':
      return { found: 'a file name that is too long', allowed };
    default:
      return { found: `a file that cannot be read (${(error as Error).message})`, allowed };
  }
}

function decodeText(bytes: Uint8Array, file: string): { text: string } | { problem: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const offset = findInvalidByte(bytes);
    const before = new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes.subarray(0, offset));
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const found = isUtf16
      ? 'UTF-16 text'
      : `the byte 0x${bytes[offset]!.toString(16).padStart(2, '0')}, which is not UTF-8`;
    const hint = 'save the file as UTF-8';
    return {
      problem: {
        code: 'unreadable',
        file,
        line,
        column: before.length - lineStart + 1,
        path: '',
        found,
        allowed: 'UTF-8 text',
        hint,
      },
    };
  }
}

/** Offset of the first byte that is no part of a valid UTF-8 sequence: the longest prefix that decodes ends there. */
function findInvalidByte(bytes: Uint8Array): number {
  // A streaming decoder accepts a sequence that is cut off at the end, so `decodes` is true up to the bad byte and false
  // behind it.
  const decodes = (length: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  // Back to the beginning of a sequence that the bad byte breaks off.
  let start = good;
  while (start > 0 && good - start < 3 && (bytes[start - 1]! & 0xc0) === 0x80) start -= 1;
  if (start > 0 && bytes[start - 1]! >= 0xc0 && !isComplete(bytes.subarray(start - 1, good))) return start - 1;
  return Math.min(good, bytes.length - 1);
}

function isComplete(sequence: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sequence);
    return true;
  } catch {
    return false;
  }
}
