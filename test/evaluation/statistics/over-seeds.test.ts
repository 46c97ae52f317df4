import { describe, expect, it } from 'vitest';
import { intervalOverSeeds } from '../../../src/evaluation/statistics/over-seeds.js';

describe('intervalOverSeeds', () => {
  it("adds Student's half width and a single run's in quadrature", () => {
    const [low, high] = intervalOverSeeds([
      { accuracy: 0.7, interval: [0.66, 0.73] },
      { accuracy: 0.72, interval: [0.68, 0.75] },
      { accuracy: 0.74, interval: [0.7, 0.77] },
    ]);
    // scipy.stats.t.ppf(0.975, 2) = 4.302653; standard deviation 0.02.
    const student = (4.302653 * 0.02) / Math.sqrt(3);
    expect(low).toBeCloseTo(0.72 - Math.hypot(student, 0.04), 6);
    expect(high).toBeCloseTo(0.72 + Math.hypot(student, 0.03), 6);
  });

  it('is that of the run itself where there is one', () => {
    expect(intervalOverSeeds([{ accuracy: 0.7, interval: [0.6, 0.8] }])).toEqual([0.6, 0.8]);
  });

  it('stays within 0 and 1 and is not narrower than that of any run there', () => {
    const runs = [
      { accuracy: 1, interval: [0.99, 1] },
      { accuracy: 0.96, interval: [0.9, 1] },
    ] as const;
    const [low, high] = intervalOverSeeds(runs);
    expect(high).toBe(1);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high - low).toBeGreaterThanOrEqual(0.1);
    const none = intervalOverSeeds(runs.map(() => ({ accuracy: 0, interval: [0, 0.04] })));
    expect(none).toEqual([0, 0.04]);
  });
});
