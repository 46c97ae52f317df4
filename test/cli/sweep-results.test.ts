// Which results `oneshot run` prints at its end.
import { join } from 'node:path';
import pico from 'picocolors';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderSweepResults } from '../../src/cli/sweep-results.js';
import { loadRuns } from '../../src/report/load-runs.js';
import { FIVE_WAY, makeSmallData, SIXTY_PAIRS } from '../report/support/small-data.js';
import { type FakeRun, writeRun } from '../report/support/write-run.js';
import { newFolder } from '../support/run-command.js';

const plain = pico.createColors(false);
const data = makeSmallData();
const runs = newFolder();
const VALIDATION = 'validation/one-shot-accuracy';
const baselines = [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }] as const;

const write = (experiment: string, value: number, skill: number, validation: number, changes: Partial<FakeRun> = {}) =>
  writeRun(runs, {
    experiment,
    assignments: [{ path: 'training.batchSize', value }],
    settings: { 'training.batchSize': String(value) },
    metrics: { [VALIDATION]: [validation] },
    evaluation: { data, sections: [FIVE_WAY], skill, baselines },
    ...changes,
  });

const render = (experiment: string, columns?: number) =>
  renderSweepResults(loadRuns([join(runs, experiment)]).runs, plain, columns)!;

describe('at the end of a sweep', () => {
  beforeAll(async () => {
    for (const seed of [1, 2]) {
      // The best on the test is not the one that validation chooses.
      await write('sweep', 32, 20, 0.4, { seed });
      await write('sweep', 64, 1, 0.6, { seed });
    }
    await write('sweep', 128, 20, 0.9, { state: 'failed' });
  });

  test('there is a row for each configuration, the chosen one first, and baselines once', () => {
    const rows = render('sweep').text.trim().split('\n');
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      'configuration',
      'batchSize=64',
      'batchSize=32',
      'nearest neighbour, cosine of ink',
      'chance',
      expect.stringMatching(/^chosen by validation\/one-shot-accuracy: batchSize=64: \d+\.\d \(.+\) on test\/within/),
    ]);
    expect(rows[0]).toContain('test/within-alphabet/5-way-1-shot');
    expect(rows[1]).toMatch(/batchSize=64 +2 +60\.0 % +\d+\.\d \(\d+\.\d–\d+\.\d\)/);
    expect(rows[2]).toContain('100.0');
  });

  test('names give way in a narrow terminal', () => {
    const widths = render('sweep', 90).text.split('\n').slice(0, -1);
    expect(Math.max(...widths.map((line) => line.trimEnd().length))).toBeLessThanOrEqual(90);
  });
});

test('of several seeds the means stand there, of one run its own results, verifications too', async () => {
  for (const seed of [1, 2]) await write('seeds', 32, 1, 0.5, { seed, assignments: [] });
  expect(render('seeds').text).toMatch(/means of 2 runs/);
  await write('alone', 32, 1, 0.5, { evaluation: { data, sections: [SIXTY_PAIRS], skill: 0, baselines } });
  const { text } = render('alone');
  expect(text).toMatch(/test\/verification +60/);
  expect(text).not.toContain('means');
});

test('a configuration whose answers are alarming is marked in the table of configurations', async () => {
  await write('partly', 32, 2, 0.6);
  await write('partly', 64, Number.NaN, 0.4);
  const rows = render('partly').text.split('\n');
  expect(rows.filter((row) => row.includes(' !')).map((row) => row.trim().split(/ {2,}/)[0])).toEqual(['batchSize=64']);
});

test('alarming answers are marked and told', async () => {
  await write('constant', 32, 1, 0.5, { evaluation: { data, sections: [FIVE_WAY, SIXTY_PAIRS], skill: Number.NaN } });
  expect(render('constant').text.match(/\) !/g)).toHaveLength(2);
  expect(render('constant').alarms).toEqual([
    'batchSize=32 on test/within-alphabet/5-way-1-shot: scores that are not finite in 50 of 50 queries, which count as wrong',
    'batchSize=32 on test/verification: scores that are not finite in 30 of 60 pairs, which count as wrong',
  ]);
});

test('there is nothing to print of runs without results', () => {
  expect(renderSweepResults([], plain)).toBeUndefined();
});
