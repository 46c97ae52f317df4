// The 20 official one-shot runs of Omniglot (all_runs.zip): in each, 20 pictures by one drawer are to be matched with 20
// by another, all of one evaluation alphabet (Lake, Salakhutdinov, Tenenbaum 2015). One run is one episode of 20 queries.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { openZipOrFolder } from '../files/unpacked-zip.js';
import type { ZipEntry, ZipFile } from '../files/zip-file.js';
import { decodePng } from '../pictures/decode-png.js';
import { allocatePixels, packBits, type UnsealedPictureSet } from '../pictures/picture-file.js';
import type { Episode } from '../sampling/episode.js';
import { OMNIGLOT_LIMITS } from './omniglot.js';
import { LAKE_ALPHABETS, OMNIGLOT_SIZE } from './omniglot-alphabets.js';
import { explainOmniglotFiles, LAKE_RUNS_FILE } from './omniglot-files.js';

/** SHA-256 over labels and decoded pixels of the published zip, in the order that `readLakeRuns` gives them. */
export const LAKE_RUNS_DIGEST = '8184b215c5d8a88d6caa470f98fea3f91d7eea3768473c60d5fbba60397526a8';

/** Ways and queries of a run. */
const WAYS = 20;

/**
 * The drawers of each run as `[support, query]`, counted from 01 as in the file names of images_evaluation.zip, where they
 * were found by comparing pixels; a test repeats it. Runs 1 and 2 are of the first of Lake's alphabets, and so on.
 */
export const LAKE_RUN_DRAWERS: readonly (readonly [support: number, query: number])[] = [
  [5, 8],
  [3, 2],
  [3, 7],
  [4, 2],
  [6, 4],
  [3, 2],
  [5, 2],
  [8, 3],
  [2, 1],
  [8, 3],
  [3, 7],
  [4, 2],
  [8, 4],
  [7, 3],
  [4, 8],
  [1, 2],
  [1, 4],
  [8, 7],
  [1, 3],
  [8, 5],
];

/** 800 pictures, and the episodes that are made of them. */
export interface PublishedLakeRuns {
  /** `[run][support 1-20, query 1-20]`, 105 x 105. A query and its support picture share a character, named `run01/class08`. */
  readonly set: UnsealedPictureSet;
  readonly episodes: readonly Episode[];
}

/** The zip of the runs. Throws a OneshotError('data') when it is missing. */
export function openLakeRuns(folder: string): ZipFile {
  return openZipOrFolder(join(folder, LAKE_RUNS_FILE), OMNIGLOT_LIMITS, explainOmniglotFiles(folder));
}

/** The pictures of the runs. Throws a OneshotError('data') when the zip is damaged or its content is not the published one. */
export async function readLakeRuns(folder: string): Promise<PublishedLakeRuns> {
  const zip = openLakeRuns(folder);
  const hint = explainOmniglotFiles(folder);
  const fail = (what: string, cause?: unknown) =>
    new OneshotError('data', `${join(folder, LAKE_RUNS_FILE)} ${what}`, { hint, cause });
  // Packed again, the runs may lie in a folder of their own.
  const entries = new Map<string, ZipEntry>();
  for (const entry of await zip.listEntries()) {
    const [name] = /run\d\d\/(class_labels\.txt|(test|training)\/(item|class)\d\d\.png)$/.exec(entry.name) ?? [];
    if (name) entries.set(name, entry);
  }
  const read = (name: string) => {
    const entry = entries.get(name);
    if (!entry) throw fail(`lacks ${name}`);
    return entry.read();
  };

  const size = OMNIGLOT_SIZE;
  const pixels = allocatePixels(LAKE_RUN_DRAWERS.length * 2 * WAYS * size * size);
  const character = new Int32Array(LAKE_RUN_DRAWERS.length * 2 * WAYS);
  const drawer = new Int32Array(character.length);
  const characters: { alphabet: number; name: string }[] = [];
  const episodes: Episode[] = [];
  const hash = createHash('sha256');
  LAKE_RUN_DRAWERS.forEach(([supportDrawer, queryDrawer], run) => {
    const alphabet = run >> 1;
    const runName = `run${pad(run + 1)}`;
    const truths = readLabels(read(`${runName}/class_labels.txt`).toString('latin1'), runName);
    if (!truths) throw fail(`is altered: ${runName}/class_labels.txt does not name a class for each item`);
    const first = run * 2 * WAYS;
    const place = (picture: number, name: string, way: number, by: number) => {
      let ink: Uint8Array;
      try {
        ink = decodePng(read(name), size, size);
      } catch (error) {
        if (error instanceof OneshotError) throw error;
        throw fail(`is damaged: ${name} ${(error as Error).message}`, error);
      }
      pixels.set(ink, picture * size * size);
      character[picture] = run * WAYS + way;
      drawer[picture] = by;
      hash.update(`${name} ${way}\n`).update(packBits(ink) ?? ink);
    };
    for (let way = 0; way < WAYS; way++) {
      place(first + way, `${runName}/training/class${pad(way + 1)}.png`, way, supportDrawer - 1);
      characters.push({ alphabet, name: `${runName}/class${pad(way + 1)}` });
    }
    truths.forEach((truth, item) => {
      place(first + WAYS + item, `${runName}/test/item${pad(item + 1)}.png`, truth, queryDrawer - 1);
    });
    episodes.push({
      alphabet: LAKE_ALPHABETS[alphabet],
      supportSet: Array.from({ length: WAYS }, (_, way) => [first + way]),
      queries: truths.map((truth, item) => ({ picture: first + WAYS + item, truth })),
    });
  });
  if (hash.digest('hex') !== LAKE_RUNS_DIGEST)
    throw fail('is altered: some of its pictures are not the published ones');
  const labels = { name: 'lake-runs', alphabets: LAKE_ALPHABETS, characters, character, drawer };
  return { set: { ...labels, height: size, width: size, pixels }, episodes };
}

// Lines of the form `run01/test/item01.png run01/training/class08.png`: the way of each item, or undefined when one is missing.
function readLabels(text: string, runName: string): number[] | undefined {
  const truths = new Map<number, number>();
  for (const [, item, way] of text.matchAll(
    new RegExp(`${runName}/test/item(\\d\\d)\\.png\\s+${runName}/training/class(\\d\\d)\\.png`, 'g'),
  )) {
    truths.set(Number(item) - 1, Number(way) - 1);
  }
  const inOrder = Array.from({ length: WAYS }, (_, item) => truths.get(item) ?? -1);
  return inOrder.every((way) => way >= 0 && way < WAYS) ? inOrder : undefined;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
