import { expect, test } from 'vitest';
import { findLeaks } from '../../src/data/find-leaks.js';
import { sealPictureSet } from '../../src/data/pictures/picture-file.js';
import type { PictureSet, Split } from '../../src/data/pictures/picture-set.js';
import { toyPictures } from './support/toy-pictures.js';

const set = toyPictures([2, 2], { drawers: 2 }); // pictures 0-3 are of Alphabet0, 4-7 of Alphabet1; even ones by drawer 01

function split(train: number[], validation: number[], test: number[], of: PictureSet = set): Split {
  const select = (purpose: 'train' | 'validation' | 'test', pictures: number[]) => ({
    set: of,
    purpose,
    pictures: Int32Array.from(pictures),
  });
  return { train: select('train', train), validation: select('validation', validation), test: select('test', test) };
}

const strict = { disjointAlphabets: true, disjointDrawers: true };
const kinds = (found: ReturnType<typeof findLeaks>) =>
  found.map(({ kind, between, count }) => [kind, ...between, count]);

test('a clean split has no leaks, and an empty selection leaks nothing', () => {
  expect(findLeaks(split([0, 2], [], [5, 7]), strict)).toEqual([]);
});

test('a picture on both sides is found as such, and with all that it carries', () => {
  expect(findLeaks(split([0, 1], [], [1]), strict)).toEqual([
    { kind: 'picture', between: ['train', 'test'], example: 'Alphabet0/character1 drawer 02', count: 1 },
    { kind: 'character', between: ['train', 'test'], example: 'Alphabet0/character1', count: 1 },
    { kind: 'alphabet', between: ['train', 'test'], example: 'Alphabet0', count: 1 },
    { kind: 'drawer', between: ['train', 'test'], example: 'drawer 02', count: 1 },
  ]);
});

test('alphabets and drawers count only where the split promises to keep them apart', () => {
  const shared = split([0], [2], [4]);
  expect(kinds(findLeaks(shared, strict))).toEqual([
    ['alphabet', 'train', 'validation', 1],
    ['drawer', 'train', 'validation', 1],
    ['drawer', 'train', 'test', 1],
    ['drawer', 'validation', 'test', 1],
  ]);
  expect(findLeaks(shared, { disjointAlphabets: false, disjointDrawers: false })).toEqual([]);
});

test('equal pixels under different labels are found when asked for', () => {
  const pixels = set.pixels.slice();
  pixels.set(pixels.subarray(0, 64), 5 * 64);
  const twins = split([0], [], [5], sealPictureSet({ ...set, pixels }));
  expect(findLeaks(twins, strict)).toEqual([]);
  expect(kinds(findLeaks(twins, strict, { comparePixels: true }))).toEqual([['pixels', 'train', 'test', 1]]);
});
