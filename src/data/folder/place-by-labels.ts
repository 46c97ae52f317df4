// Where pictures belong by files that say so, wherever in the folder they lie: by path, or by name where that is enough.
import { join } from 'node:path';
import { readBounded } from '../../base/bounded-file.js';
import { ONLY_GROUP } from '../words.js';
import type { BadFile } from './bad-files.js';
import type { ListedPicture } from './listed-picture.js';
import type { PlacedPicture } from './place-by-folders.js';
import { type Label, readLabels } from './read-labels.js';

/** Bytes of a file of labels at most. */
const MAX_LABELS_BYTES = 256 * 2 ** 20;

/** What lies in a folder: pictures, and files that would be pictures if they could be read, each with why it cannot. */
export interface FoundPictures {
  readonly pictures: readonly ListedPicture[];
  readonly unusable: readonly BadFile[];
}

/**
 * The class of each picture that the files name; whether they divide the pictures. What they do not name is added to
 * `passedOver`, whether it could be read or not; what is wrong with what they name, and with the files themselves, to `bad`.
 */
export function placeByLabels(
  folder: string,
  files: readonly string[],
  { pictures, unusable }: FoundPictures,
  passedOver: BadFile[],
  bad: BadFile[],
): { placed: PlacedPicture[]; hasSplit: boolean } {
  const labels = files.flatMap((file) => readFile(folder, file, bad));
  const faults = new Map(unusable.map(({ path, what }) => [path, what]));
  const find = indexPictures([...pictures, ...unusable.map(({ path }) => ({ path, hash: '' }))]);
  const placed: PlacedPicture[] = [];
  const taken = new Map<string, Label>();
  for (const label of labels) {
    const found = find(label);
    if (found.length === 0) {
      const what =
        label.picture === undefined ? `the class ${label.className}, of which` : `${label.picture}, of which`;
      bad.push({ path: label.where, what: `names ${what} there is no picture` });
    }
    for (const picture of found) {
      const fault = faults.get(picture.path);
      if (fault !== undefined) {
        bad.push({ path: label.where, what: `names ${picture.path}, which ${fault}` });
        continue;
      }
      const before = taken.get(picture.path);
      if (before !== undefined && before.className === label.className && before.part === label.part) continue;
      if (before !== undefined) {
        bad.push({ path: label.where, what: `names ${picture.path} again, otherwise than ${before.where}` });
        continue;
      }
      taken.set(picture.path, label);
      const { part, group = ONLY_GROUP.folder, className } = label;
      placed.push({ group, className, picture: part === undefined ? picture : { ...picture, part } });
    }
  }
  const unnamed = [...pictures, ...unusable].filter(({ path }) => !taken.has(path));
  for (const { path } of unnamed) passedOver.push({ path, what: `not in ${files.join(', ')}` });
  const parts = new Set(placed.map(({ picture }) => picture.part));
  return { placed, hasSplit: parts.size > 1 && !parts.has(undefined) };
}

function readFile(folder: string, file: string, bad: BadFile[]): Label[] {
  try {
    return readLabels(file, readBounded(join(folder, file), MAX_LABELS_BYTES).toString('utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    bad.push({ path: file, what: code === undefined ? `cannot be used: ${message}` : `cannot be read (${code})` });
    return [];
  }
}

// A name that several pictures have says nothing: then the path has to.
function indexPictures(pictures: readonly ListedPicture[]): (label: Label) => ListedPicture[] {
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]));
  const byName = new Map<string, ListedPicture[]>();
  const byFolder = new Map<string, ListedPicture[]>();
  for (const picture of pictures) {
    const parts = picture.path.split('/');
    add(byName, parts.at(-1)!, picture);
    for (const folder of parts.slice(0, -1)) add(byFolder, folder, picture);
  }
  return ({ picture, className }) => {
    if (picture === undefined) return byFolder.get(className) ?? [];
    const exact = byPath.get(picture);
    if (exact !== undefined) return [exact];
    const named = byName.get(picture.slice(picture.lastIndexOf('/') + 1)) ?? [];
    const fitting = named.filter(
      ({ path }) => path === picture || path.endsWith(`/${picture}`) || picture.endsWith(`/${path}`),
    );
    const found = fitting.length > 0 ? fitting : named;
    return found.length === 1 ? found : [];
  };
}

function add(index: Map<string, ListedPicture[]>, key: string, picture: ListedPicture): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [picture]);
  else list.push(picture);
}
