import { describe, expect, it } from 'vitest';
import { clusteredBootstrap } from '../../../src/evaluation/statistics/clustered-bootstrap.js';
import { wilsonInterval } from '../../../src/evaluation/statistics/wilson-interval.js';
import { episodesOf, reference } from './reference.js';

describe('clusteredBootstrap', () => {
  const episodes = episodesOf(reference.episodes.first);

  it("agrees with SciPy's percentile bootstrap over episodes, its ends moved out as Student's distribution asks", () => {
    const [low, high] = clusteredBootstrap(episodes, { resamples: 100_000 })!;
    const accuracy = reference.episodes.first.reduce((sum, credit) => sum + credit, 0) / 800;
    // 40 episodes: t of 39 degrees of freedom is 2.0227 (scipy.stats.t.ppf(0.975, 39)).
    const factor = (2.0227 / 1.96) * Math.sqrt(40 / 39);
    const moved = (end: number) => accuracy + factor * (end - accuracy);
    expect(Math.abs(low - moved(reference.clusteredBootstrap.low))).toBeLessThan(0.0015);
    expect(Math.abs(high - moved(reference.clusteredBootstrap.high))).toBeLessThan(0.0015);
  });

  it('stays within 0 and 1 however few the episodes', () => {
    const two = [
      { credit: 20, queries: 20 },
      { credit: 15, queries: 20 },
    ];
    expect(clusteredBootstrap(two)).toEqual([0, 1]);
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
    const uneven = Array.from({ length: 50 }, (_, index) =>
      index % 5 === 0 ? { credit: 0, queries: 10 } : { credit: 90, queries: 90 },
    );
    // 3,600 of 3,700; the mean of the episodes' accuracies would be 0.8.
    const [low, high] = clusteredBootstrap(uneven)!;
    expect(low).toBeGreaterThan(0.94);
    expect(low).toBeLessThan(3600 / 3700);
    expect(high).toBeGreaterThan(3600 / 3700);
  });

  it('says nothing about the spread of a single episode', () => {
    expect(clusteredBootstrap([{ credit: 3, queries: 20 }])).toBeUndefined();
  });
});
