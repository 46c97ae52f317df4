import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSearchSpace } from '../../../src/plan/search/read-search-space.js';
import { findImportances, type SearchedPoint } from '../../../src/report/figures/ped-anova.js';

/** Made by ped-anova-reference.py with Optuna 5.0.0. */
const reference = JSON.parse(readFileSync(new URL('ped-anova-reference.json', import.meta.url), 'utf8')) as {
  trials: { params: Record<string, unknown>; value: number }[];
  importances: Record<'maximize' | 'minimize' | 'few', Record<string, number>>;
};
const { space } = readSearchSpace({
  rate: { logUniform: [1e-4, 1e-1] },
  momentum: { uniform: [0, 0.99] },
  units: { integer: [16, 256], step: 16 },
  head: ['l1', 'l2', 'cosine'],
});
const points = reference.trials.map(({ params, value }): SearchedPoint => ({ values: params, value }));

describe('findImportances', () => {
  it.each([
    ['maximize', points, 'maximize'],
    ['minimize', points, 'minimize'],
    ['few', points.slice(0, 12), 'maximize'],
  ] as const)('gives the figures of Optuna 5: %s', (name, own, goal) => {
    const found = findImportances(space!, own, goal)!;
    const expected = Object.entries(reference.importances[name]).sort(([, a], [, b]) => b - a);
    expect(found.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [index, { importance }] of found.entries()) expect(importance).toBeCloseTo(expected[index]![1], 6);
  });

  it('is silent where the best are no part of the points', () => {
    expect(findImportances(space!, points.slice(0, 1), 'maximize')).toBeUndefined();
    const equal = points.map(({ values }) => ({ values, value: 1 }));
    expect(findImportances(space!, equal, 'maximize')).toBeUndefined();
  });
});
