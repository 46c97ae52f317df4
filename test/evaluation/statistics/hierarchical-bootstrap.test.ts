import { describe, expect, it } from 'vitest';
import { hierarchicalBootstrap } from '../../../src/evaluation/statistics/hierarchical-bootstrap.js';
import { episodesOf, reference } from './reference.js';

describe('hierarchicalBootstrap', () => {
  const outcomes = reference.seeds.map(episodesOf);

  it.each(['shared', 'own'] as const)('agrees with the NumPy computation for %s episodes', (episodes) => {
    const [low, high] = hierarchicalBootstrap(outcomes, { episodes, resamples: 50_000 })!;
    expect(Math.abs(low - reference.hierarchicalBootstrap[episodes][0])).toBeLessThan(0.003);
    expect(Math.abs(high - reference.hierarchicalBootstrap[episodes][1])).toBeLessThan(0.003);
  });

  it('is equal for equal seeds', () => {
    const options = { episodes: 'shared', seed: 8 } as const;
    expect(hierarchicalBootstrap(outcomes, options)).toEqual(hierarchicalBootstrap(outcomes, options));
  });

  it('says nothing about the spread of a single seed', () => {
    expect(hierarchicalBootstrap(outcomes.slice(0, 1), { episodes: 'own' })).toBeUndefined();
  });

  it('refuses shared episodes of different number', () => {
    const uneven = [outcomes[0]!, outcomes[1]!.slice(1)];
    expect(() => hierarchicalBootstrap(uneven, { episodes: 'shared' })).toThrow(/12, 11/);
  });
});
