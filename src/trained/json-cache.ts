// Small results kept in the user's cache folder. A cache may vanish, be damaged or be unwritable at any time: then the
// result is made again.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';

/** What was kept at `path`, or undefined. */
export function readKeptJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Keeps a plain value; does nothing where that is not possible. */
export function keepJson(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, JSON.stringify(value));
  } catch {
    // Only slower the next time.
  }
}
