import { describe, expect, test } from 'vitest';
import type { DataGlyphs } from '../../../src/config/experiment.js';
import { drawGlyphs } from '../../../src/data/glyphs/glyphs-data-set.js';
import { type PictureSet, pictureAt } from '../../../src/data/pictures/picture-set.js';

const section: DataGlyphs = {
  dataset: 'glyphs',
  seed: 1,
  trainAlphabets: 4,
  validationAlphabets: 1,
  testAlphabets: 3,
  charactersPerAlphabet: 20,
  drawers: 6,
  imageSize: 28,
  inkGain: 1,
};
const set = drawGlyphs(section);

test('there is a picture of every character by every drawer, in order', () => {
  expect(set.alphabets).toEqual([
    'train-01',
    'train-02',
    'train-03',
    'train-04',
    'validation-01',
    'test-01',
    'test-02',
    'test-03',
  ]);
  expect(set.characters).toHaveLength(160);
  expect(set.character).toHaveLength(960);
  expect([set.character[7], set.drawer[7], set.characters[20]]).toEqual([1, 1, { alphabet: 1, name: 'character01' }]);
});

test('equal seeds draw equal bytes, another seed draws others', () => {
  expect(drawGlyphs(section).digest).toBe(set.digest);
  expect(drawGlyphs({ ...section, seed: 2 }).digest).not.toBe(set.digest);
});

test('more alphabets, characters or drawers leave the others as they are', () => {
  const more = drawGlyphs({ ...section, trainAlphabets: 5, drawers: 7 });
  const find = (of: PictureSet, alphabet: string, number: number, drawer: number) => {
    const first = of.characters.findIndex((character) => of.alphabets[character.alphabet] === alphabet);
    return of.character.findIndex((character, i) => character === first + number && of.drawer[i] === drawer);
  };
  for (const [alphabet, number, drawer] of [
    ['train-02', 3, 5],
    ['test-03', 19, 0],
  ] as const) {
    const one = pictureAt(set, find(set, alphabet, number, drawer));
    expect(Buffer.compare(one, pictureAt(more, find(more, alphabet, number, drawer)))).toBe(0);
  }
});

describe('every drawing', () => {
  const inks = Array.from(set.character.keys(), (i) => pictureAt(set, i).reduce((sum, v) => sum + v, 0) / 255 / 784);

  test('has ink, and is mostly paper', () => {
    expect(Math.min(...inks)).toBeGreaterThan(0.005);
    expect(Math.max(...inks)).toBeLessThan(0.5);
  });

  test('differs from every other', () => {
    const texts = Array.from(set.character.keys(), (i) => Buffer.from(pictureAt(set, i)).toString('latin1'));
    expect(new Set(texts).size).toBe(960);
  });

  test('uses greys at the edges of strokes', () => {
    expect(new Set(set.pixels).size).toBeGreaterThan(100);
  });
});

// What makes it a task worth learning: far above chance (5 %) for pixels, far from solved.
test('the nearest neighbour in pixels, 20 ways within an alphabet, has between 20 % and 45 %', () => {
  let [right, count] = [0, 0];
  for (let alphabet = 0; alphabet < 8; alphabet++) {
    const picture = (character: number, drawer: number) => pictureAt(set, (alphabet * 20 + character) * 6 + drawer);
    for (const [queryDrawer, supportDrawer] of [
      [0, 1],
      [2, 3],
      [4, 5],
    ] as const) {
      for (let truth = 0; truth < 20; truth++) {
        const query = picture(truth, queryDrawer);
        const distances = Array.from({ length: 20 }, (_, way) => {
          const support = picture(way, supportDrawer);
          let sum = 0;
          for (let i = 0; i < 784; i++) sum += (query[i]! - support[i]!) ** 2;
          return sum;
        });
        if (distances.indexOf(Math.min(...distances)) === truth) right++;
        count++;
      }
    }
  }
  expect(count).toBe(480);
  expect(right / count).toBeGreaterThan(0.2);
  expect(right / count).toBeLessThan(0.45);
});

test('the ink gain darkens, and the size changes pixels, not shapes', () => {
  const dark = drawGlyphs({ ...section, inkGain: 2 });
  expect(dark.pixels.every((value, i) => value >= set.pixels[i]!)).toBe(true);
  const large = drawGlyphs({ ...section, sourceSize: 56 });
  const share = ({ pixels }: PictureSet) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  expect(share(large) / share(set)).toBeGreaterThan(0.85);
  expect(share(large) / share(set)).toBeLessThan(1.15);
});
