// Omniglot from its two zips, as published at github.com/brendenlake/omniglot (folder python), packed again or unpacked. What
// counts is the content: a digest over labels and decoded pixels is compared with the published pictures' own.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { openZipOrFolder } from '../files/unpacked-zip.js';
import type { ZipFile, ZipLimits } from '../files/zip-file.js';
import { decodePng } from '../pictures/decode-png.js';
import { allocatePixels, packBits, type UnsealedPictureSet, unpackBits } from '../pictures/picture-file.js';
import type { Character } from '../pictures/picture-set.js';
import { OMNIGLOT_DRAWERS, OMNIGLOT_SIZE } from './omniglot-alphabets.js';
import { BACKGROUND, EVALUATION, explainOmniglotFiles, type OmniglotPart } from './omniglot-files.js';

/** The zips are of 14 MB and 32,460 small files; anything far beyond is not Omniglot. */
export const OMNIGLOT_LIMITS: ZipLimits = { zipBytes: 256 * 2 ** 20, entries: 100_000, entryBytes: 64 * 1024 };

/** One picture of a zip. */
export interface Drawing {
  readonly alphabet: string;
  /** `character01`. */
  readonly character: string;
  /** Counted from 0; the file names count from 01. */
  readonly drawer: number;
  /** `[105, 105]`, one bit for each pixel, 1 where there is ink (`packBits`): 32,460 of them take 45 MB. */
  readonly bits: Uint8Array;
}

/** The two zips of a folder, unopened further. Throws a OneshotError('data') when one is missing. */
export function openOmniglot(folder: string): { background: ZipFile; evaluation: ZipFile } {
  const open = (part: OmniglotPart) =>
    openZipOrFolder(join(folder, part.file), OMNIGLOT_LIMITS, explainOmniglotFiles(folder));
  return { background: open(BACKGROUND), evaluation: open(EVALUATION) };
}

/**
 * All 32,460 pictures at 105 x 105, background first; within each part by alphabet, character, drawer.
 * Throws a OneshotError('data') that names the file when its content is not the published one.
 */
export async function readOmniglot(folder: string): Promise<UnsealedPictureSet> {
  openOmniglot(folder); // both are there before one is decoded
  return gatherDrawings([...(await readPart(folder, BACKGROUND)), ...(await readPart(folder, EVALUATION))]);
}

/** The pictures of one zip. Throws a OneshotError('data') that names the file when its content is not the published one. */
export async function readPart(folder: string, part: OmniglotPart): Promise<Drawing[]> {
  const path = join(folder, part.file);
  const hint = explainOmniglotFiles(folder);
  const drawings = await readDrawings(openZipOrFolder(path, OMNIGLOT_LIMITS, hint), path, hint);
  checkPart(drawings, part, folder);
  return drawings;
}

/**
 * The pictures of one zip, by alphabet, character, drawer. Throws a OneshotError('data') when it is damaged, or holds
 * other things than Omniglot's.
 */
export async function readDrawings(zip: ZipFile, path: string, hint: string): Promise<Drawing[]> {
  const drawings = new Map<string, Drawing>();
  for (const entry of await zip.listEntries()) {
    if (!entry.name.endsWith('.png')) continue;
    const fail = (what: string, cause?: unknown) =>
      new OneshotError('data', `${path} is not Omniglot's: ${entry.name} ${what}`, { hint, cause });
    const [, alphabet, character, drawer] = /([^/]+)\/(character\d{2})\/\d{4}_(\d{2})\.png$/.exec(entry.name) ?? [];
    if (!alphabet || !character || !drawer) throw fail('is not of the form ALPHABET/characterNN/NNNN_NN.png');
    const key = `${alphabet}/${character}/${drawer}`;
    if (drawings.has(key)) throw fail('is there twice');
    const bytes = entry.read();
    let bits: Uint8Array | undefined;
    try {
      bits = packBits(decodePng(bytes, OMNIGLOT_SIZE, OMNIGLOT_SIZE));
    } catch (error) {
      throw fail((error as Error).message, error);
    }
    if (!bits) throw fail('has greys; expected black and white');
    drawings.set(key, { alphabet, character, drawer: Number(drawer) - 1, bits });
  }
  return [...drawings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, drawing]) => drawing);
}

/** SHA-256 over labels and pixels of sorted drawings, 64 hex digits: the same however they were packed. */
export function hashDrawings(drawings: readonly Drawing[]): string {
  const hash = createHash('sha256');
  for (const { alphabet, character, drawer, bits } of drawings) {
    hash.update(`${alphabet}/${character}/${drawer}\n`).update(bits);
  }
  return hash.digest('hex');
}

function checkPart(found: readonly Drawing[], part: OmniglotPart, folder: string): void {
  if (hashDrawings(found) === part.digest) return;
  const characters = [...part.alphabets.values()].reduce((sum, count) => sum + count, 0);
  const expected = characters * OMNIGLOT_DRAWERS;
  const difference =
    found.length === expected
      ? 'some of its pictures are not the published ones'
      : `it holds ${found.length} pictures; expected ${expected}`;
  throw new OneshotError('data', `${join(folder, part.file)} is altered: ${difference}`, {
    hint: explainOmniglotFiles(folder),
  });
}

/** The drawings as one picture set, in their order; alphabets and characters are numbered as they come. */
export function gatherDrawings(drawings: readonly Drawing[]): UnsealedPictureSet {
  const size = OMNIGLOT_SIZE;
  const alphabets: string[] = [];
  const characters: Character[] = [];
  const character = new Int32Array(drawings.length);
  const drawer = new Int32Array(drawings.length);
  const pixels = allocatePixels(drawings.length * size * size);
  let last = '';
  drawings.forEach((drawing, i) => {
    if (alphabets.at(-1) !== drawing.alphabet) alphabets.push(drawing.alphabet);
    const name = `${drawing.alphabet}/${drawing.character}`;
    if (name !== last) characters.push({ alphabet: alphabets.length - 1, name: drawing.character });
    last = name;
    character[i] = characters.length - 1;
    drawer[i] = drawing.drawer;
    unpackBits(drawing.bits, pixels.subarray(i * size * size, (i + 1) * size * size));
  });
  return { name: 'omniglot', height: size, width: size, pixels, alphabets, characters, character, drawer };
}
