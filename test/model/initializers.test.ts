import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import type { Initializer } from '../../src/config/experiment.js';
import { drawInitialValues, initializeNetwork } from '../../src/model/initializers.js';
import { hashArrays } from '../../src/model/named-arrays.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import { kochModel } from './koch-model.js';

function draw(initializer: Initializer, fanIn = 50, fanOut = 100): Float32Array {
  const spec = { name: 'x', shape: [200, 200], initializer, fanIn, fanOut, role: 'weight' } as const;
  return drawInitialValues(spec, randomStream(1, 'test'));
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('initial values', () => {
  it.each<[string, Initializer, number, number]>([
    ['N(0.5, 0.01)', { type: 'normal', mean: 0.5, standardDeviation: 0.01 }, 0.5, 0.01],
    ['He: variance 2 / 50', { type: 'heNormal' }, 0, Math.sqrt(2 / 50)],
    ['Glorot: variance 2 / 150', { type: 'glorotUniform' }, 0, Math.sqrt(2 / 150)],
    ['He, uniform: variance 2 / 50', { type: 'heUniform' }, 0, Math.sqrt(2 / 50)],
    ['Glorot, normal: variance 2 / 150', { type: 'glorotNormal' }, 0, Math.sqrt(2 / 150)],
    ['LeCun: variance 1 / 50', { type: 'lecunNormal' }, 0, Math.sqrt(1 / 50)],
    ['uniform: an interval of length 4', { type: 'uniform', low: -1, high: 3 }, 1, 4 / Math.sqrt(12)],
    // The deviation of N(0, 1) within two of its deviations is 0.87963 (Abramowitz and Stegun, 26.2).
    ['truncated', { type: 'truncatedNormal', mean: 1, standardDeviation: 0.1 }, 1, 0.087963],
    ['zeros', { type: 'zeros' }, 0, 0],
    ['constant', { type: 'constant', value: -0.25 }, -0.25, 0],
  ])('%s', (_title, initializer, mean, deviation) => {
    const found = moments(draw(initializer));
    // 40,000 draws: the mean's standard error is a 200th of the deviation.
    expect(Math.abs(found.mean - mean)).toBeLessThanOrEqual(deviation / 50);
    expect(Math.abs(found.deviation - deviation)).toBeLessThanOrEqual(deviation / 50);
  });

  it('of Glorot stay within sqrt(6 / (fan-in + fan-out))', () => {
    expect(draw({ type: 'glorotUniform' }).every((value) => Math.abs(value) <= Math.sqrt(6 / 150))).toBe(true);
  });

  it('of the truncated normal distribution stay within two deviations', () => {
    const values = draw({ type: 'truncatedNormal', mean: 0, standardDeviation: 1 });
    expect(values.every((value) => Math.abs(value) <= 2)).toBe(true);
  });

  it('are the same bytes for the same seed, and others for another', () => {
    const shape = describeNetwork(kochModel([4, 4, 4, 4], [3, 3, 3, 3], 8), 44);
    const hash = hashArrays(initializeNetwork(shape, 1));
    expect(hashArrays(initializeNetwork(shape, 1))).toBe(hash);
    expect(hashArrays(initializeNetwork(shape, 2))).not.toBe(hash);
  });

  it('of a layer do not change with the layers around it', () => {
    const small = initializeNetwork(describeNetwork(kochModel([4, 4, 4, 4], [3, 3, 3, 3], 8), 44), 1);
    const wide = initializeNetwork(describeNetwork(kochModel([4, 8, 4, 4], [3, 3, 3, 3], 8), 44), 1);
    expect(wide.get('conv1/kernel')).toEqual(small.get('conv1/kernel'));
    expect(wide.get('head/bias')).toEqual(small.get('head/bias'));
  });
});
