// The folder that a zip becomes when it is unpacked, read as the zip itself: people keep data sets either way.
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { DESKTOP_LITTER, openZip, type ZipEntry, type ZipFile, type ZipLimits } from './zip-file.js';

/** The folder beside a zip's place that has its name, where the zip itself is missing; undefined otherwise. */
export function findUnpacked(zipPath: string): string | undefined {
  const folder = zipPath.replace(/\.zip$/i, '');
  if (folder === zipPath || existsSync(zipPath)) return undefined;
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : undefined;
}

/** The zip at `path`, or the folder that it was unpacked to. Throws a OneshotError('data') as `openZip` does. */
export function openZipOrFolder(path: string, limits: ZipLimits, hint: string): ZipFile {
  const folder = findUnpacked(path);
  return folder === undefined ? openZip(path, limits, hint) : openUnpacked(folder, limits, hint);
}

/** A folder's files as the entries of a zip; links are none of them. `bytes` are its files' names, sizes and times. */
function openUnpacked(folder: string, limits: ZipLimits, hint: string): ZipFile {
  const fail = (what: string, cause?: unknown) => new OneshotError('data', `${folder} ${what}`, { hint, cause });
  const entries: ZipEntry[] = [];
  const stamps: string[] = [];
  const visit = (place: string) => {
    for (const entry of readdirSync(join(folder, place), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const name = place === '' ? entry.name : `${place}/${entry.name}`;
      if (DESKTOP_LITTER.test(name)) continue;
      if (entry.isDirectory()) visit(name);
      if (!entry.isFile()) continue;
      const { size, mtimeMs, ctimeMs, ino } = lstatSync(join(folder, name));
      if (size > limits.entryBytes) throw fail(`holds ${name} of ${size} bytes; expected at most ${limits.entryBytes}`);
      if (entries.length === limits.entries) throw fail(`holds more than ${limits.entries} files`);
      stamps.push(`${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}`);
      entries.push({ name, read: () => readFileSync(join(folder, name)) });
    }
  };
  try {
    visit('');
  } catch (error) {
    if (error instanceof OneshotError) throw error;
    throw fail(`cannot be read (${(error as Error).message})`, error);
  }
  return { bytes: Buffer.from(stamps.join('\n')), listEntries: async () => entries };
}
