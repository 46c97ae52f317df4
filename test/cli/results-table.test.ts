import pico from 'picocolors';
import { expect, test } from 'vitest';
import { renderResults } from '../../src/cli/results-table.js';
import type { EvaluationResult } from '../../src/evaluation/records/evaluation-result.js';

const plain = pico.createColors(false);
const result = (change: Partial<EvaluationResult>) =>
  ({
    task: 'test/lake-runs/20-way-1-shot',
    scorer: 'network',
    n: 400,
    correct: 381,
    accuracy: 0.9525,
    wilson: [0.927, 0.969],
    clustered: [0.935, 0.968],
    alarm: null,
    ...change,
  }) as EvaluationResult;
const results = [result({}), result({ scorer: 'chance', accuracy: 0.05 })];

test('the table has a column for each system and the wider of both intervals', () => {
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
