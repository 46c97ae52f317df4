import { expect, test } from 'vitest';
import { coverBoth } from '../../../src/evaluation/statistics/interval.js';
import { wilsonInterval } from '../../../src/evaluation/statistics/wilson-interval.js';

test.each([
  ['few episodes that happen to agree', [0.33, 0.54], [0.39, 0.49], [0.33, 0.54]],
  ['episodes that differ much', [0.4, 0.5], [0.35, 0.56], [0.35, 0.56]],
  ['one end each', [0.4, 0.5], [0.42, 0.56], [0.4, 0.56]],
] as const)('the interval to print reaches as far as both: %s', (_, wilson, clustered, expected) => {
  expect(coverBoth(wilson, clustered)).toEqual(expected);
});

test("a perfect score keeps an interval, and a single episode has Wilson's", () => {
  const wilson = wilsonInterval(20, 20);
  expect(coverBoth(wilson, [1, 1])).toEqual(wilson);
  expect(wilson[0]).toBeLessThan(0.85);
  expect(coverBoth(wilson, null)).toEqual(wilson);
});
