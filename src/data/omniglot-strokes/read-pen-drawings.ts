// Pen strokes and pictures from Omniglot's zips. What counts is the content: digests are compared with those of the published
// files.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { openZipOrFolder } from '../files/unpacked-zip.js';
import { type Drawing, hashDrawings, OMNIGLOT_LIMITS, readDrawings } from '../omniglot/omniglot.js';
import { type PenDrawing, parsePenStrokes } from './pen-drawing.js';
import { explainStrokeFiles, type StrokePart } from './stroke-files.js';

/** All drawings of a part, by alphabet, character, drawer. Throws a OneshotError('data') when they are not the published ones. */
export async function readPenDrawings(folder: string, part: StrokePart): Promise<PenDrawing[]> {
  const path = join(folder, part.strokes);
  const hint = explainStrokeFiles(folder);
  const fail = (what: string, cause?: unknown) => new OneshotError('data', `${path} ${what}`, { hint, cause });
  const found = new Map<string, { readonly text: string; readonly drawing: PenDrawing }>();
  for (const entry of await openZipOrFolder(path, OMNIGLOT_LIMITS, hint).listEntries()) {
    const [, alphabet, character, drawer] = /([^/]+)\/(character\d{2})\/\d{4}_(\d{2})\.txt$/.exec(entry.name) ?? [];
    if (!alphabet || !character || !drawer) continue;
    const text = entry.read().toString('utf8');
    try {
      const drawing = { alphabet, character, drawer: Number(drawer) - 1, strokes: parsePenStrokes(text) };
      found.set(`${alphabet}/${character}/${drawer}`, { text, drawing });
    } catch (error) {
      throw fail(`is not Omniglot's: ${entry.name}: ${(error as Error).message}`, error);
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const [name, { text }] of sorted) hash.update(`${name}\n`).update(text);
  if (hash.digest('hex') !== part.strokesDigest) {
    throw fail(`is altered: its ${found.size} drawings are not the published ones`);
  }
  return sorted.map(([, { drawing }]) => drawing);
}

/** The pictures of a part, in the same order. Throws as `readPenDrawings` does. */
export async function readPenPictures(folder: string, part: StrokePart): Promise<Drawing[]> {
  const path = join(folder, part.pictures);
  const hint = explainStrokeFiles(folder);
  const drawings = await readDrawings(openZipOrFolder(path, OMNIGLOT_LIMITS, hint), path, hint);
  if (hashDrawings(drawings) !== part.picturesDigest) {
    throw new OneshotError('data', `${path} is altered: its ${drawings.length} pictures are not the published ones`, {
      hint,
    });
  }
  return drawings;
}
