// Each broken file gives exactly its problems: code, line, column, key path, in file order.
import { describe, expect, test } from 'vitest';
import { ruleErrors } from '../check/broken-files/rules.js';
import { sweepErrors } from '../check/broken-files/sweeps.js';
import { filesOf, findProblems, summarize } from './broken-file.js';
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

/** All problems of all tables with their rows. */
const all = Object.values(tables)
  .flat()
  .flatMap((row) => findProblems(row).map((problem) => ({ row, problem })));

/** What stands at a problem's position, to the end of the line. */
function textAt(
  row: Parameters<typeof filesOf>[0],
  { file, line, column }: { file: string; line: number; column: number },
): string | undefined {
  const bytes = filesOf(row).get(file);
  const text = bytes && new TextDecoder().decode(bytes);
  return text?.split(/\r\n|\n|\r/)[line - 1]?.slice(column - 1);
}

test('the position of an unknown key is where the key stands', () => {
  let seen = 0;
  for (const { row, problem } of all) {
    const key = /^key "?([^"]+?)"?$/.exec(problem.found)?.[1];
    const there = problem.code === 'unknown-key' && key !== undefined ? textAt(row, problem) : undefined;
    if (there === undefined) continue;
    expect([key, there.replace(/^["']/, '').startsWith(key!)], row.title).toEqual([key, true]);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(20);
});

test('the position of a wrong value is where the value stands', () => {
  let seen = 0;
  for (const { row, problem } of all) {
    if (problem.code !== 'wrong-type' && problem.code !== 'wrong-value') continue;
    const value = /^"?([-.\w]+)"?$/.exec(problem.found)?.[1];
    const there = value === undefined || value === 'nothing' ? undefined : textAt(row, problem);
    if (there === undefined || /^[*|]/.test(there)) continue;
    expect([value, there.replace(/^(&\w+ )?["']?/, '').startsWith(value!)], row.title).toEqual([value, true]);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(40);
});
