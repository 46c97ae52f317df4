// The words by which people name the parts of a split, in folders, tables and files.
import type { SplitPurpose } from '../pictures/picture-set.js';

const WORDS: Readonly<Record<string, SplitPurpose>> = {
  train: 'train',
  training: 'train',
  base: 'train',
  background: 'train',
  images_background: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  novel: 'test',
  evaluation: 'test',
  images_evaluation: 'test',
};

/** The words that are known, for messages. */
export const SPLIT_WORDS = 'train, val, test';

/** What a word means, in any case; undefined where it names no part of a split. */
export function readSplitWord(word: string): SplitPurpose | undefined {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
}
