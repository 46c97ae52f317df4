// Whether a downloaded file is there at all, asked before anything is begun.
import { statSync } from 'node:fs';
import { OneshotError } from '../../base/problem.js';

/** Throws a OneshotError('data') with `hint` when none of the paths, of which any one will do, is a file. */
export function requireFile(paths: string | readonly string[], hint: string): void {
  const choices = [paths].flat();
  if (choices.some(isFile)) return;
  throw new OneshotError('data', `${choices[0]} is missing`, { hint });
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
