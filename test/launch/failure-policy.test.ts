import { expect, test } from 'vitest';
import { chooseRetryWait, isOfThePoint } from '../../src/launch/failure-policy.js';

test.each([
  ['killed', [1, 2, 4]],
  ['engine', [2, 4, 8]],
  ['out-of-memory', [15, 30, 60]],
  ['disk', [30, 60, 120]],
  ['non-finite', [undefined, undefined, undefined]],
  ['drift', [undefined, undefined, undefined]],
  ['timeout', [undefined, undefined, undefined]],
] as const)('after %s the waits are %j seconds', (code, waits) => {
  expect([1, 2, 3].map((attempt) => chooseRetryWait(code, attempt))).toEqual(waits);
});

test('no wait is longer than five minutes', () => {
  expect(chooseRetryWait('disk', 20)).toBe(300);
});

test('the search hears of failures that another point might not have', () => {
  const codes = ['non-finite', 'out-of-memory', 'timeout', 'killed', 'disk', 'locked'] as const;
  expect(codes.filter(isOfThePoint)).toEqual(['non-finite', 'out-of-memory', 'timeout']);
});
