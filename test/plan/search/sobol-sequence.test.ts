import { describe, expect, test } from 'vitest';
import {
  createSobolSequence,
  MAX_SOBOL_DIMENSIONS,
  scrambleSobol,
  toUnits,
} from '../../../src/plan/search/sobol-sequence.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the Sobol sequence', () => {
  test('gives the points of SciPy in five dimensions', () => {
    // scipy 1.17.1: scipy.stats.qmc.Sobol(5, scramble=False).random(16)
    const expected = [
      [0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25],
      [0.375, 0.375, 0.625, 0.875, 0.375],
      [0.875, 0.875, 0.125, 0.375, 0.875],
      [0.625, 0.125, 0.875, 0.625, 0.625],
      [0.125, 0.625, 0.375, 0.125, 0.125],
      [0.1875, 0.3125, 0.9375, 0.4375, 0.5625],
      [0.6875, 0.8125, 0.4375, 0.9375, 0.0625],
      [0.9375, 0.0625, 0.6875, 0.1875, 0.3125],
      [0.4375, 0.5625, 0.1875, 0.6875, 0.8125],
      [0.3125, 0.1875, 0.3125, 0.5625, 0.9375],
      [0.8125, 0.6875, 0.8125, 0.0625, 0.4375],
      [0.5625, 0.4375, 0.0625, 0.8125, 0.1875],
      [0.0625, 0.9375, 0.5625, 0.3125, 0.6875],
    ];
    const sequence = createSobolSequence(5);
    expect(range(16).map((index) => toUnits(sequence(index)))).toEqual(expected);
  });

  test('gives the points of SciPy far along in the highest dimensions', () => {
    // scipy 1.17.1: scipy.stats.qmc.Sobol(64, scramble=False, bits=32).random(1024)
    const sequence = createSobolSequence(64);
    expect(toUnits(sequence(777)).slice(60)).toEqual([0.5126953125, 0.4892578125, 0.1376953125, 0.4267578125]);
    const point = toUnits(sequence(999));
    expect([0, 1, 2, 31, 63].map((dimension) => point[dimension])).toEqual([
      0.1572265625, 0.9091796875, 0.0810546875, 0.0830078125, 0.6337890625,
    ]);
  });

  test('scrambled, still has one of 64 points in each of 64 equal boxes, whatever their sides', () => {
    const sequence = createSobolSequence(2);
    const points = range(64).map((index) => toUnits(scrambleSobol(sequence(index), [0x12345678, 0x9abcdef0])));
    for (const columns of [1, 2, 4, 8, 16, 32, 64]) {
      const boxes = points.map(([x, y]) => `${Math.floor(x! * columns)},${Math.floor((y! * 64) / columns)}`);
      expect(new Set(boxes).size).toBe(64);
    }
  });

  test('is scrambled differently by another seed', () => {
    const point = createSobolSequence(1)(5);
    expect(scrambleSobol(point, [1])).toEqual(scrambleSobol(point, [1]));
    expect(scrambleSobol(point, [1])).not.toEqual(scrambleSobol(point, [2]));
  });

  test('refuses more dimensions than it has direction numbers for', () => {
    expect(MAX_SOBOL_DIMENSIONS).toBe(64);
    expect(() => createSobolSequence(65)).toThrow('at most 64 dimensions, not 65');
  });
});
