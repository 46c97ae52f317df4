import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverBoth } from '../../src/evaluation/statistics/interval.js';
import { loadRuns } from '../../src/report/load-runs.js';
import { makeReport, type Report } from '../../src/report/make-report.js';
import { runFiles } from '../../src/run-folder/run-folder.js';
import { FIVE_WAY, makeSmallData } from './support/small-data.js';
import { type FakeEvaluation, writeRun } from './support/write-run.js';

const data = makeSmallData();
const evaluation: FakeEvaluation = {
  data,
  sections: [{ ...FIVE_WAY, nWay: [2, 5] }],
  baselines: [{ type: 'nearestNeighbourCosine' }, { type: 'chance' }],
};
const weak = { assignments: [{ path: 'training.batchSize', value: 32 }], settings: { 'training.batchSize': '32' } };
const strong = { assignments: [{ path: 'training.batchSize', value: 64 }], settings: { 'training.batchSize': '64' } };

let parent: string;
let torn: string;
let report: Report;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'report-'));
  for (const seed of [1, 2]) {
    await writeRun(parent, {
      ...weak,
      seed,
      evaluation: { ...evaluation, skill: 1 },
      metrics: { 'train/loss': [0.7, 0.5, 0.4] },
    });
  }
  await writeRun(parent, {
    ...strong,
    seed: 1,
    evaluation: { ...evaluation, skill: 20 },
    metrics: { 'train/loss': [0.7, Number.NaN] },
  });
  await writeRun(parent, { ...strong, seed: 2, state: 'failed', failure: 'the loss became NaN' });
  await writeRun(parent, { ...strong, seed: 3, state: 'waiting' });
  const damaged = await writeRun(parent, { ...weak, seed: 3, evaluation: { ...evaluation, skill: 1 } });
  writeFileSync(runFiles(damaged).results, '{"version":1');
  torn = await writeRun(parent, { ...weak, seed: 4 });
  writeFileSync(runFiles(torn).trial, '{"version":1');
  report = makeReport(loadRuns([parent]));
});
afterAll(() => rmSync(parent, { recursive: true }));

