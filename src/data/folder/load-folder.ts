// The files of a folder to pictures: read, decoded and made square once, and kept in the cache. Loaded only when pictures
// are: it brings the libraries that decode them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { OneshotError } from '../../base/problem.js';
import { hashBytes } from '../../base/stable-hash.js';
import type { DataFolder } from '../../config/experiment.js';
import { gatherData } from '../gather-data.js';
import type { LoadedData, LoadOptions } from '../loaded-data.js';
import { decodePicture } from '../pictures/decode-picture.js';
import { createFitter } from '../pictures/fit-picture.js';
import { allocatePixels, sealPictureSet } from '../pictures/picture-file.js';
import type { PictureSet, Split } from '../pictures/picture-set.js';
import { cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { SPLIT_PURPOSES } from '../splits.js';
import { type BadFile, failWithBadFiles } from './bad-files.js';
import { describeFolder, sourceKey } from './describe-folder.js';
import { divideFolder } from './divide-folder.js';
import { type ListedGroup, listFolder } from './list-folder.js';
import { measurePaperBrightness } from './paper-brightness.js';
import { showPath } from './show-path.js';

/** Progress is told every so many pictures. */
const REPORT_EVERY = 250;

/** The pictures with their split. Throws a OneshotError('data') that names all files that cannot be read. */
export async function loadFolder(section: DataFolder, options: LoadOptions): Promise<LoadedData> {
  const groups = listFolder(section.path);
  const files = listFiles(groups);
  const hashes = await hashFiles(section.path, files);
  const sizes = resolveSizes(section);
  const cache = { folder: options.cacheFolder, report: options.report };
  const key = { ...sourceKey(section), files: files.map(({ path }, i) => [path, hashes[i]!]) };
  const pictures = await cacheSizedPictures(cache, 'folder', key, sizes, () =>
    readPictures(section, groups, files, options),
  );
  const data = gatherData(pictures, divideFolder(groups, section), describeFolder(section));
  refuseCopies(data.split, files, hashes);
  return data;
}

/** A picture file with the number of its class. */
interface ListedFile {
  /** Within the data set's folder. */
  readonly path: string;
  readonly character: number;
}

function listFiles(groups: readonly ListedGroup[]): ListedFile[] {
  return groups
    .flatMap(({ classes }) => classes)
    .flatMap(({ path, pictures }, character) => pictures.map(({ name }) => ({ path: `${path}/${name}`, character })));
}

async function hashFiles(folder: string, files: readonly ListedFile[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const { path } of files) {
    hashes.push(hashBytes(readPictureFile(folder, path)));
    await yieldToEvents();
  }
  return hashes;
}

function readPictureFile(folder: string, path: string): Buffer {
  try {
    return readFileSync(join(folder, path));
  } catch (error) {
    throw new OneshotError('data', `${showPath(join(folder, path))} cannot be read (${(error as Error).message})`, {
      cause: error,
    });
  }
}

// Decodes every file before anything is said about any: whoever has three damaged files wants to hear of all three.
async function readPictures(
  section: DataFolder,
  groups: readonly ListedGroup[],
  files: readonly ListedFile[],
  { report, cacheFolder }: LoadOptions,
): Promise<PictureSet> {
  const { sourceSize: size, inkGain } = resolveSizes(section);
  report?.(`decoding ${files.length} pictures of ${section.path} (once; kept in ${cacheFolder})`);
  const fitToSquare = createFitter(size);
  const dark = allocatePixels(files.length * size * size);
  const light = allocatePixels(files.length * size * size);
  const papers: number[] = [];
  const bad: BadFile[] = [];
  for (const [i, { path }] of files.entries()) {
    const bytes = readPictureFile(section.path, path);
    try {
      const picture = decodePicture(bytes);
      papers.push(measurePaperBrightness(picture));
      const fitted = fitToSquare(picture);
      dark.set(fitted.dark, i * size * size);
      light.set(fitted.light, i * size * size);
    } catch (error) {
      bad.push({ path, what: (error as Error).message });
    }
    if ((i + 1) % REPORT_EVERY === 0) report?.(`decoded ${i + 1} of ${files.length} pictures`);
    await yieldToEvents();
  }
  if (bad.length > 0) {
    throw failWithBadFiles(
      `${bad.length} of ${files.length} pictures of ${section.path} cannot be read`,
      bad,
      'Convert, repair or remove them.',
    );
  }
  const pixels = isInkDark(section.ink, papers, report) ? dark : light;
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(255, Math.round(pixels[i]! * inkGain));
  return sealPictureSet({
    name: 'folder',
    height: size,
    width: size,
    pixels,
    alphabets: groups.map(({ name }) => name),
    characters: groups.flatMap(({ classes }, alphabet) => classes.map(({ name }) => ({ alphabet, name }))),
    character: Int32Array.from(files, ({ character }) => character),
    // Nothing says who made which picture.
    drawer: Int32Array.from(files.keys()),
  });
}

function isInkDark(ink: DataFolder['ink'], papers: readonly number[], report: LoadOptions['report']): boolean {
  if (ink !== 'auto') return ink === 'dark';
  const mean = papers.reduce((sum, paper) => sum + paper, 0) / papers.length;
  const isDark = mean >= 127.5;
  const others = papers.filter((paper) => paper >= 127.5 !== isDark).length;
  const doubt = others === 0 ? '' : `; ${others} of ${papers.length} pictures look the other way round`;
  report?.(`the edges of the pictures are ${isDark ? 'light, so ink is dark' : 'dark, so ink is light'}${doubt}`);
  return isDark;
}

/** Copies of one file for two purposes would let the network see the answers. */
function refuseCopies(split: Split, files: readonly ListedFile[], hashes: readonly string[]): void {
  const first = new Map<string, { purpose: string; path: string }>();
  const bad: BadFile[] = [];
  for (const purpose of SPLIT_PURPOSES) {
    for (const picture of split[purpose].pictures) {
      const { path } = files[picture]!;
      const twin = first.get(hashes[picture]!);
      if (twin === undefined) first.set(hashes[picture]!, { purpose, path });
      else if (twin.purpose !== purpose) {
        bad.push({ path, what: `(${purpose}) is a copy of ${showPath(twin.path)} (${twin.purpose})` });
      }
    }
  }
  if (bad.length === 0) return;
  throw failWithBadFiles(
    `${bad.length} ${bad.length === 1 ? 'picture stands' : 'pictures stand'} on both sides of the split`,
    bad,
    'Remove one of each, or divide the folder otherwise.',
  );
}
