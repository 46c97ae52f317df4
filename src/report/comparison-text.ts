// A comparison as text for a terminal, in padded tables.
import { describeAlarm } from '../evaluation/alarm.js';
import { coverBoth } from '../evaluation/statistics/interval.js';
import type { Comparison, ComparisonRow, PairedTest } from './compare-runs.js';
import type { Table, Text } from './document.js';
import { formatCorrect, formatDifference, formatInterval, formatPercent, formatPValue } from './format-figures.js';
import { renderPlainTable } from './markdown-page.js';

/** Beside the tests of single networks. */
const OF_NETWORKS =
  'p-values speak of these networks, not of configurations: the same ones trained from other seeds may differ otherwise';

/**
 * The runs as A, B, …, their differing settings, what they reached, the paired tests, and which configuration validation
 * chose.
 */
export function renderComparison(comparison: Comparison): string {
  const { rows, differences, configurations, choice } = comparison;
  return [
    renderPlainTable(listRuns(comparison)),
    differences.length === 0
      ? 'The settings are the same.\n'
      : `Settings that differ:\n\n${renderPlainTable(listDifferences(comparison))}`,
    rows.length === 0
      ? 'Nothing has been measured yet.\n'
      : "Accuracy in %, with 95 % intervals (Wilson's or over episodes, whichever reaches " +
        `further):\n\n${renderPlainTable(listResults(comparison))}`,
    ...describeAlarms(comparison),
    ...(rows.some(({ tests }) => tests.some(({ paired }) => paired))
      ? [
          `Paired tests on the same queries, against A; ${OF_NETWORKS}:\n\n${renderPlainTable(listTests(comparison))}`,
          ...(configurations.length === 0 ? ['Several seeds of each configuration would test configurations.\n'] : []),
        ]
      : []),
    ...(configurations.length > 0
      ? [
          'Configurations over their seeds, in percentage points, with 95 % ' +
            `intervals:\n\n${renderPlainTable(listConfigurations(comparison))}`,
        ]
      : []),
    ...(choice === undefined ? [] : [describeChoice(choice)]),
  ].join('\n');
}

function describeAlarms({ runs, rows }: Comparison): string[] {
  return rows.flatMap(({ task, scorer, results }) =>
    results.flatMap((result, index) =>
      result === undefined || result.alarm === null
        ? []
        : [
            `alarm: ${letter(index)} (${runs[index]!.name}), ${scorer} on ${task}: ${describeAlarm(result.alarm, result.n)}\n`,
          ],
    ),
  );
}

function describeChoice(choice: NonNullable<Comparison['choice']>): string {
  if (choice.type === 'none') return `No configuration was chosen: ${choice.reason}.\n`;
  const { system, objective, value } = choice;
  if (value === undefined) return '';
  const shown = objective.metric.endsWith('accuracy') ? `${formatPercent(value)} %` : value.toPrecision(4);
  return `Chosen by ${objective.metric}: ${system} (${shown}).\n`;
}

function listConfigurations({ configurations }: Comparison): Table {
  return {
    head: ['task', 'configuration', 'less', 'difference', '95 % interval', 'p over seeds', 'seeds'],
    align: ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
    rows: configurations.map(({ task, base, system, difference, interval, pValue, seeds, pairedBySeed }) => [
      [task],
      [{ name: system }],
      [{ name: base }],
      [formatDifference(difference)],
      [`${formatDifference(interval[0])} … ${formatDifference(interval[1])}`],
      [formatPValue(pValue)],
      [`${seeds}${pairedBySeed ? ', paired' : ' each'}`],
    ]),
  };
}

const letter = (index: number) => (index < 26 ? String.fromCodePoint(65 + index) : `#${index + 1}`);

function listRuns({ runs }: Comparison): Table {
  return {
    head: ['', 'run', 'experiment', 'seed', 'state', 'folder'],
    align: ['left', 'left', 'left', 'right', 'left', 'left'],
    rows: runs.map(({ name, experiment, seed, state, folder }, index) => [
      [letter(index)],
      [{ name }],
      [{ name: experiment }],
      [String(seed)],
      [state],
      [{ name: folder }],
    ]),
  };
}

function listDifferences({ runs, differences }: Comparison): Table {
  return {
    head: ['setting', ...runs.map((_, index) => letter(index))],
    align: ['left', ...runs.map(() => 'right' as const)],
    rows: differences.map(({ path, values }) => [
      [{ name: path }],
      ...values.map((value): Text => [{ name: value ?? '–' }]),
    ]),
  };
}

function listResults({ runs, rows }: Comparison): Table {
  return {
    head: ['task', 'system', 'n', ...runs.map((_, index) => letter(index))],
    align: ['left', 'left', 'right', ...runs.map(() => 'right' as const)],
    rows: rows.map(({ task, scorer, results }) => [
      [task],
      [scorer],
      [[...new Set(results.flatMap((result) => result?.n ?? []))].join(', ')],
      ...results.map(describeResult),
    ]),
  };
}

function describeResult(result: ComparisonRow['results'][number]): Text {
  if (!result) return ['–'];
  const { accuracy, clustered, wilson, alarm } = result;
  return [`${formatPercent(accuracy)} (${formatInterval(coverBoth(wilson, clustered))})${alarm ? ' alarm' : ''}`];
}

function listTests({ rows }: Comparison): Table {
  return {
    head: ['task', 'system', 'run', 'difference', 'p by episodes', 'only A right', 'only it right', 'McNemar p'],
    align: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    rows: rows.flatMap(({ task, scorer, tests }) =>
      tests.map((test, index): Text[] => [[task], [scorer], [letter(index + 1)], ...describeTest(test)]),
    ),
  };
}

function describeTest(test: PairedTest): Text[] {
  if (!test.paired) return [[test.reason], ['–'], ['–'], ['–'], ['–']];
  const { difference, mcnemar, permutation } = test;
  return [
    [formatDifference(difference)],
    [formatPValue(permutation.pValue, permutation.exact ? undefined : permutation.patterns)],
    [formatCorrect(mcnemar.onlyFirst)],
    [formatCorrect(mcnemar.onlySecond)],
    [formatPValue(mcnemar.pValue)],
  ];
}
