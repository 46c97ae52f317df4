import { describe, expect, it } from 'vitest';
import { type PictureSet, pictureAt } from '../../../src/data/pictures/picture-set.js';
import { countBits, makeInkProducts, squareInk } from '../../../src/evaluation/scorers/ink-products.js';
import { drawRandomPictures } from '../support/random-pictures.js';

const numbers = Int32Array.from([0, 3, 7, 20]);

function multiplySlowly(set: PictureSet, first: number, second: number): number {
  const other = pictureAt(set, second);
  return pictureAt(set, first).reduce((sum, pixel, i) => sum + pixel * other[i]!, 0);
}

describe('makeInkProducts', () => {
  it.each([
    { kind: 'binary pictures, counted in bits', binary: true, unit: 1 },
    { kind: 'pictures with greys', binary: false, unit: 65_025 },
  ])('equals the sum of products for $kind', ({ binary, unit }) => {
    // 13 x 13 pixels do not fill their last word of 32 bits.
    const set = drawRandomPictures({ binary, size: 13 });
    const ink = makeInkProducts(set, numbers);
    expect(ink.unit).toBe(unit);
    for (const first of numbers) {
      for (const second of numbers) {
        expect(ink.product(first, second)).toBe((multiplySlowly(set, first, second) / 65_025) * unit);
      }
    }
  });

  it('sums up squares without overflow for the blackest grey picture of 105 x 105', () => {
    const set = drawRandomPictures({ size: 105, alphabets: 1, characters: 1, drawers: 2 });
    set.pixels.fill(254);
    const ink = makeInkProducts(set, Int32Array.from([0, 1]));
    expect(ink.product(0, 1)).toBe(254 * 254 * 11_025);
    expect([...squareInk(ink, 2, Int32Array.from([1]))]).toEqual([0, 254 * 254 * 11_025]);
  });
});

describe('countBits', () => {
  it.each([
    [0, 0],
    [1, 1],
    [0x80000000, 1],
    [0xffffffff, 32],
    [-1, 32],
    [0x12345678, 13],
  ])('finds in %i the ones: %i', (word, ones) => {
    expect(countBits(word)).toBe(ones);
  });
});
