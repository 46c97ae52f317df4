import { expect, test } from 'vitest';
import { turnPicture } from '../../src/data/find-copies.js';

test('a square picture is held in seven other ways, all different', () => {
  const ways = [...turnPicture(Uint8Array.of(1, 2, 3, 4), 2)].map((pixels) => pixels.join(''));
  // Rows from above: 12/34 by quarter turns is 31/42, 43/21, 24/13; mirrored 21/43, 34/12, 13/24, 42/31.
  expect(ways.toSorted()).toEqual(['1324', '2143', '2413', '3142', '3412', '4231', '4321']);
});

test('colours stay together when a picture is turned', () => {
  const red = [9, 0, 0];
  const blue = [0, 0, 9];
  const pixels = Uint8Array.from([red, red, blue, blue].flat());
  expect([...turnPicture(pixels, 2)].map((turned) => turned.join())).toContain([blue, blue, red, red].flat().join());
});
