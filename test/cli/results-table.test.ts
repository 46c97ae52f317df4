import pico from 'picocolors';
import { expect, test } from 'vitest';
import { renderResults, type ShownResult } from '../../src/cli/results-table.js';

const plain = pico.createColors(false);
const colors = pico.createColors(true);
const result = (change: Partial<ShownResult>): ShownResult => ({
  task: 'test/lake-runs/20-way-1-shot',
  scorer: 'network',
  variant: '',
  n: 400,
  accuracy: 0.9525,
  interval: [0.927, 0.969],
  alarm: undefined,
  ...change,
});
const results = [result({}), result({ scorer: 'chance', accuracy: 0.05 })];

test('the table has a column for each system, with its interval', () => {
  const text = renderResults([{ name: 'seed=1', results }], plain, 120);
  expect(text).toMatch(/test\/lake-runs\/20-way-1-shot +400 +95\.3 \(92\.7–96\.9\) +5\.0/);
});

test('on a narrow terminal each figure has a line of its own, none wider than the screen', () => {
  const text = renderResults([{ name: 'seed=1', results }], plain, 40);
  expect(text.split('\n')).toEqual([
    'test/lake-runs/20-way-1-shot n = 400',
    '  network 95.3 (92.7–96.9)',
    '  chance 5.0',
  ]);
});

test('an accuracy with an alarm has a red mark beside it', () => {
  const text = renderResults([{ name: 'seed=1', results: [result({ alarm: 'the same score for all' })] }], colors);
  expect(text).toContain(`${colors.dim('(92.7–96.9)')}${colors.red(' !')}`);
});

test('baselines of one name with other settings have columns of their own, after those of the program', () => {
  const own = ['tokenNoise=1', 'tokenNoise=3'].map((variant) => result({ scorer: 'hbpl', variant, accuracy: 0.5 }));
  const text = renderResults([{ name: 'seed=1', results: [result({ scorer: 'mine' }), ...own, ...results] }], plain);
  expect(text.split('\n')[0]).toMatch(/n +network +HBPL \(tokenNoise=1\) +HBPL \(tokenNoise=3\) +chance +mine/);
});
