// Each broken file gives exactly its problems: code, line, column, key path, in file order.
import { describe, expect, test } from 'vitest';
import { ruleErrors } from '../check/broken-files/rules.js';
import { sweepErrors } from '../check/broken-files/sweeps.js';
import { findProblems, summarize } from './broken-file.js';
import { fileErrors } from './broken-files/files.js';
import { keyErrors } from './broken-files/keys.js';
import { syntaxErrors } from './broken-files/syntax.js';
import { valueErrors } from './broken-files/values.js';

const tables = { syntaxErrors, keyErrors, valueErrors, fileErrors, ruleErrors, sweepErrors };

test('the valid file has no problem', () => {
  expect(findProblems({})).toEqual([]);
});

test('there are at least 100 broken files, each with a problem and a title of its own', () => {
  const rows = Object.values(tables).flat();
  expect(rows.length).toBeGreaterThanOrEqual(100);
  expect(rows.filter(({ expected }) => expected.length === 0)).toEqual([]);
  for (const table of Object.values(tables)) expect(new Set(table.map(({ title }) => title)).size).toBe(table.length);
});

describe.each(Object.entries(tables))('%s', (_, rows) => {
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_, row) => {
    expect(findProblems(row).map(summarize)).toEqual(row.expected);
  });
});
