// What `status --watch` shows in a terminal that is too small for everything.
import { join } from 'node:path';
import pico from 'picocolors';
import { describe, expect, test } from 'vitest';
import { cutLine, measureWidth, shortenMiddle } from '../../src/cli/fit-lines.js';
import { renderRuns } from '../../src/cli/runs-table.js';
import { type FoundRun, findRuns } from '../../src/run-folder/find-runs.js';
import { newFolder } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const plain = pico.createColors(false);
const runs = newFolder();
const nameOf = (seed: number) => `learningRate=0.0001,filters=16,seed=${seed}`;
writeRunFolder(join(runs, 'made'), nameOf(1), 'halted');
writeRunFolder(join(runs, 'made'), nameOf(2), 'running');

const TASK = 'test/within-alphabet/20-way-1-shot';
const METRICS = {
  // The last epoch's; weights of another one are kept.
  'validation/one-shot-accuracy': 0.4,
  'best/validation-one-shot-accuracy': 0.612,
};

/** The runs with their second attempt, and with headlines of these tasks. */
function findWith(tasks: readonly string[], attempt = 2): FoundRun[] {
  return findRuns(runs).runs.map((run, index) => {
    const headline = { task: tasks[index]!, accuracy: 0.896, n: 400 };
    return { ...run, status: { ...run.status!, attempt, metrics: METRICS, headline } };
  });
}

const tableOf = (columns: number, shown = findWith([TASK, TASK])) =>
  renderRuns(shown, { devices: new Map(), cluster: undefined, columns }, plain);
const headsOf = (columns: number, shown?: FoundRun[]) => tableOf(columns, shown).split('\n')[0]?.trim().split(/\s+/);

describe('the table of runs', () => {
  test('has whole names where there is room, and no empty columns', () => {
    expect(headsOf(Number.POSITIVE_INFINITY)).toEqual([
      'trial',
      'state',
      'attempts',
      'epochs',
      'time',
      'validation',
      'test',
    ]);
    expect(headsOf(120, findWith([TASK, TASK], 1))).not.toContain('attempts');
    expect(tableOf(120)).toContain(`${nameOf(1)}-aaaaaaaa  halted`);
  });

  test('names what varies first, then gives columns up, and cuts names last', () => {
    expect(headsOf(80)).toContain('attempts');
    expect(tableOf(80)).toMatch(/^ seed=1 +halted/m);
    expect(measureWidth(tableOf(80).split('\n')[1]!)).toBeLessThanOrEqual(80);
    expect(headsOf(60)).toEqual(['trial', 'state', 'epochs', 'time', 'validation', 'test']);
    expect(headsOf(30)).toEqual(['trial', 'state', 'epochs', 'validation']);
  });

  test('shows the validation of the epoch whose weights are kept, and the headline, which it names', () => {
    expect(tableOf(120)).toMatch(/61\.2 % {6}89\.6 %/);
    expect(tableOf(120)).toMatch(new RegExp(`^ test: ${TASK}$`, 'm'));
    const other = tableOf(120, findWith([TASK, 'test/lake-runs/20-way-1-shot']));
    expect(other.match(/89\.6 %/g)).toHaveLength(1);
  });
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
