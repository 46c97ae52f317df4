// Where the files lie that a journal names.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { requireInside } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import { isInside } from '../base/system-rules.js';

/**
 * The absolute path of a file of the run folder. A journal from elsewhere must not reach files outside of it, by its
 * paths or by links. Throws OneshotError('data').
 */
export function locateFile(folder: string, path: string): string {
  const root = resolve(folder);
  const localPath = resolve(root, path);
  if (localPath === root || !isInside(localPath, root))
    throw new OneshotError('data', `${path} lies outside the run folder`);
  try {
    requireInside(localPath, root);
  } catch (error) {
    // One file is not sent; the journal goes on.
    throw new OneshotError('data', (error as Error).message, { cause: error });
  }
  if (!existsSync(localPath)) throw new OneshotError('data', `${path} is no longer in the run folder`);
  return localPath;
}