describe('makeReport', () => {
  it('puts runs that differ in their seed alone together, named by what varies', () => {
    expect(report.runs.map(({ system, seed, state }) => `${system} ${seed} ${state}`).sort()).toEqual([
      'batchSize=32 1 finished',
      'batchSize=32 2 finished',
      'batchSize=32 3 finished',
      'batchSize=64 1 finished',
      'batchSize=64 2 failed',
      'batchSize=64 3 waiting',
    ]);
    expect(report.counts).toEqual({ waiting: 1, running: 0, stopped: 0, halted: 0, failed: 1, finished: 4 });
  });

  it('leaves a folder out that is no run any more, and says why', () => {
    expect(report.damaged).toEqual([{ folder: torn, reason: `${runFiles(torn).trial} is not readable JSON` }]);
    expect(report.runs.map(({ folder }) => folder)).not.toContain(torn);
  });

  it('says what was run, where and how long', () => {
    expect(report.whatWasRun).toMatchObject({
      experiments: ['fake'],
      configurations: 2,
      seeds: [1, 2, 3],
      engines: ['onnxruntime 1.23.0, 1 thread'],
      commits: [{ hash: '0123456789abcdef', dirty: true }],
      machines: ['a processor, 2 cores'],
      // Five runs of 12 minutes; the one that waits has not begun.
      wallSeconds: 3600,
      trainingSeconds: 0,
      firstStart: '2026-01-01T10:00:00.000Z',
      lastEnd: '2026-01-01T10:12:00.000Z',
    });
  });

  it('says what is missing or unreadable instead of leaving it out in silence', () => {
    expect(report.incomplete).toHaveLength(2);
    expect(report.runs.filter(({ lacksResults }) => lacksResults).map(({ seed }) => seed)).toEqual([3]);
    expect(report.incomplete.join()).toMatch(/has no results/);
    expect(report.incomplete.join()).toMatch(/results\.json is not JSON/);
    expect(report.runs.find(({ state }) => state === 'failed')?.failure).toBe('the loss became NaN');
  });

  it('takes the mean over runs, with an interval over seeds and episodes', () => {
    const [measurement] = report.measurements.filter(
      ({ system, task }) => system === 'batchSize=32' && task.endsWith('5-way-1-shot'),
    );
    const found = loadRuns([parent])
      .runs.filter(({ trial, results }) => trial.assignments[0]?.value === 32 && results.length > 0)
      .map(({ results }) => results.find(({ task, scorer }) => scorer === 'network' && task.endsWith('5-way-1-shot'))!);
    expect(found).toHaveLength(2);
    expect(measurement!.accuracy).toBeCloseTo((found[0]!.correct + found[1]!.correct) / 100, 12);
    expect(measurement).toMatchObject({ n: 50 });
    expect(measurement!.alarm).toBeUndefined();
    const single = coverBoth(found[0]!.wilson, found[0]!.clustered);
    expect(measurement!.interval[1] - measurement!.interval[0]).toBeGreaterThan(single[1] - single[0]);
    expect(measurement!.correct).toEqual(found.map(({ correct }) => correct));
    expect(measurement!.interval[0]).toBeLessThan(measurement!.accuracy);
    expect(measurement!.interval[1]).toBeGreaterThan(measurement!.accuracy);
  });

  it('takes the wider one of both intervals for a single run', () => {
    const [measurement] = report.measurements.filter(({ system }) => system === 'batchSize=64');
    expect(measurement).toMatchObject({ accuracy: 1 });
    expect(measurement!.interval[0]).toBeLessThan(0.95);
    expect(measurement!.interval[1]).toBe(1);
  });

  it('shows a baseline once, however many runs measured it', () => {
    const baselines = report.measurements.filter(({ scorer }) => scorer === 'nearestNeighbourCosine');
    expect(baselines.map(({ task }) => task)).toEqual([
      'test/within-alphabet/2-way-1-shot',
      'test/within-alphabet/5-way-1-shot',
    ]);
  });

  it('answers first with the task of most ways, and with what the loss chose where nothing was validated', () => {
    expect(report.choice).toMatchObject({
      type: 'chosen',
      system: 'batchSize=32',
      objective: { metric: 'train/loss' },
      candidates: 2,
    });
    expect(report.headline).toMatchObject({
      task: 'test/within-alphabet/5-way-1-shot',
      first: { system: 'batchSize=32' },
    });
    expect(report.headline!.measurements.map(({ system }) => system)).toEqual([
      'batchSize=32',
      'batchSize=64',
      'nearestNeighbourCosine',
      'chance',
    ]);
  });

  it('sets other configurations and seeds beside the chosen one', () => {
    const [first] = report.headline!.measurements;
    expect(report.differences).toMatchObject({
      task: 'test/within-alphabet/5-way-1-shot',
      base: 'batchSize=32',
      configurations: [],
      networks: [{ system: 'batchSize=64' }],
    });
    expect(report.seedTable).toEqual({
      seeds: expect.arrayContaining([1, 2]),
      rows: [
        expect.objectContaining({ system: 'batchSize=32', mean: expect.closeTo(first!.accuracy, 12) }),
        expect.objectContaining({ system: 'batchSize=64', mean: 1, deviation: null }),
      ],
    });
    const [row] = report.seedTable!.rows;
    expect(row!.accuracies.filter((accuracy) => accuracy !== null).toSorted()).toEqual(first!.accuracies.toSorted());
  });

  it('draws accuracy against ways for every system, chance without a band', () => {
    const [curve] = report.nWayCurves;
    expect(curve).toMatchObject({ protocol: 'within-alphabet', kShot: 1, networks: ['batchSize=32', 'batchSize=64'] });
    expect(curve!.points.filter(({ series }) => series === 'chance')).toEqual([
      { series: 'chance', x: 2, y: 0.5 },
      { series: 'chance', x: 5, y: 0.2 },
    ]);
    expect(new Set(curve!.points.map(({ series }) => series)).size).toBe(4);
  });

  it('leaves values that are not finite out of learning curves', () => {
    const [curve] = report.learningCurves;
    expect(curve!.metric).toBe('train/loss');
    expect(curve!.points.filter(({ series }) => series === 'batchSize=64').map(({ y }) => y)).toEqual([0.7]);
    expect(curve!.points.filter(({ line }) => line === 'batchSize=32, seed 2').map(({ y }) => y)).toEqual([
      0.7, 0.5, 0.4,
    ]);
  });

  it('sets the settings side by side that differ', () => {
    expect(report.settings.settings).toEqual([
      { path: 'training.batchSize', values: expect.arrayContaining(['32', '64']) },
    ]);
  });

  it('is made of numbers and text alone, so that --json tells what the page shows', () => {
    expect(JSON.parse(JSON.stringify(report)).measurements).toHaveLength(report.measurements.length);
  });

  it('works on no runs at all and on runs without any result', () => {
    expect(makeReport({ runs: [], damaged: [] })).toMatchObject({ runs: [], measurements: [], headline: undefined });
    const waiting = loadRuns([parent]).runs.filter(({ state }) => state === 'waiting');
    expect(makeReport({ runs: waiting, damaged: [] })).toMatchObject({
      headline: undefined,
      galleries: [],
      nWayCurves: [],
    });
  });
});
