// Which figure a report puts first where a file asks for several selections, seeds and protocols.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRuns } from '../../src/report/load-runs.js';
import { makeReport, type Report } from '../../src/report/make-report.js';
import { makeBlocks } from '../../src/report/report-blocks.js';
import { FIVE_WAY, makeSmallData, SIXTY_PAIRS } from './support/small-data.js';
import { type FakeRun, writeRun } from './support/write-run.js';

const data = makeSmallData();
const VALIDATION = 'validation/one-shot-accuracy';

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'selections-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

async function reportOf(experiment: string, ...runs: FakeRun[]): Promise<Report> {
  const folders = [];
  for (const run of runs) folders.push(await writeRun(parent, { experiment, ...run }));
  return makeReport(loadRuns(folders));
}

describe('several seeds of the test, validation and training characters', () => {
  let report: Report;
  beforeAll(async () => {
    const sections = [
      ...[1, 2, 3].map((seed) => ({ ...FIVE_WAY, nWay: [2, 5], seed })),
      { ...FIVE_WAY, nWay: [2, 5], selection: 'validation' as const },
      { ...FIVE_WAY, nWay: [2, 5], selection: 'train' as const },
    ];
    const baselines = [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }] as const;
    report = await reportOf('headline', { evaluation: { data, sections, baselines, skill: 0.5 } });
  });

  it('are headed by the first seed of the test, beside baselines of that very task', () => {
    const { headline } = report;
    expect(headline!.task).toBe('test/within-alphabet/5-way-1-shot');
    expect(headline!.measurements.map(({ scorer, task }) => [scorer, task])).toEqual(
      ['network', 'nearestNeighbourCosine', 'chance'].map((scorer) => [scorer, headline!.task]),
    );
  });

  it('are not mixed in curves, and each title names its selection', async () => {
    expect(report.nWayCurves.map(({ selection, points }) => [selection, points.length])).toEqual([
      ['test', 6],
      // The baselines have answered these episodes: here all selections are the same pictures.
      ['validation', 2],
      ['train', 2],
    ]);
    const blocks = await makeBlocks(report, (folder) => folder);
    const captions = blocks.flatMap((block) => (block.type === 'table' && block.caption ? [block.caption] : []));
    for (const selection of ['test', 'validation', 'training'])
      expect(captions.filter((caption) => caption.includes(`${selection} selection`))).toHaveLength(1);
    const plots = blocks.flatMap((block) => (block.type === 'plots' ? block.plots : []));
    expect(plots[0]!.title).toContain('test selection');
    expect(plots.filter(({ title }) => title.includes('training selection')).map(({ data: { file } }) => file)).toEqual(
      ['n-way-train-within-alphabet-1-shot.csv'],
    );
  });
});

it('of a sweep the configuration that validation chose is shown with its test score, not the best on the test', async () => {
  const configuration = (value: number, skill: number, validation: number): FakeRun => ({
    assignments: [{ path: 'training.batchSize', value }],
    settings: { 'training.batchSize': String(value) },
    metrics: { [VALIDATION]: [validation] },
    evaluation: { data, sections: [FIVE_WAY], skill },
  });
  const report = await reportOf('sweep', configuration(32, 20, 0.4), configuration(64, 0.5, 0.6));
  expect(report.choice).toMatchObject({ type: 'chosen', system: 'batchSize=64', value: 0.6, candidates: 2 });
  expect(report.headline!.first.system).toBe('batchSize=64');
  expect(report.headline!.first.accuracy).toBeLessThan(1);
  expect(report.confusedPairs).toBeDefined();
  expect(new Set(report.galleries.map(({ system }) => system))).toEqual(new Set(['batchSize=64']));
});

it('a verification alone is a result, and a network that collapsed alarms', async () => {
  const report = await reportOf('vonly', { evaluation: { data, sections: [SIXTY_PAIRS], skill: Number.NaN } });
  expect(report.headline).toMatchObject({ task: 'test/verification', first: { accuracy: expect.any(Number) } });
  const blocks = await makeBlocks(report, (folder) => folder);
  const alarms = blocks.filter((block) => block.type === 'paragraph' && block.tone === 'alarm');
  expect(JSON.stringify(alarms)).toContain('scores that are not finite in 30 of 60 pairs');
});

it('configurations that were validated on other pictures are not chosen from', async () => {
  const on = (dataset: string, validation: number): FakeRun => ({
    settings: { 'data.dataset': dataset },
    metrics: { [VALIDATION]: [validation] },
    evaluation: { data, sections: [FIVE_WAY], skill: 1 },
  });
  expect((await reportOf('others', on('glyphs', 0.5), { ...on('omniglot', 0.6), seed: 2 })).choice).toMatchObject({
    type: 'none',
    reason: 'they were not validated on the same pictures in the same way',
  });
});
