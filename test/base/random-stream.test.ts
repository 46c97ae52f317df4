import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';

const draw = (count: number, ...key: [number, ...(string | number)[]]) => {
  const stream = randomStream(...key);
  return Array.from({ length: count }, () => stream.uniform());
};

describe('random streams', () => {
  test('give the numbers of seedrandom.alea for the joined key', () => {
    // require('seedrandom').alea('7\u001fpairs\u001f3'), three calls
    expect(draw(3, 7, 'pairs', 3)).toEqual([0.3673746658023447, 0.30249781999737024, 0.9478328123223037]);
  });

  test('are equal for equal keys and differ for another seed, name or position', () => {
    expect(draw(5, 1, 'pairs', 2)).toEqual(draw(5, 1, 'pairs', 2));
    for (const other of [
      draw(5, 2, 'pairs', 2),
      draw(5, 1, 'affine', 2),
      draw(5, 1, 'pairs', 3),
      draw(5, 12, 'pairs'),
    ]) {
      expect(other).not.toEqual(draw(5, 1, 'pairs', 2));
    }
  });

  test('normal numbers have mean 0 and variance 1', () => {
    const stream = randomStream(1, 'normal');
    const numbers = Array.from({ length: 100_000 }, () => stream.normal());
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    // Three standard errors: 3 / sqrt(n) and 3 sqrt(2 / n).
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(numbers.length));
    expect(Math.abs(variance - 1)).toBeLessThan(3 * Math.sqrt(2 / numbers.length));
  });

  test('a sample holds different elements and reaches all of them equally often', () => {
    const stream = randomStream(1, 'sample');
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) {
      const sample = stream.sample([0, 1, 2, 3, 4, 5], 2);
      expect(new Set(sample).size).toBe(2);
      for (const element of sample) counts[element]!++;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(6000 * (1 / 3) * (2 / 3)));
    expect(() => stream.sample([1, 2], 3)).toThrow(RangeError);
    expect(() => stream.pick([])).toThrow(RangeError);
  });

  test('a sample takes one draw for each of its elements', () => {
    const [sampled, counted] = [randomStream(1, 'sample'), randomStream(1, 'sample')];
    sampled.sample([0, 1, 2, 3, 4, 5], 2);
    counted.uniform();
    counted.uniform();
    expect(sampled.uniform()).toBe(counted.uniform());
  });
});
