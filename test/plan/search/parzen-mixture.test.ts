import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import { buildParzenMixture } from '../../../src/plan/search/parzen-mixture.js';
import { readSearchSpace } from '../../../src/plan/search/read-search-space.js';

const spaceOf = (domain: object) => readSearchSpace({ x: domain }).space!;

describe('the density of a Parzen mixture', () => {
  // numpy.log(2/3 * scipy.stats.truncnorm.pdf(x, -3/7, 1, loc=0.3, scale=0.7) + 1/3), SciPy 1.16: alone, an observation is
  // as wide as the distance to the farther border.
  it.each([
    [0.1, 0.05110912731791322],
    [0.5, 0.05110912731791322],
    [0.9, -0.16003815148917244],
  ])(
    'of one observation at 0.3 with weight 2 is at %d that of a truncated normal beside the prior',
    (unit, expected) => {
      const mixture = buildParzenMixture(spaceOf({ uniform: [0, 1] }), [[0.3]], [2]);
      expect(mixture.logDensity([unit])).toBeCloseTo(expected, 6);
    },
  );

  // The same by scipy.stats.norm.cdf at the borders of the six parts, loc=0.25, scale=0.75, with weight 1.
  it('of whole numbers is the probability of each', () => {
    const mixture = buildParzenMixture(spaceOf({ integer: [1, 6] }), [[0.25]], [1]);
    const logs = Array.from({ length: 6 }, (_, index) => mixture.logDensity([(index + 0.5) / 6]));
    const expectedLogs = [-1.744137573, -1.731195439, -1.744137573, -1.782058421, -1.842237801, -1.920168553];
    expectedLogs.forEach((expected, index) => {
      expect(logs[index]).toBeCloseTo(expected, 6);
    });
    expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 6);
  });

  it('of choices is the observed one with a share for each', () => {
    const mixture = buildParzenMixture(spaceOf(['a', 'b', 'c'] as unknown as object), [[0.1]], [1]);
    // Half of (1 + 1/2) / (1 + 3/2) and of (1/2) / (5/2), and half of the prior's third.
    expect(mixture.logDensity([0.1])).toBeCloseTo(Math.log(0.5 * 0.6 + 0.5 / 3), 12);
    expect(mixture.logDensity([0.9])).toBeCloseTo(Math.log(0.5 * 0.2 + 0.5 / 3), 12);
  });

  it('says nothing about a parameter that an observation lacks', () => {
    const mixture = buildParzenMixture(spaceOf({ uniform: [0, 1] }), [[undefined]], [3]);
    expect(mixture.logDensity([0.2])).toBeCloseTo(0, 12);
    expect(mixture.logDensity([undefined])).toBeCloseTo(0, 12);
  });
});

it('draws follow the density', () => {
  const mixture = buildParzenMixture(spaceOf({ uniform: [0, 1] }), [[0.1], [0.15]], [9, 9]);
  const stream = randomStream(1, 'draws');
  const draws = Array.from({ length: 4000 }, () => mixture.draw(stream)[0]!);
  expect(draws.every((unit) => unit >= 0 && unit <= 1)).toBe(true);
  const expected = Array.from({ length: 300 }, (_, at) => Math.exp(mixture.logDensity([(at + 0.5) / 1000])) / 1000);
  const share = draws.filter((unit) => unit < 0.3).length / draws.length;
  // Three standard errors of a share of 4000 draws.
  expect(Math.abs(share - expected.reduce((sum, part) => sum + part, 0))).toBeLessThan(0.024);
});
