// Layers in front that nothing changes: a network that trains behind a file's network learns what it would learn behind the
// same layers of its own, and sees each picture through the file once.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OnnxModel } from 'tfjs-backend-onnxruntime';
import { expect, test, vi } from 'vitest';
import { loadPlan } from '../../src/check/load-plan.js';
import type { Model } from '../../src/config/experiment.js';
import { loadData } from '../../src/data/data-sets.js';
import type { LoadedData } from '../../src/data/loaded-data.js';
import type { Engine } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';
import { encodeOnnxModel } from '../../src/export/onnx/encode-onnx-model.js';
import { prepareRun } from '../../src/launch/prepare-run.js';
import { initializeNetwork } from '../../src/model/initializers.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import type { Trial } from '../../src/plan/trial.js';
import { prepareGivenWeights } from '../../src/run/given-weights.js';
import { type TrainedExperiment, trainTrial } from '../../src/run/train-trial.js';
import { estimateTrialCost } from '../../src/run/trial-cost.js';
import { runFiles } from '../../src/run-folder/run-folder.js';
import { openJournal } from '../../src/tracking/journal.js';
import type { TrainedNetwork } from '../../src/trained/trained-network.js';
import { newFolder } from '../support/run-command.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const SEED = 1;

// Embeddings with a weighted L1 head, as the paper has it: both learn, the convolution does not.
const CONV = { type: 'conv', name: 'fixed', filters: 4, kernelSize: 5, stride: 2, padding: 'valid', learningRate: 0 };
const EMBEDDING = { type: 'dense', name: 'embedding', units: 8 };

function planOf(folder: string, name: string, encoder: readonly object[], probability: number): Trial {
  const path = join(folder, `${name}.yaml`);
  const model = JSON.stringify({ encoder, head: { type: 'weightedL1' } });
  writeFileSync(path, `name: ${name}\nextends: ${TINY}\nmodel: ${model}\n`);
  const sets = [
    `augmentation.affine.probability=${probability}`,
    'training.maxEpochs=2',
    'training.optimizer={type: sgd, learningRate: 0.05}',
  ];
  return loadPlan(path, { sets }).trials[0]!;
}

/** The untrained convolution and its relu as a file. */
function exportFront(folder: string, { model, data }: TrainedExperiment, path: string): void {
  const front: Model = { ...model, encoder: model.encoder.slice(0, 3) as Model['encoder'] };
  const whole = initializeNetwork(describeNetwork(front, data.imageSize), SEED);
  const pictures = { imageSize: data.imageSize, color: 'grey' };
  const network = { model: front, weights: whole, pictures, calibrations: [], accuracies: [], origin: {} };
  writeFileSync(join(folder, path), encodeOnnxModel(network as unknown as TrainedNetwork));
}

async function train(trial: Trial, engine: Engine, data: LoadedData): Promise<Record<string, number>> {
  const { folder } = prepareRun(newFolder(), trial);
  const experiment = trial.experiment as TrainedExperiment;
  const journal = openJournal(runFiles(folder).journal, { now: () => 1000 });
  const log = () => undefined;
  const place = { env: process.env, baseFolder: folder };
  await trainTrial({
    folder,
    experiment,
    seed: SEED,
    engine,
    data,
    prepareWeights: () =>
      prepareGivenWeights({ model: experiment.model, seed: SEED, engine, data, place, learned: undefined, log }),
    microBatchSize: 8,
    journal,
    stopRequested: () => false,
    onProgress: log,
    onEpoch: log,
    log,
    replay: 'assert',
  });
  const { 'train/loss': loss, 'validation/one-shot-accuracy': accuracy } = journal.latestMetrics();
  journal.close();
  return { loss: loss!, accuracy: accuracy! };
}

test('a network behind a fixed front learns as behind the same layers, and each picture passes the front once', async () => {
  const folder = newFolder();
  const own = planOf(folder, 'own', [CONV, { type: 'relu' }, { type: 'flatten' }, EMBEDDING], 0);
  exportFront(folder, own.experiment as TrainedExperiment, 'front.onnx');
  const behind = planOf(folder, 'behind', [{ type: 'file', name: 'front', path: 'front.onnx' }, EMBEDDING], 0);
  const distorted = planOf(folder, 'distorted', [{ type: 'file', name: 'front', path: 'front.onnx' }, EMBEDDING], 0.8);
  const centred = planOf(
    folder,
    'centred',
    [{ type: 'file', name: 'front', path: 'front.onnx' }, { type: 'center', whiten: true }, EMBEDDING],
    0,
  );
  expect(own.id).not.toBe(behind.id);
  // The file's own arithmetic is not known; what is behind it costs no more than a dense layer.
  expect(estimateTrialCost(behind.experiment)!.flopsPerStep).toBeLessThan(
    estimateTrialCost(own.experiment)!.flopsPerStep,
  );

  const engine = await startEngine('onnxruntime', { threads: 1 });
  const seen: number[] = [];
  const run = OnnxModel.prototype.run;
  const spy = vi.spyOn(OnnxModel.prototype, 'run').mockImplementation(function (this: OnnxModel, values, shape) {
    seen.push(shape[0]!);
    return run.call(this, values, shape);
  });
  const count = () => seen.splice(0).reduce((sum, pictures) => sum + pictures, 0);
  try {
    const data = await loadData(own.experiment.data, {
      env: process.env,
      baseFolder: folder,
      cacheFolder: join(folder, 'cache'),
    });
    const wanted = await train(own, engine, data);
    expect(count()).toBe(0);
    const found = await train(behind, engine, data);
    expect(found.loss).toBeCloseTo(wanted.loss!, 4);
    expect(found.accuracy).toBe(wanted.accuracy);
    const { train: ofTraining, validation } = data.split;
    const passed = count();
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(ofTraining.pictures.length + validation.pictures.length);
    // What is in the middle is measured on pictures that the training asks for again.
    await train(centred, engine, data);
    expect(count()).toBeLessThanOrEqual(ofTraining.pictures.length + validation.pictures.length);
    await train(distorted, engine, data);
    const { steps, picturesPerStep } = estimateTrialCost(distorted.experiment)!;
    expect(count()).toBeGreaterThanOrEqual(steps * picturesPerStep);
  } finally {
    spy.mockRestore();
    engine.dispose();
  }
});
