import { expect, test } from 'vitest';
import { describe } from '../src/base/describe.js';

test('descriptions tell all numbers apart', () => {
  const values = [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null];
  const texts = values.flatMap((value) => [describe({ value }), describe([value])]);
  expect(new Set(texts).size).toBe(texts.length);
  expect(describe({ before: [0, 1], value: 0.5 })).toBe('{"before":[0,1],"value":0.5}');
});
