// A comparison as text for a terminal, in padded tables.
import { coverBoth } from '../evaluation/statistics/interval.js';
import type { Comparison, ComparisonRow, PairedTest } from './compare-runs.js';
import type { Table, Text } from './document.js';
import { formatCorrect, formatInterval, formatPercent, formatPValue } from './format-figures.js';
import { renderPlainTable } from './markdown-page.js';

/** The runs as A, B, …, their differing settings, what they reached, and the paired tests. */
export function renderComparison(comparison: Comparison): string {
  return [
    renderPlainTable(listRuns(comparison)),
    comparison.differences.length === 0
      ? 'The settings are the same.\n'
      : `Settings that differ:\n\n${renderPlainTable(listDifferences(comparison))}`,
    comparison.rows.length === 0
      ? 'Nothing has been measured yet.\n'
      : `Accuracy in %, with 95 % intervals (Wilson's or over episodes, whichever reaches further):\n\n${renderPlainTable(listResults(comparison))}`,
    ...(comparison.rows.some(({ tests }) => tests.some(({ paired }) => paired))
      ? [`Paired tests on the same queries, against A:\n\n${renderPlainTable(listTests(comparison))}`]
      : []),
  ].join('\n');
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
    [`${difference > 0 ? '+' : ''}${formatPercent(difference)}`],
    [formatPValue(permutation.pValue)],
    [formatCorrect(mcnemar.onlyFirst)],
    [formatCorrect(mcnemar.onlySecond)],
    [formatPValue(mcnemar.pValue)],
  ];
}
