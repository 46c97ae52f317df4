// The files of a folder to pictures: read, decoded and made square once, and kept in the cache. Loaded only when pictures
// are: it brings the library that decodes them.
import { join } from 'node:path';
import type { DataFolder } from '../../config/experiment.js';
import { gatherData } from '../gather-data.js';
import type { LoadedData, LoadOptions } from '../loaded-data.js';
import { sealPictureSet } from '../pictures/picture-file.js';
import type { PictureSet } from '../pictures/picture-set.js';
import { cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { readPictureFile } from '../pictures/read-picture-file.js';
import { type ReadPictures, readPictures } from '../pictures/read-pictures.js';
import { failWithBadFiles } from './bad-files.js';
import { channelsOfFolder, describeFolder, settingsOf, sourceKey } from './describe-folder.js';
import { divideFolder } from './divide-folder.js';
import { type FolderListing, listFolder } from './list-folder.js';
import type { ListedGroup } from './listed-picture.js';
import { showPath } from './show-path.js';

/** Progress is told every so many pictures. */
const REPORT_EVERY = 250;

/** The pictures with their split. Throws a OneshotError('data') that names all files that cannot be read. */
export async function loadFolder(section: DataFolder, options: LoadOptions): Promise<LoadedData> {
  const listing = listFolder(section);
  const files = listFiles(listing.groups);
  const cache = { folder: options.cacheFolder, report: options.report };
  const labels = listing.groups.map(({ name, classes }) => [name, classes.map((member) => member.name)]);
  const key = { ...sourceKey(section), labels, files: files.map(({ character, hash }) => [character, hash]) };
  const pictures = await cacheSizedPictures(cache, 'folder', key, resolveSizes(section), () =>
    readSet(section, listing, files, options),
  );
  const description = describeFolder(section);
  for (const note of description.notes ?? []) options.report?.(note);
  const data = gatherData(pictures, divideFolder(listing, section).rule, description);
  return { ...data, fileOf: (picture) => showPath(files[picture]!.path) };
}

/** A picture file with the number of its class. */
interface ListedFile {
  /** Within the data set's folder. */
  readonly path: string;
  readonly hash: string;
  readonly character: number;
}

function listFiles(groups: readonly ListedGroup[]): ListedFile[] {
  return groups
    .flatMap(({ classes }) => classes)
    .flatMap(({ pictures }, character) => pictures.map(({ path, hash }) => ({ path, hash, character })));
}

async function readSet(
  section: DataFolder,
  { root, groups }: FolderListing,
  files: readonly ListedFile[],
  { report, cacheFolder }: LoadOptions,
): Promise<PictureSet> {
  const settings = settingsOf(section);
  report?.(`decoding ${files.length} pictures of ${section.path} (once; kept in ${cacheFolder})`);
  const read = await readPictures(
    files.length,
    (index) => readPictureFile(join(root, files[index]!.path)),
    settings,
    (done) => {
      if (done % REPORT_EVERY === 0) report?.(`decoded ${done} of ${files.length} pictures`);
    },
  );
  if (read.unread.length > 0) {
    throw failWithBadFiles(
      `${read.unread.length} of ${files.length} pictures of ${section.path} cannot be read`,
      read.unread.map(({ index, what }) => ({ path: files[index]!.path, what })),
      'Convert, repair or remove them.',
    );
  }
  if (section.ink === 'auto') tellInk(read, report);
  return sealPictureSet({
    name: 'folder',
    height: settings.size,
    width: settings.size,
    channels: channelsOfFolder(section),
    pixels: read.pixels,
    alphabets: groups.map(({ name }) => name),
    characters: groups.flatMap(({ classes }, alphabet) => classes.map(({ name }) => ({ alphabet, name }))),
    character: Int32Array.from(files, ({ character }) => character),
    // Nothing says who made which picture.
    drawer: Int32Array.from(files.keys()),
  });
}

function tellInk({ isInkDark, papers }: ReadPictures, report: LoadOptions['report']): void {
  if (isInkDark === undefined) return;
  const others = papers.filter((paper) => paper >= 127.5 !== isInkDark).length;
  const doubt = others === 0 ? '' : `; ${others} of ${papers.length} pictures look the other way round`;
  report?.(`the edges of the pictures are ${isInkDark ? 'light, so ink is dark' : 'dark, so ink is light'}${doubt}`);
}
