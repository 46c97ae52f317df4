import { describe, expect, it } from 'vitest';
import { exactMcNemarPValue, testMcNemar } from '../../../src/evaluation/statistics/mcnemar.js';
import { reference } from './reference.js';

describe('exactMcNemarPValue', () => {
  it.each(reference.exactMcNemar)('agrees with statsmodels for $onlyFirst against $onlySecond', (expected) => {
    expect(exactMcNemarPValue(expected.onlyFirst, expected.onlySecond)).toBeCloseTo(expected.pValue, 11);
  });

  it('stays finite for a hundred thousand differing queries', () => {
    expect(exactMcNemarPValue(50_000, 50_000)).toBe(1);
    expect(exactMcNemarPValue(40_000, 60_000)).toBe(0);
  });
});

describe('testMcNemar', () => {
  it('counts the queries on which exactly one system is right', () => {
    const first = [true, true, true, false, false];
    const second = [true, false, false, true, false];
    expect(testMcNemar(first, second)).toEqual({ onlyFirst: 2, onlySecond: 1, pValue: 1 });
  });

  it('refuses outcomes of different queries', () => {
    expect(() => testMcNemar([true], [])).toThrow(RangeError);
  });
});
