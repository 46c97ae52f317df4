// The recipe of Koch et al. 2015 as the shipped preset gives it, and the same network made small enough to be trained here.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Model, OptimizerSgd, Training } from '../../src/config/experiment.js';
import { readExperiment } from '../../src/config/read-experiment.js';
import { startEngine } from '../../src/engine/start-engine.js';
import { chooseMicroBatchSize } from '../../src/model/micro-batch-size.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import { momentumAt } from '../../src/optimizers/sgd.js';
import { describeBatch } from '../../src/tasks/describe-batch.js';
import { watchedMetric } from '../../src/training/early-stopping.js';
import { buildSchedule } from '../../src/training/schedules/registry.js';
import { train } from '../../src/training/train.js';
import { kochModel } from '../model/koch-model.js';
import { pairTraining, plainModel, recordHooks, tinyOptions } from './tiny-training.js';

const preset = fileURLToPath(new URL('../../experiments/presets/koch2015.yaml', import.meta.url));
const { model, training } = readExperiment(preset).value as unknown as { model: Model; training: Training };

describe('the preset', () => {
  it('is the network of figure 4', () => {
    const shape = describeNetwork(model, 105);
    expect(shape.parameterCount).toBe(38_951_745);
    expect(shape.parameters.map((parameter) => parameter.shape)).toEqual(
      describeNetwork(kochModel(), 105).parameters.map((parameter) => parameter.shape),
    );
  });

  it('draws weights and biases as section 3.2 says', () => {
    const drawn = Object.fromEntries(
      describeNetwork(model, 105).parameters.map((spec) => [spec.path, spec.initializer]),
    );
    const convolution = { type: 'normal', mean: 0, standardDeviation: 0.01 };
    const bias = { type: 'normal', mean: 0.5, standardDeviation: 0.01 };
    for (const layer of ['conv1', 'conv2', 'conv3', 'conv4']) {
      expect(drawn[`${layer}/kernel`]).toEqual(convolution);
      expect(drawn[`${layer}/bias`]).toEqual(bias);
    }
    expect(drawn['embedding/kernel']).toEqual({ type: 'normal', mean: 0, standardDeviation: 0.2 });
    expect(drawn['embedding/bias']).toEqual(bias);
  });

  it('takes batches of 128 pairs in four pieces', () => {
    const { units, picturesPerUnit } = describeBatch(training);
    expect(units).toBe(128);
    const { encoder } = describeNetwork(model, 105);
    expect(chooseMicroBatchSize(training.microBatchSize, units, picturesPerUnit, encoder)).toBe(32);
  });

  it('lowers the rate by 1 % per epoch and raises momentum from 0.5', () => {
    const { momentum, learningRate } = training.optimizer as OptimizerSgd;
    const stepsPerEpoch = 10_547; // 150,000 pairs, 9 times, in batches of 128
    const schedule = buildSchedule(training.schedule, { stepsPerEpoch, maxEpochs: training.maxEpochs });
    expect(learningRate * schedule(0)).toBe(0.01);
    expect(learningRate * schedule(stepsPerEpoch * 100)).toBeCloseTo(0.01 * 0.99 ** 100, 12);
    expect([0, 25, 50, 199].map((epoch) => momentumAt(momentum, 0.9, epoch))).toEqual([0.5, 0.7, 0.9, 0.9]);
  });

  it('stops after 20 epochs without a better one-shot accuracy, 200 at most', () => {
    expect(watchedMetric(training)).toBe('validation/one-shot-accuracy');
    expect(training.earlyStopping?.patienceEpochs).toBe(20);
    expect(training.maxEpochs).toBe(200);
  });
});

it('learns a tiny set of pairs when it is small', async () => {
  const engine = await startEngine('auto', { threads: 1 });
  const { hooks, recording } = recordHooks();
  // The layout and the optimizer of the paper; with its initialisers so narrow a network would hardly move in 120 steps.
  const layout = kochModel([8, 8, 8, 16], [5, 3, 2, 2], 16);
  const small: Model = {
    encoder: layout.encoder.map((layer) =>
      layer.type === 'conv' || layer.type === 'dense'
        ? { ...layer, weightInitializer: { type: 'heNormal' }, biasInitializer: { type: 'zeros' } }
        : layer,
    ),
    head: plainModel.head,
  };
  await train({
    ...tinyOptions({
      engine,
      model: small,
      imageSize: 32,
      stepsPerEpoch: 20,
      training: {
        ...pairTraining,
        batchSize: 16,
        optimizer: { ...(training.optimizer as OptimizerSgd), learningRate: 0.05 },
        schedule: training.schedule,
        maxEpochs: 6,
      },
    }),
    hooks,
  });
  engine.dispose();
  const losses = recording.metrics.flatMap(([key, , value]) => (key === 'train/loss' ? [value] : []));
  expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
});
