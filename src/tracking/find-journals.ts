// Finds the journals below a path: a runs folder, an experiment's folder in it (which has the journal of its sweep), or a
// run. Nothing but the journal is needed, so that folders copied from another machine are found as well.
import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareNaturally } from '../base/natural-order.js';
import { OneshotError } from '../base/problem.js';
import { journalSize } from './journal.js';
import { journalName } from './ship-journal.js';

/**
 * The folders at `path` or up to two levels below it that hold a journal that is not empty, a sweep's before those of its
 * trials. Throws OneshotError('usage') when there is no such path.
 */
export function findJournals(path: string): string[] {
  if (!existsSync(path))
    throw new OneshotError('usage', `no such folder: ${path}`, {
      hint: 'name a runs folder, an experiment in it, or a run',
    });
  return searchFolder(path, 2);
}

/** None where the folder may not be looked into: nothing can be shipped from it. */
function listFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function searchFolder(folder: string, depth: number): string[] {
  const own = journalSize(join(folder, journalName)) > 0 ? [folder] : [];
  if (depth === 0) return own;
  const below = listFolder(folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort(compareNaturally)
    .flatMap((name) => searchFolder(join(folder, name), depth - 1));
  return [...own, ...below];
}
