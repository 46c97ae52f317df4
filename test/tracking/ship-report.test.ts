import { expect, test } from 'vitest';
import { addCounts, nothingSent } from '../../src/tracking/ship-report.js';

test('counts of what was sent add up, each with its own, and what is not named is nothing', () => {
  const first = { points: 1, params: 2, tags: 3, datasets: 4, files: 5, refused: 6 };
  expect(addCounts(first, { points: 10, params: 20, tags: 30, datasets: 40, files: 50, refused: 60 })).toEqual({
    points: 11,
    params: 22,
    tags: 33,
    datasets: 44,
    files: 55,
    refused: 66,
  });
  expect(addCounts(first, {})).toEqual(first);
  expect(addCounts(nothingSent, first)).toEqual(first);
});
