// What several runs reach when they answer together, beside the mean of them alone.
import type { EnsembleResult } from '../evaluation/ensemble.js';
import { averageOf } from '../evaluation/headline.js';
import { coverBoth } from '../evaluation/statistics/interval.js';
import type { ComparisonRow } from '../report/compare-runs.js';
import { formatInterval, formatPercent } from '../report/format-figures.js';
import { createPlainTable } from './plain-table.js';
import type { Colors } from './terminal.js';

/** A row per task that all runs answered with the same episodes; a sentence when there is none. */
export function renderEnsemble(
  results: readonly EnsembleResult[],
  rows: readonly ComparisonRow[],
  colors: Colors,
): string {
  if (results.length === 0) {
    return (
      'No ensemble: the runs have no task with the same episodes in common. Evaluate them with the same protocol, ' +
      'seed and data.'
    );
  }
  const table = createPlainTable(['task', 'n', 'ensemble', 'networks alone, mean'], colors, [1, 2, 3]);
  for (const { task, n, accuracy, wilson, clustered } of results) {
    const alone = rows.find((row) => row.task === task && row.scorer === 'network')?.results ?? [];
    const accuracies = alone.flatMap((result) => result?.accuracy ?? []);
    table.push([
      task,
      n,
      `${formatPercent(accuracy)} (${formatInterval(coverBoth(wilson, clustered))})`,
      accuracies.length === 0 ? '–' : formatPercent(averageOf(accuracies)),
    ]);
  }
  return `All runs together, by the sum of their standardised scores, accuracy in % with 95 % intervals:\n\n${table}\n`;
}
