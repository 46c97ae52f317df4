// What lies in a folder of one's own pictures, by names and sizes alone: `group/class/picture` or `class/picture`. All that
// is wrong with it is found here, but for what only the pixels can tell.
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { MAX_FILE_BYTES } from '../pictures/picture-header.js';
import { type BadFile, failWithBadFiles } from './bad-files.js';
import { showPath } from './show-path.js';

/** A picture file of a class. */
export interface ListedPicture {
  /** Its name in the folder of its class. */
  readonly name: string;
  readonly bytes: number;
}

export interface ListedClass {
  readonly name: string;
  /** Its folder within the data set's, with `/`. */
  readonly path: string;
  /** Sorted by name. */
  readonly pictures: readonly ListedPicture[];
}

export interface ListedGroup {
  readonly name: string;
  /** Sorted by name. */
  readonly classes: readonly ListedClass[];
}

/** The name of the one group of a folder of classes. */
const ONLY_GROUP = 'pictures';

/** Pictures of a class at least: one to know it by, and one to ask for. */
const MIN_PICTURES = 2;
/** Pictures of a data set at most. */
const MAX_PICTURES = 500_000;

const PICTURE = /\.(png|jpe?g)$/i;
const OTHER_PICTURE = /\.(gif|bmp|tiff?|webp|heic|heif|avif|svg|ico|jp2|jxl|psd|raw|dng|cr2|nef|arw|pdf|eps)$/i;
const DESKTOP_LITTER = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/** The groups of a folder, sorted by name. Throws a OneshotError('data') with everything that stops it from being a data set. */
export function listFolder(folder: string): ListedGroup[] {
  const bad: BadFile[] = [];
  const reader = new FolderReader(folder, bad);
  const root = reader.read('');
  for (const { path } of root.pictures) {
    bad.push({ path, what: 'is in no class: expected class/picture or group/class/picture' });
  }
  const tops = root.folders.map((path) => reader.read(path));
  const isFlat = tops.some(({ pictures }) => pictures.length > 0);
  const groups = isFlat
    ? [{ name: ONLY_GROUP, classes: tops.map((top) => asClass(top, bad)) }]
    : tops.map((top) => asGroup(top, reader, bad));
  if (tops.length === 0 && bad.length === 0) {
    throw new OneshotError('data', `${folder} holds no folders of pictures`, { hint: EXPLAIN_FOLDERS });
  }
  if (bad.length > 0) {
    throw failWithBadFiles(
      `${folder} cannot be used: ${bad.length} ${bad.length === 1 ? 'thing is' : 'things are'} wrong in it`,
      bad,
      EXPLAIN_FOLDERS,
    );
  }
  const count = groups.flatMap(({ classes }) => classes).reduce((sum, { pictures }) => sum + pictures.length, 0);
  if (count > MAX_PICTURES) {
    throw new OneshotError('data', `${folder} holds ${count} pictures; expected at most ${MAX_PICTURES}`);
  }
  return groups;
}

const EXPLAIN_FOLDERS =
  'Each class is a folder of its own with two PNG or JPEG pictures at least: class/picture, or group/class/picture ' +
  'where classes belong together (the characters of an alphabet). Other kinds of pictures have to be converted or removed.';

/** What lies directly in a folder of the data set. */
interface FolderContent {
  /** Within the data set's folder; empty for that folder itself. */
  readonly path: string;
  readonly folders: readonly string[];
  readonly pictures: readonly (ListedPicture & { readonly path: string })[];
}

/** Reads folders, and remembers which: a link to one that is read already would count it twice, or lead round in a circle. */
class FolderReader {
  readonly #root: string;
  readonly #bad: BadFile[];
  readonly #seen = new Set<string>();

  constructor(root: string, bad: BadFile[]) {
    this.#root = root;
    this.#bad = bad;
  }

  read(path: string): FolderContent {
    const empty = { path, folders: [], pictures: [] };
    const place = join(this.#root, path);
    let entries: Dirent[];
    try {
      const real = realpathSync(place);
      if (this.#seen.has(real)) return this.#refuse(path, 'is a link to a folder that is read already', empty);
      this.#seen.add(real);
      entries = readdirSync(place, { withFileTypes: true });
    } catch (error) {
      if (path !== '') return this.#refuse(path, `cannot be read (${reasonOf(error)})`, empty);
      throw new OneshotError('data', `${place} ${whyNoFolder(error)}`, { cause: error });
    }
    const folders: string[] = [];
    const pictures: (ListedPicture & { path: string })[] = [];
    // By code units, the same everywhere.
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of entries) {
      if (DESKTOP_LITTER.test(name)) continue;
      const inside = path === '' ? name : `${path}/${name}`;
      const stat = this.#stat(inside, name);
      if (stat?.isDirectory()) folders.push(inside);
      else if (stat !== undefined && PICTURE.test(name)) this.#addPicture(inside, name, stat, pictures);
      else if (stat !== undefined && OTHER_PICTURE.test(name)) {
        this.#refuse(inside, 'is a picture of another kind; expected PNG or JPEG', undefined);
      }
    }
    return { path, folders, pictures };
  }

  // Links are followed. What is neither a folder nor named like a picture does not matter, even where it cannot be read.
  #stat(path: string, name: string): Stats | undefined {
    try {
      return statSync(join(this.#root, path));
    } catch (error) {
      if (PICTURE.test(name) || !name.includes('.'))
        this.#refuse(path, `cannot be read (${reasonOf(error)})`, undefined);
      return undefined;
    }
  }

  #addPicture(path: string, name: string, stat: Stats, pictures: (ListedPicture & { path: string })[]): void {
    if (!stat.isFile()) this.#refuse(path, 'is no regular file', undefined);
    else if (stat.size > MAX_FILE_BYTES) {
      this.#refuse(path, `has ${stat.size} bytes; expected at most ${MAX_FILE_BYTES}`, undefined);
    } else pictures.push({ path, name, bytes: stat.size });
  }

  #refuse<T>(path: string, what: string, result: T): T {
    this.#bad.push({ path, what });
    return result;
  }
}

function asGroup(top: FolderContent, reader: FolderReader, bad: BadFile[]): ListedGroup {
  if (top.folders.length === 0) bad.push({ path: top.path, what: 'is empty: expected classes, or pictures' });
  return { name: top.path, classes: top.folders.map((path) => asClass(reader.read(path), bad)) };
}

function asClass({ path, folders, pictures }: FolderContent, bad: BadFile[]): ListedClass {
  for (const inside of folders) {
    bad.push({
      path: inside,
      what:
        pictures.length > 0
          ? 'is a folder beside pictures: expected class/picture or group/class/picture'
          : 'is a folder where pictures were expected: class/picture or group/class/picture, the same everywhere',
    });
  }
  if (folders.length === 0 && pictures.length < MIN_PICTURES) {
    const found = pictures.length === 0 ? 'is empty' : `has a single picture, ${showPath(pictures[0]!.name)}`;
    bad.push({ path, what: `${found}: a class takes ${MIN_PICTURES} at least` });
  }
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    pictures: pictures.map(({ name, bytes }) => ({ name, bytes })),
  };
}

function whyNoFolder(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'ENOTDIR') return 'is no folder';
  return `cannot be read (${reasonOf(error)})`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'what it links to is missing, or its name is no UTF-8' : (code ?? message);
}
