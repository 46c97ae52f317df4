// Takes single files out of a Python wheel, which is a zip, without holding them in memory: some have a gigabyte.
import { createWriteStream } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';

/**
 * Writes the files of the wheel that `place` gives a path to, relative to `folder`; resolves to how many. Rejects with a
 * OneshotError('engine') when a path would lead out of the folder. The wheel's checksum was compared before.
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  place: (name: string) => string | undefined,
): Promise<number> {
  const zip = await openPromise(wheel, { autoClose: false });
  let files = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const target = entry.fileName.endsWith('/') ? undefined : place(entry.fileName);
      if (target === undefined) continue;
      const path = join(folder, target);
      if (relative(folder, path).startsWith('..')) {
        throw new OneshotError('engine', `${wheel} holds ${entry.fileName}, which leads out of its folder`);
      }
      makeFolder(dirname(path));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
      files++;
    }
  } finally {
    zip.close();
  }
  return files;
}
