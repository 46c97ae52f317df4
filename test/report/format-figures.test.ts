import { expect, it } from 'vitest';
import { formatDifference, formatPValue } from '../../src/report/format-figures.js';

it.each([
  [0.03123, undefined, '0.031'],
  [0.00004, undefined, '< 0.0001'],
  // 10,000 draws: the standard error of 0.0312 is 0.0017, of 0.5 0.005, of 0.0003 0.00017.
  [0.0312, 10_000, '0.03'],
  [0.5123, 10_000, '0.51'],
  [0.0003, 10_000, '< 0.001'],
  [1 / 10_001, 10_000, '< 0.0001'],
  [1, 10_000, '1.00'],
])('a p-value has as many digits as its draws carry: %f of %s', (pValue, draws, text) => {
  expect(formatPValue(pValue, draws)).toBe(text);
});

it('differences have a sign unless they round to nothing', () => {
  expect([0.0123, -0.0123, 0.0001, -0.0001].map(formatDifference)).toEqual(['+1.2', '\u22121.2', '0.0', '0.0']);
});
