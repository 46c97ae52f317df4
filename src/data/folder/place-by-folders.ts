// Where pictures belong by the folders they lie in: `class/picture` or `group/class/picture`, the same everywhere, and
// either of them below `train`, `val` and `test`.
import { ONLY_GROUP } from '../words.js';
import type { BadFile } from './bad-files.js';
import type { ListedPicture } from './listed-picture.js';
import { readSplitWord } from './split-words.js';

/** A picture with its class. */
export interface PlacedPicture {
  readonly group: string;
  readonly className: string;
  readonly picture: ListedPicture;
}

const LAYOUTS = 'class/picture or group/class/picture';

/**
 * The class of each picture; whether the topmost folders are parts of a split. Adds to `bad` what lies elsewhere, and
 * folders that should hold pictures and do not.
 */
export function placeByFolders(
  pictures: readonly ListedPicture[],
  folders: readonly string[],
  bad: BadFile[],
): { placed: PlacedPicture[]; hasSplit: boolean } {
  const tops = [...new Set(folders.map((folder) => folder.split('/')[0]!))];
  const purposes = new Set(tops.map(readSplitWord));
  const hasSplit = purposes.size > 1 && !purposes.has(undefined);
  const skipped = hasSplit ? 1 : 0;
  const partsOf = (path: string) => path.split('/').slice(skipped);

  const isFlat = pictures.some(({ path }) => partsOf(path).length === 2);
  const depth = isFlat ? 2 : 3;
  const filled = new Set<string>();
  const placed: PlacedPicture[] = [];
  const strange = new Set<string>();
  for (const picture of pictures) {
    const parts = partsOf(picture.path);
    if (parts.length < 2) bad.push({ path: picture.path, what: `is in no class: expected ${LAYOUTS}` });
    else if (parts.length !== depth) {
      strange.add(
        picture.path
          .split('/')
          .slice(0, Math.min(depth, parts.length - 1) + skipped)
          .join('/'),
      );
    } else {
      const part = picture.path.split('/')[0]!;
      placed.push({
        group: isFlat ? ONLY_GROUP.folder : parts[0]!,
        className: parts.at(-2)!,
        picture: hasSplit ? { ...picture, part } : picture,
      });
    }
    for (const folder of foldersAbove(picture.path)) filled.add(folder);
  }
  for (const path of strange) {
    bad.push({ path, what: `is a folder where pictures were expected: ${LAYOUTS}, the same everywhere` });
  }
  for (const path of folders) {
    if (filled.has(path) || foldersAbove(path).some((above) => !filled.has(above))) continue;
    bad.push({ path, what: 'is empty: a class takes 2 at least' });
  }
  return { placed, hasSplit };
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
