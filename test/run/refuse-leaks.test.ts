import { expect, test } from 'vitest';
import type { DataDescription } from '../../src/data/loaded-data.js';
import type { PictureSet, SplitPurpose } from '../../src/data/pictures/picture-set.js';
import { refuseLeaks } from '../../src/run/refuse-leaks.js';

/** Four pictures: two characters of an alphabet, each by drawers 0 and 1. */
const set: PictureSet = {
  name: 'four',
  height: 1,
  width: 1,
  channels: 1,
  pixels: new Uint8Array(4),
  alphabets: ['Alphabet'],
  characters: [
    { alphabet: 0, name: 'a' },
    { alphabet: 0, name: 'b' },
  ],
  character: Int32Array.of(0, 0, 1, 1),
  drawer: Int32Array.of(0, 1, 0, 1),
  digest: '',
};
const select = (purpose: SplitPurpose, ...pictures: number[]) => ({
  set,
  purpose,
  pictures: Int32Array.from(pictures),
});
const description = (disjointDrawers: boolean) => ({ dataset: 'omniglot', disjointDrawers }) as DataDescription;

test('a character on both sides is refused with its name, and a clean split is not', () => {
  const split = (train: number[], ...tested: number[]) => ({
    train: select('train', ...train),
    validation: select('validation'),
    test: select('test', ...tested),
  });
  expect(() => refuseLeaks({ split: split([0], 1), description: description(false) })).toThrow(
    /leaks: 1 character in both train and test \(Alphabet\/a\)/,
  );
  expect(() => refuseLeaks({ split: split([0, 1], 2), description: description(false) })).not.toThrow();
  expect(() => refuseLeaks({ split: split([0, 1], 2), description: description(true) })).toThrow(
    /drawer in both train and test/,
  );
});
