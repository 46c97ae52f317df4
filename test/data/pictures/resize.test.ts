import { describe, expect, test } from 'vitest';
import { cleanPictures } from '../../../src/data/pictures/picture-sizes.js';
import { resizePictures } from '../../../src/data/pictures/resize.js';
import { createResizer } from '../../../src/data/pictures/resizer.js';
import { toyPictures } from '../support/toy-pictures.js';

function resize(source: readonly number[], size: number, target: number): number[] {
  const out = new Float64Array(target * target);
  createResizer(size, size, target, target)(Uint8Array.from(source), 0, out);
  return [...out];
}

describe('a resized picture', () => {
  test('of the same size is the same', () => {
    const source = Array.from({ length: 25 }, (_, i) => (i * 37) % 256);
    expect(resize(source, 5, 5)).toEqual(source);
  });

  // PIL.Image.fromarray([[0, 255, 0, 0]] * 4).resize((2, 2), BILINEAR): triangle weights 3/7, 3/7, 1/7 at the edge.
  test('of half the size is weighted by a triangle, cut off at the edge', () => {
    const [left, right] = resize([0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0], 4, 2);
    expect(left).toBeCloseTo((255 * 3) / 7, 10);
    expect(right).toBeCloseTo((255 * 1) / 7, 10);
  });

  test.each([
    [105, 28],
    [105, 56],
    [28, 105],
    [10, 9],
  ])('keeps a flat picture flat, from %i to %i', (size, target) => {
    for (const value of resize(Array(size * size).fill(200), size, target)) expect(value).toBeCloseTo(200, 9);
  });

  test('keeps its symmetry', () => {
    const source = Array.from({ length: 49 }, (_, i) => ((i % 7) - 3) ** 2 * 20 + (Math.floor(i / 7) - 3) ** 2);
    const out = resize(source, 7, 4);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) expect(out[y * 4 + x]).toBeCloseTo(out[y * 4 + 3 - x]!, 9);
    }
  });
});

describe('a resized picture set', () => {
  const set = toyPictures([2], { size: 12 });

  test('is itself when nothing changes', () => {
    expect(resizePictures(set, 12, 1).digest).toBe(set.digest);
  });

  test('has its ink multiplied by the gain and clipped', () => {
    const plain = resizePictures(set, 6, 1);
    const dark = resizePictures(set, 6, 3);
    expect([dark.height, dark.width, dark.pixels.length]).toEqual([6, 6, 8 * 36]);
    dark.pixels.forEach((value, i) => {
      expect(Math.abs(value - Math.min(255, 3 * plain.pixels[i]!))).toBeLessThanOrEqual(2); // rounded before, here
    });
    expect(dark.digest).not.toBe(plain.digest);
    expect(dark.character).toEqual(set.character);
  });

  test('at half the size, seen clean, is the mean of each 2 x 2 pixels', () => {
    const clean = cleanPictures(set, 6);
    const mean = (y: number, x: number) => {
      const at = 2 * y * 12 + 2 * x;
      return (set.pixels[at]! + set.pixels[at + 1]! + set.pixels[at + 12]! + set.pixels[at + 13]!) / 4;
    };
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) expect(Math.abs(clean.pixels[y * 6 + x]! - mean(y, x))).toBeLessThanOrEqual(0.5);
    }
  });
});
