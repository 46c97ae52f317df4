// The folder of a data set where it lies packed: a ZIP or tar file (gzip or not) is unpacked once, into the cache.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { temporaryName } from '../../base/atomic-file.js';
import { userPicturesFolder } from '../../base/environment.js';
import { OneshotError } from '../../base/problem.js';
import { hashBytes } from '../../base/stable-hash.js';

/** Bytes of an archive at most, and of one file and all files in it. */
const MAX_ARCHIVE_BYTES = 2 ** 30;
const MAX_FILE_BYTES = 2 ** 28;
const MAX_UNPACKED_BYTES = 2 ** 33;

/**
 * The folder at a path, or the one that the archive there holds. Throws a OneshotError('data') when the archive cannot
 * be unpacked.
 */
export function openFolder(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return path;
  const stamp = [realpathSync(path), stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino].join(' ');
  const folder = join(userPicturesFolder(process.env), `unpacked-${hashBytes(stamp).slice(0, 16)}`);
  if (!existsSync(folder)) unpackInto(path, stat.size, folder);
  return descend(folder);
}

function unpackInto(path: string, bytes: number, folder: string): void {
  const fail = (what: string, cause?: unknown) =>
    new OneshotError('data', `${path} ${what}`, {
      hint: 'data.path is a folder of pictures, or a ZIP or tar file of one',
      cause,
    });
  const isZip = /\.zip$/i.test(path);
  if (!isZip && !/\.(tar|tgz|tar\.gz)$/i.test(path)) throw fail('is no folder');
  if (bytes > MAX_ARCHIVE_BYTES) throw fail(`has ${bytes} bytes; expected at most ${MAX_ARCHIVE_BYTES}: unpack it`);
  const place = temporaryName(folder);
  try {
    mkdirSync(place, { recursive: true });
    if (isZip) unpackZip(path, place);
    else unpackTar(path, place);
    renameSync(place, folder);
  } catch (error) {
    throw fail(`cannot be unpacked (${(error as Error).message})`, error);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function unpackZip(path: string, folder: string): void {
  const { unzipSync } = createRequire(import.meta.url)('fflate') as typeof import('fflate');
  const budget = createBudget();
  const files = unzipSync(readFileSync(path), {
    filter: ({ name, originalSize }) => !name.endsWith('/') && isInside(name) && budget.takes(name, originalSize),
  });
  for (const [name, content] of Object.entries(files)) {
    const target = join(folder, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

// Links and devices stay away: what is no file and no folder is not taken.
function unpackTar(path: string, folder: string): void {
  const { extract } = createRequire(import.meta.url)('tar') as typeof import('tar');
  const budget = createBudget();
  extract({
    file: path,
    cwd: folder,
    sync: true,
    strict: true,
    noMtime: true,
    filter: (name, entry) => {
      if (!('type' in entry) || (entry.type !== 'File' && entry.type !== 'OldFile'))
        return 'type' in entry && entry.type === 'Directory';
      return isInside(name) && budget.takes(name, entry.size);
    },
  });
}

function createBudget() {
  let total = 0;
  return {
    takes(name: string, bytes: number): true {
      total += bytes;
      if (bytes > MAX_FILE_BYTES) throw new Error(`${name} has ${bytes} bytes`);
      if (total > MAX_UNPACKED_BYTES) throw new Error(`its files have more than ${MAX_UNPACKED_BYTES} bytes`);
      return true;
    },
  };
}

/** Whether a name leads to a place within the folder. */
function isInside(name: string): boolean {
  if (!/^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(name)) return true;
  throw new Error(`it holds ${JSON.stringify(name)}, which leads out of it`);
}

// Most archives hold one folder, and that the pictures.
function descend(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !/^(\.|__MACOSX$)/.test(name));
  const [only] = entries;
  if (entries.length !== 1 || !only?.isDirectory()) return folder;
  const inside = join(folder, only.name);
  const hasFolders = readdirSync(inside, { withFileTypes: true }).some((entry) => entry.isDirectory());
  return hasFolders ? descend(inside) : folder;
}
