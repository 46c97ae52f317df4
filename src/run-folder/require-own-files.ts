// Run folders come from other machines and other people: what is read from them is theirs alone. Links that lead out of
// the folder would show, send or remove somebody's files; pipes and devices would never end.
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { requireInside } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';
import { VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import { runFiles } from './run-folder.js';

/** What is read of a run folder; anything else in it is nobody's business. */
const NAMES: ReadonlySet<string> = new Set([
  ...Object.values(runFiles('')).map((path) => basename(path)),
  VERIFICATION_FILE,
  'digests.json',
]);
const FOLDERS: ReadonlySet<string> = new Set(['pictures', 'predictions']);

/** Throws OneshotError('corrupt') where a file of a run is a link out of its folder, a pipe, a device or a socket. */
export function requireOwnFiles(folder: string): void {
  checkFolder(folder, folder, (name) => NAMES.has(name));
}

function checkFolder(folder: string, root: string, isOurs: (name: string) => boolean): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!isOurs(entry.name)) continue;
    const path = join(folder, entry.name);
    const isFolder = folder === root && FOLDERS.has(entry.name);
    if (entry.isFile() && !isFolder) continue;
    if (entry.isSymbolicLink()) requireInside(path, root);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (isFolder ? !found.isDirectory() : !found.isFile())
      throw new OneshotError('corrupt', `${path} is no ${isFolder ? 'folder' : 'regular file'}`, {
        hint: 'nothing is read from it; remove it, or move its run folder away',
      });
    if (isFolder) checkFolder(path, root, () => true);
  }
}
