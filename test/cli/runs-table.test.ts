// What `status --watch` shows in a terminal that is too small for everything.
import { join } from 'node:path';
import pico from 'picocolors';
import { describe, expect, test } from 'vitest';
import { cutLine, measureWidth, shortenMiddle } from '../../src/cli/fit-lines.js';
import { renderRuns } from '../../src/cli/runs-table.js';
import { nameAccuracy } from '../../src/run/log-run.js';
import { findRuns } from '../../src/run-folder/find-runs.js';
import { newFolder } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const plain = pico.createColors(false);
const runs = newFolder();
writeRunFolder(join(runs, 'made'), 'learningRate=0.0001,filters=16,seed=1', 'halted');
writeRunFolder(join(runs, 'made'), 'learningRate=0.0001,filters=16,seed=2', 'running');
const tableOf = (columns: number) =>
  renderRuns(findRuns(runs).runs, { devices: new Map(), cluster: undefined, columns }, plain);
const headsOf = (columns: number) => tableOf(columns).split('\n')[0]?.trim().split(/\s+/);

describe('the table of runs', () => {
  test('has whole names and all columns where there is room', () => {
    expect(headsOf(Number.POSITIVE_INFINITY)).toEqual([
      'trial',
      'state',
      'device',
      'attempts',
      'epochs',
      'time',
      'validation',
      'test',
    ]);
    expect(tableOf(120)).toContain('learningRate=0.0001,filters=16,seed=1-aaaaaaaa  halted');
  });

  test('shortens names in their middle first, then gives columns up', () => {
    expect(headsOf(100)).toContain('attempts');
    expect(tableOf(100)).toContain('…');
    expect(measureWidth(tableOf(100))).toBeLessThanOrEqual(100);
    expect(headsOf(60)).toEqual(['trial', 'state', 'epochs', 'time', 'validation', 'test']);
    expect(headsOf(30)).toEqual(['trial', 'state', 'epochs', 'validation']);
  });
});

test('the column of the test shows the first accuracy that a run has logged', () => {
  const [run] = findRuns(runs).runs;
  if (run?.status === undefined) throw new Error('the run has no status');
  const metrics = {
    ...run.status.metrics,
    [nameAccuracy('test/within-alphabet/20-way-1-shot', 'nearestNeighbourEuclidean')]: 0.277,
    [nameAccuracy('test/within-alphabet/20-way-1-shot', 'network')]: 0.896,
  };
  const table = renderRuns(
    [{ ...run, status: { ...run.status, metrics } }],
    { devices: new Map(), cluster: undefined, columns: 120 },
    plain,
  );
  expect(table.trimEnd()).toMatch(/89\.6 %$/);
});

describe('a line that is too long', () => {
  test.each([
    ['plain text', 'abcdef', 4, 'abc'],
    ['text that fits', 'abc', 4, 'abc'],
    ['coloured text, whose colours are closed', '\u001b[31mabcdef\u001b[39m', 4, '\u001b[31mabc\u001b[39m'],
  ])('is cut: %s', (_, line, width, cut) => {
    expect(cutLine(line, width)).toBe(cut);
  });

  test.each([
    ['learningRate=1-aaaa', 19, 'learningRate=1-aaaa'],
    ['learningRate=1-aaaa', 9, 'lear…aaaa'],
    ['learningRate=1-aaaa', 2, 'l…'],
  ])('loses its middle: %s in %i', (text, length, short) => {
    expect(shortenMiddle(text, length)).toBe(short);
  });
});
