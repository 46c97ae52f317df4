import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import { loadData } from '../../src/data/data-sets.js';
import { startEngine } from '../../src/engine/start-engine.js';
import { prepareRun } from '../../src/launch/prepare-run.js';
import { type TrainedExperiment, trainTrial } from '../../src/run/train-trial.js';
import { runFiles } from '../../src/run-folder/run-folder.js';
import { openJournal } from '../../src/tracking/journal.js';
import { readTrainingCheckpoint } from '../../src/training/checkpoint.js';
import { newFolder } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');

test('the disk has all that a checkpoint lies behind before it has the checkpoint', async () => {
  const [trial] = loadPlan(TINY, { sets: ['training.maxEpochs=2'] }).trials;
  const { folder } = prepareRun(newFolder(), trial!);
  const experiment = trial!.experiment as TrainedExperiment;
  const files = runFiles(folder);
  const engine = await startEngine('onnxruntime', { threads: 1 });
  const journal = openJournal(files.journal, { now: () => 1000 });
  let unflushed = 0;
  const append = journal.append.bind(journal);
  journal.append = (...event) => {
    unflushed++;
    return append(...event);
  };
  const flush = journal.flush.bind(journal);
  journal.flush = () => {
    unflushed = 0;
    flush();
  };
  const seen: [epoch: number, unflushed: number][] = [];
  await trainTrial({
    folder,
    experiment,
    seed: 1,
    engine,
    data: await loadData(experiment.data, { env: process.env, baseFolder: folder, cacheFolder: join(folder, 'cache') }),
    microBatchSize: 8,
    journal,
    stopRequested: () => false,
    onProgress: () => undefined,
    // Told as soon as the checkpoint of an epoch is there.
    onEpoch: () => seen.push([readTrainingCheckpoint(files.last).position.epoch - 1, unflushed]),
    log: () => undefined,
    replay: 'assert',
  });
  engine.dispose();
  expect(seen).toEqual([
    [1, 0],
    [2, 0],
  ]);
});
