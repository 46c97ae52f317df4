import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../../src/evaluation/statistics/wilson-interval.js';
import { reference } from './reference.js';

describe('wilsonInterval', () => {
  it.each(reference.wilson)('agrees with statsmodels for $correct of $n', ({ correct, n, low, high }) => {
    const interval = wilsonInterval(correct, n);
    expect(interval[0]).toBeCloseTo(low, 12);
    expect(interval[1]).toBeCloseTo(high, 12);
  });

  it('ends exactly at 0 and 1 where nothing or everything is right', () => {
    expect(wilsonInterval(0, 400)[0]).toBe(0);
    expect(wilsonInterval(400, 400)[1]).toBe(1);
  });

  it.each([
    [1, 0],
    [-1, 10],
    [11, 10],
    [Number.NaN, 10],
  ])('refuses %d of %d', (correct, n) => {
    expect(() => wilsonInterval(correct, n)).toThrow(RangeError);
  });
});
