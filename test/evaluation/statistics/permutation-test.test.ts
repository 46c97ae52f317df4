import { describe, expect, it } from 'vitest';
import { testPermutation } from '../../../src/evaluation/statistics/permutation-test.js';
import { episodesOf, reference } from './reference.js';

describe('testPermutation', () => {
  const first = episodesOf(reference.episodes.first);
  const second = episodesOf(reference.episodes.second);

  it('counts all sign patterns of ten episodes as SciPy does', () => {
    const result = testPermutation(first.slice(0, 10), second.slice(0, 10));
    expect(result.exact).toBe(true);
    expect(result.difference).toBeCloseTo(reference.permutationExact.difference, 12);
    expect(result.pValue).toBeCloseTo(reference.permutationExact.pValue, 12);
  });

  it("comes near SciPy's random permutations of forty episodes", () => {
    const result = testPermutation(first, second, { permutations: 100_000 });
    expect(result.exact).toBe(false);
    expect(result.difference).toBeCloseTo(reference.permutationRandom.difference, 12);
    // The standard error of a p-value of 0.0018 over 100,000 draws is 0.00013.
    expect(Math.abs(result.pValue - reference.permutationRandom.pValue)).toBeLessThan(0.0006);
  });

  it('is symmetric and equal for equal seeds', () => {
    const forward = testPermutation(first, second, { seed: 3 });
    const backward = testPermutation(second, first, { seed: 3 });
    expect(backward.difference).toBeCloseTo(-forward.difference, 12);
    expect(testPermutation(first, second, { seed: 3 })).toEqual(forward);
  });

  it('gives 1 for systems that never differ', () => {
    expect(testPermutation(first, first)).toEqual({ difference: 0, pValue: 1, exact: true, patterns: 1 });
  });

  it('refuses episodes that do not match', () => {
    expect(() => testPermutation(first, second.slice(1))).toThrow(RangeError);
    expect(() => testPermutation([], [])).toThrow(RangeError);
  });
});
