import { describe, expect, it } from 'vitest';
import { clusteredBootstrap } from '../../../src/evaluation/statistics/clustered-bootstrap.js';
import { wilsonInterval } from '../../../src/evaluation/statistics/wilson-interval.js';
import { episodesOf, reference } from './reference.js';

describe('clusteredBootstrap', () => {
  const episodes = episodesOf(reference.episodes.first);

  it("agrees with SciPy's percentile bootstrap over episodes", () => {
    const [low, high] = clusteredBootstrap(episodes, { resamples: 100_000 })!;
    expect(Math.abs(low - reference.clusteredBootstrap.low)).toBeLessThan(0.0015);
    expect(Math.abs(high - reference.clusteredBootstrap.high)).toBeLessThan(0.0015);
  });

  it('gives the same interval for the same seed and another one for another seed', () => {
    expect(clusteredBootstrap(episodes, { seed: 4 })).toEqual(clusteredBootstrap(episodes, { seed: 4 }));
    expect(clusteredBootstrap(episodes, { seed: 4 })).not.toEqual(clusteredBootstrap(episodes, { seed: 5 }));
  });

  it('is wider than Wilson where episodes are all right or all wrong', () => {
    const extreme = episodesOf(Array.from({ length: 20 }, (_, index) => (index % 2) * 20));
    const [low, high] = clusteredBootstrap(extreme)!;
    const wilson = wilsonInterval(200, 400);
    expect(high - low).toBeGreaterThan(3 * (wilson[1] - wilson[0]));
  });

  it('weights episodes by their queries', () => {
    const uneven = [
      { credit: 90, queries: 90 },
      { credit: 0, queries: 10 },
    ];
    // Two draws give 0, 0.9 or 1, one half of the time 0.9.
    expect(clusteredBootstrap(uneven, { level: 0.1 })).toEqual([0.9, 0.9]);
  });

  it('says nothing about the spread of a single episode', () => {
    expect(clusteredBootstrap([{ credit: 3, queries: 20 }])).toBeUndefined();
  });
});
