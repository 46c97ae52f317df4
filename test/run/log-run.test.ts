import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadExperiment } from '../../src/check/load-experiment.js';
import { nameAccuracy, nameConfig, nameRun } from '../../src/run/log-run.js';
import { parseGpuTable } from '../../src/run/sample-system.js';
import { closeAbandonedJournal } from '../../src/run-folder/close-abandoned.js';
import { describeSweep, rankTrials, type SweepTrial } from '../../src/run-folder/describe-sweep.js';
import { describeProvenance } from '../../src/run-folder/provenance.js';
import { RUN_FOLDER_VERSION, runFiles, writeRunStatus } from '../../src/run-folder/run-folder.js';
import { beginSweepJournal, readSweepUid, updateSweepJournal } from '../../src/run-folder/sweep-journal.js';
import { openJournal, readJournal } from '../../src/tracking/journal.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oneshot-log-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const fingerprints = { training: '7'.repeat(64), evaluation: 'e'.repeat(64), config: 'c0ffee11'.repeat(8) };

describe('names in MLflow', () => {
  test('of accuracies are those of their tasks; baselines of a task share a section of charts', () => {
    const task = 'test/within-alphabet/20-way-1-shot';
    expect(nameAccuracy(task, 'network')).toBe(task);
    expect(nameAccuracy(task, 'chance')).toBe('test-baseline/within-alphabet/20-way-1-shot/chance');
  });

  test.each([
    ['learningRate=0.003,seed=1', [{ path: 'learningRate', value: 0.003 }], '0.003, seed 1'],
    ['copies=8,seed=1', [{ path: 'copies', value: 8 }], 'copies=8,seed=1'],
    ['seed=1', [], 'seed=1'],
  ])('of runs are short: %s', (name, assignments, expected) => {
    expect(nameRun({ name, assignments, seed: 1 })).toBe(expected);
  });

  test.each([
    ['copies=8,rate=0.1,seed=12', 'copies=8,rate=0.1 c0ffee11'],
    ['seed=1', 'c0ffee11'],
  ])('of %s give its seeds one config_id', (name, expected) => {
    expect(nameConfig({ name, fingerprints })).toBe(expected);
  });

  test('of GPUs come from what nvidia-smi tells, without what is no number', () => {
    expect(parseGpuTable('37, 1000, 4000\n[N/A], 0, 100\n')).toEqual({
      gpu_0_utilization_percentage: 37,
      gpu_0_memory_usage_megabytes: 1048.576,
      gpu_0_memory_usage_percentage: 25,
      gpu_1_memory_usage_megabytes: 0,
      gpu_1_memory_usage_percentage: 0,
    });
    expect(parseGpuTable('')).toEqual({});
  });
});

const eventsOf = (folder: string) => [...readJournal(runFiles(folder).journal)].map(({ event }) => event);

function makeTrial(number: number, state: 'running' | 'finished' | 'failed', accuracy?: number): string {
  const folder = join(root, `trial-${number}`);
  mkdirSync(folder);
  const trial = {
    version: RUN_FOLDER_VERSION,
    uid: `uid-${number}`,
    experimentName: 'e',
    name: `seed=${number}`,
    id: `0000000${number}`,
    seed: number,
    assignments: [],
    fingerprints,
  };
  writeFileSync(runFiles(folder).trial, JSON.stringify(trial));
  writeRunStatus(folder, {
    version: RUN_FOLDER_VERSION,
    state,
    fingerprints,
    attempt: 1,
    trained: state === 'finished',
    epoch: 1,
    maxEpochs: 1,
    metrics: accuracy === undefined ? {} : { 'validation/one-shot-accuracy': accuracy },
    startedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: `2026-01-01T00:00:0${number}.000Z`,
    seconds: 1,
    processorSeconds: 1,
    peakMemoryBytes: 1,
  });
  return folder;
}

