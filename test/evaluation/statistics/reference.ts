// Figures of SciPy and statsmodels, made by test/evaluation/fixtures/statistics-reference.py.
import { readFileSync } from 'node:fs';

interface PermutationReference {
  readonly episodes: number;
  readonly difference: number;
  readonly pValue: number;
}

interface StatisticsReference {
  readonly wilson: readonly { correct: number; n: number; low: number; high: number }[];
  readonly exactMcNemar: readonly { onlyFirst: number; onlySecond: number; pValue: number }[];
  readonly episodes: { queries: number; first: number[]; second: number[] };
  readonly clusteredBootstrap: { low: number; high: number };
  readonly permutationExact: PermutationReference;
  readonly permutationRandom: PermutationReference;
}

export const reference: StatisticsReference = JSON.parse(
  readFileSync(new URL('../fixtures/statistics-reference.json', import.meta.url), 'utf8'),
);

/** Episodes of 20 queries with the given numbers of right answers. */
export function episodesOf(credits: readonly number[]) {
  return credits.map((credit) => ({ credit, queries: 20 }));
}
