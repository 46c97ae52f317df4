// The results of runs as a table: one row for each run and task, one column for each system.
import { formatInteger } from '../base/format-quantity.js';
import { baselineTypes, shortTitleOfBaseline } from '../evaluation/scorers/registry.js';
import type { HeadlineMeasurement } from '../report/figures/headline.js';
import { formatPercent } from '../report/format-figures.js';
import { withVariant } from '../report/names.js';
import { measureWidth } from './fit-lines.js';
import { createPlainTable } from './plain-table.js';
import type { Colors } from './terminal.js';

/** An accuracy over queries, or over pairs of a verification. */
export type ShownResult = Pick<
  HeadlineMeasurement,
  'task' | 'scorer' | 'variant' | 'n' | 'accuracy' | 'interval' | 'alarm'
>;

const headOf = ({ scorer, variant }: ShownResult) =>
  scorer === 'network' ? scorer : withVariant(shortTitleOfBaseline(scorer), variant);

export interface RunResults {
  readonly name: string;
  readonly results: readonly ShownResult[];
}

/**
 * Accuracies in per cent, n, and 95 % intervals; `!` stands beside what an alarm speaks of. Runs are named when there are
 * several. A table, or one line for each figure where `columns` are too few for it.
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
        const lines = ofTask.map((result) => `  ${headOf(result)} ${describeAccuracy(result, colors)}`);
        return [`${task} ${colors.dim(`n = ${formatInteger(ofTask[0]?.n ?? 0)}`)}`, ...lines];
      }),
    ])
    .join('\n');
}

function renderTable(runs: readonly RunResults[], colors: Colors): string {
  // Kinds in their order, then baselines that the experiment names.
  const known = ['network', ...Object.keys(baselineTypes)];
  const rank = ({ scorer }: ShownResult) => (known.includes(scorer) ? known.indexOf(scorer) : known.length);
  const measured = runs.flatMap(({ results }) => results).sort((a, b) => rank(a) - rank(b));
  const systems = [...new Set(measured.map(headOf))];
  const several = runs.length > 1;
  const head = [...(several ? ['trial'] : []), 'accuracy, % (95 % interval)', 'n', ...systems];
  const table = createPlainTable(head, colors, [several ? 2 : 1]);
  for (const { name, results } of runs) {
    for (const task of new Set(results.map((result) => result.task))) {
      const ofTask = results.filter((result) => result.task === task);
      const cells = systems.map((system) =>
        describeAccuracy(
          ofTask.find((result) => headOf(result) === system),
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
  const [low, high] = result.interval;
  const interval = colors.dim(`(${formatPercent(low)}–${formatPercent(high)})`);
  const painted = result.scorer === 'network' ? colors.bold(accuracy) : accuracy;
  return `${painted} ${interval}${result.alarm === undefined ? '' : colors.red(' !')}`;
}