describe('the journal of a sweep', () => {
  const { experiment } = loadExperiment(resolve(import.meta.dirname, '../fixtures/tiny.yaml'));

  test('keeps its uid, ranks its trials, and ends as they do', () => {
    expect(readSweepUid(root)).toBeUndefined();
    beginSweepJournal(root, experiment);
    const uid = readSweepUid(root);
    makeTrial(1, 'finished', 0.5);
    makeTrial(2, 'finished', 0.25);
    updateSweepJournal(root, { isOver: false });
    beginSweepJournal(root, experiment);
    expect(readSweepUid(root)).toBe(uid);
    makeTrial(3, 'finished', 0.75);
    updateSweepJournal(root, { isOver: true });
    updateSweepJournal(root, { isOver: true });

    const events = eventsOf(root);
    const best = events.flatMap((event) => (event.type === 'metric' ? [[event.key, event.step, event.value]] : []));
    const key = 'sweep/best-validation-one-shot-accuracy';
    expect(best).toEqual([
      [key, 1, 0.5],
      [key, 2, 0.5],
      [key, 3, 0.75],
    ]);
    expect(events.filter(({ type }) => type === 'status').map((event) => 'status' in event && event.status)).toEqual([
      'RUNNING',
      'FINISHED',
    ]);
    expect(existsSync(join(root, 'trials-table.json'))).toBe(true);
  });

  test('has what its trials have in common, who ran it of which commit, and keeps the report and the predictions of the best trial', () => {
    const sweep = { method: 'grid', parameters: { 'model.encoder[conv1].filters': [4, 8] } } as const;
    const swept = { ...experiment, sweep } as unknown as typeof experiment;
    beginSweepJournal(root, swept);
    // With other values later: the journal keeps the first ones and goes on.
    beginSweepJournal(root, { ...experiment, sweep: { ...sweep, method: 'list' } } as unknown as typeof experiment);
    makeTrial(1, 'finished', 0.25);
    const best = makeTrial(2, 'finished', 0.5);
    const git = { commit: 'c0ffee', branch: 'main', dirty: false };
    const provenance = describeProvenance({ attempt: 1, startedAt: new Date(0), engine: {}, git });
    writeFileSync(runFiles(best).provenance, JSON.stringify([provenance]));
    mkdirSync(runFiles(best).predictions);
    writeFileSync(join(runFiles(best).predictions, 'test.jsonl'), '');
    writeFileSync(join(root, 'report.html'), '<p>');
    updateSweepJournal(root, { isOver: true });

    const events = eventsOf(root);
    const [params, ...more] = events.flatMap((event) => (event.type === 'params' ? [event.values] : []));
    expect(more).toEqual([]);
    expect(params).toMatchObject({ 'training.optimizer.learningRate': '0.003' });
    expect(params).not.toHaveProperty('model.encoder.conv1.filters');
    expect(params?.['model.encoder']).toMatch(/^conv kernelSize=3 /);
    const tags = Object.assign({}, ...events.map((event) => (event.type === 'tags' ? event.values : {})));
    expect(tags).toMatchObject({ 'mlflow.user': provenance.machine.user, 'mlflow.source.git.commit': 'c0ffee' });
    const artifacts = events.flatMap((event) => (event.type === 'artifact' ? [[event.path, event.artifactPath]] : []));
    expect(artifacts).toEqual([
      ['report.html', 'report.html'],
      ['trial-2/predictions/test.jsonl', 'predictions/seed-2/test.jsonl'],
    ]);
  });

  test('ends as failed with a failed trial, as killed with one that did not end', () => {
    beginSweepJournal(root, experiment);
    const running = makeTrial(1, 'running');
    updateSweepJournal(root, { isOver: true });
    expect(eventsOf(root).at(-1)).toMatchObject({ type: 'status', status: 'KILLED' });
    rmSync(running, { recursive: true });
    makeTrial(2, 'failed');
    updateSweepJournal(root, { isOver: true });
    expect(eventsOf(root).at(-1)).toMatchObject({ type: 'status', status: 'FAILED' });
  });

  test('is described with its best trials first', () => {
    const trial = (name: string, value: number | undefined): SweepTrial => ({
      name,
      id: name,
      seed: 1,
      assignments: [],
      folder: '',
      state: 'finished',
      value,
      updatedAt: '',
    });
    const trials = [trial('a', 0.2), trial('b', undefined), trial('c', 0.1), trial('d', Number.NaN)];
    const goal = { metric: 'train/loss', goal: 'minimize' } as const;
    expect(rankTrials(trials, goal).map(({ name }) => name)).toEqual(['c', 'a']);
    expect(describeSweep(trials, goal)).toContain('| 1 | c | 1 | 0.1000 | finished |');
  });

  test('is described with the best mean over seeds in its first line', () => {
    const trial = (rate: number, seed: number, value: number): SweepTrial => ({
      name: `rate=${rate},seed=${seed}`,
      id: `${rate}${seed}`,
      seed,
      assignments: [{ path: 'rate', value: rate }],
      folder: '',
      state: 'finished',
      value,
      updatedAt: '',
    });
    const trials = [trial(1, 1, 0.9), trial(1, 2, 0.1), trial(2, 1, 0.6), trial(2, 2, 0.5)];
    const lines = describeSweep(trials, { metric: 'accuracy', goal: 'maximize' }).split('\n');
    expect(lines[0]).toBe('4 trials: 4 finished. The highest accuracy, mean of 2 seeds: **0.5500** at rate = 2.');
    expect(lines.slice(4, 6)).toEqual([
      '| 1 | rate = 2 | 0.5500 | 0.5000 | 0.6000 | 2 |',
      '| 2 | rate = 1 | 0.5000 | 0.1000 | 0.9000 | 2 |',
    ]);
    expect(lines).toContain('| 1 | rate=1,seed=1 | 1 | 0.9000 | finished |');
  });
});

describe('a run whose process was killed', () => {
  test('is ended in its journal, once, and only when nobody holds its lock', () => {
    const folder = makeTrial(1, 'running');
    const journal = openJournal(runFiles(folder).journal, { now: Date.now });
    journal.append({ type: 'run', uid: 'uid-1', name: 'one', experiment: 'e' });
    journal.append({ type: 'status', status: 'RUNNING' });
    journal.close();
    expect(closeAbandonedJournal(folder)).toBe(true);
    expect(closeAbandonedJournal(folder)).toBe(false);
    expect(eventsOf(folder).at(-1)).toMatchObject({ type: 'status', status: 'KILLED' });
    expect(closeAbandonedJournal(makeTrial(2, 'finished'))).toBe(false);

    // Its supervisor has marked it as failed since.
    const killed = makeTrial(4, 'failed');
    const journal4 = openJournal(runFiles(killed).journal, { now: () => 1 });
    journal4.append({ type: 'run', uid: 'uid-4', name: 'four', experiment: 'e' });
    journal4.append({ type: 'status', status: 'RUNNING' });
    journal4.close();
    expect(closeAbandonedJournal(killed)).toBe(true);
    expect(eventsOf(killed).at(-1)).toMatchObject({ type: 'status', status: 'FAILED' });
    // It never began.
    const empty = makeTrial(5, 'failed');
    expect(closeAbandonedJournal(empty)).toBe(false);
    expect(existsSync(runFiles(empty).journal)).toBe(false);

    const held = makeTrial(3, 'running');
    writeFileSync(runFiles(held).lock, JSON.stringify({ host: 'another-machine', boot: '', pid: 1, started: '' }));
    expect(closeAbandonedJournal(held)).toBe(false);
  });
});
