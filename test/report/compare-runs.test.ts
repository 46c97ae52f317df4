import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exactMcNemarPValue } from '../../src/evaluation/statistics/mcnemar.js';
import { compareRuns, type PairedTest } from '../../src/report/compare-runs.js';
import { renderComparison } from '../../src/report/comparison-text.js';
import { loadRuns, type ReportRun, readRunPredictions } from '../../src/report/load-runs.js';
import { runFiles } from '../../src/run-folder/run-folder.js';
import { FIVE_WAY, makeSmallData, SIXTY_PAIRS } from './support/small-data.js';
import { writeRun } from './support/write-run.js';

const data = makeSmallData();
let parent: string;
let folders: string[];

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'compare-'));
  const sections = [FIVE_WAY];
  folders = [
    await writeRun(parent, {
      name: 'weak',
      settings: { 'training.rate': '0.1', 'data.size': '28' },
      evaluation: { data, sections, skill: 0.7 },
    }),
    await writeRun(parent, {
      name: 'strong',
      settings: { 'training.rate': '0.2', 'data.size': '28', 'training.decay': '1' },
      evaluation: { data, sections, skill: 4 },
    }),
    await writeRun(parent, {
      name: 'other_episodes',
      settings: { 'training.rate': '0.1', 'data.size': '28' },
      evaluation: { data, sections: [{ ...FIVE_WAY, seed: 2 }], skill: 4 },
    }),
    await writeRun(parent, {
      name: 'failed',
      state: 'failed',
      settings: { 'training.rate': '0.1', 'data.size': '28' },
    }),
  ];
});
afterAll(() => rmSync(parent, { recursive: true }));

const load = (...indices: number[]) => loadRuns(indices.map((index) => folders[index]!)).runs;

function listRight(run: ReportRun): boolean[] {
  return readRunPredictions(run, run.results[0]!).answers.flatMap(({ queries }) =>
    queries.map(({ credit }) => credit === 1),
  );
}

describe('compareRuns', () => {
  it('shows the settings that differ, and only these', () => {
    expect(compareRuns(load(0, 1)).differences).toEqual([
      { path: 'training.decay', values: [undefined, '1'] },
      { path: 'training.rate', values: ['0.1', '0.2'] },
    ]);
  });

  it('tests the second run against the first on the same queries and episodes', () => {
    const runs = load(0, 1);
    const { rows } = compareRuns(runs);
    expect(rows).toHaveLength(1);
    const [weak, strong] = runs.map(listRight) as [boolean[], boolean[]];
    const onlyWeak = weak.filter((right, query) => right && !strong[query]).length;
    const onlyStrong = strong.filter((right, query) => right && !weak[query]).length;
    const [test] = rows[0]!.tests;
    expect(test).toMatchObject({
      paired: true,
      mcnemar: { onlyFirst: onlyWeak, onlySecond: onlyStrong, pValue: exactMcNemarPValue(onlyWeak, onlyStrong) },
    });
    const [first, second] = rows[0]!.results;
    expect(test).toMatchObject({ difference: expect.closeTo(second!.accuracy - first!.accuracy, 12) });
    expect(onlyStrong).toBeGreaterThan(onlyWeak + 10);
    // 10 episodes of which none is better for the weak network: all 1,024 sign patterns are counted.
    expect(test).toMatchObject({ permutation: { exact: true, pValue: expect.closeTo(2 / 1024, 12) } });
  });

  it('does not test on other episodes, nor where a run has no result, and says why', () => {
    expect(compareRuns(load(0, 2)).rows[0]!.tests).toEqual([{ paired: false, reason: 'other episodes' }]);
    const { rows, runs } = compareRuns(load(0, 3));
    expect(rows[0]!.tests).toEqual([{ paired: false, reason: 'not measured in both' }]);
    expect(rows[0]!.results[1]).toBeUndefined();
    expect(runs[1]).toMatchObject({ name: 'failed', state: 'failed' });
  });

  it('says so when the predictions behind a result are gone', () => {
    const runs = load(0, 1);
    rmSync(runFiles(folders[1]!).predictions, { recursive: true });
    expect(compareRuns(runs).rows[0]!.tests[0]).toMatchObject({
      paired: false,
      reason: expect.stringMatching(/ENOENT/),
    });
  });

  it('tests configurations of several seeds as such, paired by seed', async () => {
    const sections = [FIVE_WAY];
    const write = (value: number, seed: number, skill: number) =>
      writeRun(parent, {
        experiment: 'seeds',
        seed,
        assignments: [{ path: 'training.batchSize', value }],
        settings: { 'training.batchSize': String(value) },
        evaluation: { data, sections, skill, baselines: [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }] },
      });
    const own = [await write(32, 1, 0.5), await write(32, 2, 0.5), await write(64, 2, 2), await write(64, 1, 2)];
    const comparison = compareRuns(loadRuns(own).runs);
    const [found] = comparison.configurations;
    expect(comparison.configurations).toHaveLength(1);
    expect(found).toMatchObject({ base: 'batchSize=32', system: 'batchSize=64', seeds: 2, pairedBySeed: true });
    const accuracy = comparison.rows[0]!.results.map((result) => result!.accuracy) as [number, number, number, number];
    expect(found!.difference).toBeCloseTo((accuracy[2] + accuracy[3] - accuracy[0] - accuracy[1]) / 2, 12);
    expect(found!.interval[0]).toBeLessThan(found!.difference);
    expect(found!.pValue).toBeGreaterThan(0);
    // Baselines answer the same in all runs: they are shown and not tested.
    expect(comparison.rows.map(({ scorer, tests }) => [scorer, tests.length])).toEqual([
      ['network', 3],
      ['nearestNeighbourCosine', 0],
      ['chance', 0],
    ]);
    expect(renderComparison(comparison)).toContain('Configurations over their seeds');
  });

  it('compares verifications on the same pairs', async () => {
    const write = (name: string, skill: number) =>
      writeRun(parent, { experiment: 'pairs', name, evaluation: { data, sections: [SIXTY_PAIRS], skill } });
    const { runs } = loadRuns([await write('weak', 0.3), await write('strong', 5)]);
    const [row] = compareRuns(runs).rows;
    const [test] = row!.tests;
    const [weak, strong] = row!.results.map((result) => result!.correct) as [number, number];
    expect(row!.task).toBe('test/verification');
    expect(test).toMatchObject({ paired: true, difference: expect.closeTo((strong - weak) / 60, 12) });
    const { onlyFirst, onlySecond } = (test as Extract<PairedTest, { paired: true }>).mcnemar;
    expect(onlySecond - onlyFirst).toBe(strong - weak);
    expect(renderComparison(compareRuns(runs))).toContain('p-values speak of these networks, not of configurations');
  });

  it('is a readable text', () => {
    const text = renderComparison(compareRuns(load(0, 2)));
    expect(text).toContain('| A   | weak ');
    expect(text).toContain('| B   | other_episodes ');
    expect(text).toContain('The settings are the same.');
    expect(text).toMatch(/within-alphabet\/5-way-1-shot \| network \| +50 \| \d+\.\d \(\d+\.\d–\d+\.\d\)/);
  });
});
