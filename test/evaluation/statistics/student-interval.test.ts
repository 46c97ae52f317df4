import { describe, expect, it } from 'vitest';
import { studentInterval, studentQuantile } from '../../../src/evaluation/statistics/student-interval.js';

describe('studentQuantile', () => {
  // Any table of the distribution, 97.5 %; scipy.stats.t.ppf(0.975, df).
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [7, 2.36462],
    [30, 2.04227],
    [1000, 1.96234],
  ])('of %d degrees of freedom is %d', (degrees, quantile) => {
    expect(studentQuantile(degrees)).toBeCloseTo(quantile, 4);
  });
});

describe('studentInterval', () => {
  it('is the mean ± t s / √n', () => {
    const [low, high] = studentInterval([1, 2, 3])!;
    expect([low, high]).toEqual([
      expect.closeTo(2 - 4.302653 / Math.sqrt(3), 5),
      expect.closeTo(2 + 4.302653 / Math.sqrt(3), 5),
    ]);
  });

  it('is unknown for a single value', () => {
    expect(studentInterval([1])).toBeUndefined();
  });
});
