// Embeddings of a few unseen characters, kept in the run folder so that a report can map them without data and engine.
import type { Selection } from '../data/pictures/picture-set.js';
import { indexSelection } from '../data/sampling/selection-index.js';
import { readTensorFile, writeTensorFile } from '../training/safetensors.js';

const ALPHABETS = 2;
const CHARACTERS = 4;
const DRAWERS = 12;

/**
 * Pictures of the first characters of the selection's first alphabets by their first drawers, the same in all runs: 96 at
 * most, ascending.
 */
export function chooseEmbeddingSample(selection: Selection): Int32Array {
  const characters = indexSelection(selection)
    .slice(0, ALPHABETS)
    .flatMap((alphabet) => alphabet.characters.slice(0, CHARACTERS));
  return Int32Array.from(characters.flatMap(({ pictures }) => pictures.slice(0, DRAWERS))).sort();
}

export interface EmbeddingSample {
  /** `[pictures, units]`, row by row. */
  readonly embeddings: Float32Array;
  /** The character of each picture, `Kannada/character07`. */
  readonly characters: readonly string[];
}

const ARRAY = 'embeddings';

/** Replaces the file at `path`. */
export function writeEmbeddingSample(path: string, { embeddings, characters }: EmbeddingSample): void {
  const shape = [characters.length, embeddings.length / characters.length];
  writeTensorFile(path, {
    arrays: new Map([[ARRAY, { shape, values: embeddings }]]),
    metadata: { characters: JSON.stringify(characters) },
  });
}

/**
 * The sample in the file at `path`. Throws a OneshotError('corrupt') when it is damaged, and the file system's error when
 * it is missing.
 */
export function readEmbeddingSample(path: string): EmbeddingSample {
  const { arrays, metadata } = readTensorFile(path);
  return { embeddings: arrays.get(ARRAY)!.values, characters: JSON.parse(metadata.characters!) as string[] };
}
