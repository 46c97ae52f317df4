// The results of runs as a table: one row for each run and task, one column for each system.

import { formatInteger } from '../base/format-quantity.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import type { VerificationResult } from '../evaluation/records/verification-result.js';
import { baselineTypes, shortTitleOfBaseline } from '../evaluation/scorers/registry.js';
import type { ScorerName } from '../evaluation/scorers/scorer.js';
import { coverBoth } from '../evaluation/statistics/interval.js';
import { formatPercent } from '../report/format-figures.js';
import { measureWidth } from './fit-lines.js';
import { createPlainTable } from './plain-table.js';
import type { Colors } from './terminal.js';

const headOf = (scorer: ScorerName) => (scorer === 'network' ? scorer : shortTitleOfBaseline(scorer));

/** An accuracy over queries, or over pairs of a verification. */
export type ShownResult = Pick<
  EvaluationResult | VerificationResult,
  'task' | 'scorer' | 'n' | 'accuracy' | 'wilson' | 'clustered' | 'alarm'
>;

export interface RunResults {
  readonly name: string;
  readonly results: readonly ShownResult[];
}

/**
 * Accuracies in per cent, n, and 95 % intervals: Wilson's or by episodes, whichever reaches further. Runs are named
 * when there are several. A table, or one line for each figure where `columns` are too few for it.
 */
export function renderResults(runs: readonly RunResults[], colors: Colors, columns = Number.POSITIVE_INFINITY): string {
  const table = renderTable(runs, colors);
  return measureWidth(table) <= columns ? table : renderLines(runs, colors);
}

function renderLines(runs: readonly RunResults[], colors: Colors): string {
  return runs
    .flatMap(({ name, results }) => [
      ...(runs.length > 1 ? [name] : []),
      ...[...new Set(results.map((result) => result.task))].flatMap((task) => {
        const ofTask = results.filter((result) => result.task === task);
        const lines = ofTask.map((result) => `  ${headOf(result.scorer)} ${describeAccuracy(result, colors)}`);
        return [`${task} ${colors.dim(`n = ${formatInteger(ofTask[0]?.n ?? 0)}`)}`, ...lines];
      }),
    ])
    .join('\n');
}

function renderTable(runs: readonly RunResults[], colors: Colors): string {
  // Kinds in their order, then baselines that the experiment names.
  const measured = new Set(runs.flatMap(({ results }) => results.map(({ scorer }) => scorer)));
  const known = ['network', ...Object.keys(baselineTypes)].filter((scorer) => measured.has(scorer));
  const scorers = [...known, ...[...measured].filter((scorer) => !known.includes(scorer))];
  const several = runs.length > 1;
  const head = [...(several ? ['trial'] : []), 'accuracy, % (95 % interval)', 'n', ...scorers.map(headOf)];
  const table = createPlainTable(head, colors, [several ? 2 : 1]);
  for (const { name, results } of runs) {
    for (const task of new Set(results.map((result) => result.task))) {
      const ofTask = results.filter((result) => result.task === task);
      const cells = scorers.map((scorer) =>
        describeAccuracy(
          ofTask.find((result) => result.scorer === scorer),
          colors,
        ),
      );
      table.push([...(several ? [name] : []), task, formatInteger(ofTask[0]?.n ?? 0), ...cells]);
    }
  }
  return table.toString();
}

function describeAccuracy(result: ShownResult | undefined, colors: Colors): string {
  if (result === undefined) return '';
  const accuracy = formatPercent(result.accuracy);
  if (result.scorer === 'chance') return accuracy;
  const [low, high] = coverBoth(result.wilson, result.clustered);
  const interval = colors.dim(`(${formatPercent(low)}–${formatPercent(high)})`);
  const painted = result.scorer === 'network' ? colors.bold(accuracy) : accuracy;
  return `${painted} ${interval}${result.alarm === null ? '' : colors.red(' !')}`;
}
