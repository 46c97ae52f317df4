import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Model, Training } from '../../src/config/experiment.js';
import type { Batch } from '../../src/data/sampling/batch.js';
import { computeEachStep, type Engine } from '../../src/engine/engine.js';
import { hashArrays } from '../../src/model/named-arrays.js';
import { readTrainingCheckpoint, writeTrainingCheckpoint } from '../../src/training/checkpoint.js';
import { type TrainingOptions, type TrainingResult, train } from '../../src/training/train.js';
import { findStartingEngines, withEngine } from '../engine/started-engines.js';
import {
  classTraining,
  distanceModel,
  drawTinyBatch,
  episodeTraining,
  groupTraining,
  noisyModel,
  pairTraining,
  plainModel,
  type Recording,
  recordHooks,
  tinyOptions,
} from './tiny-training.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Given = Partial<TrainingOptions> & { stopAfter?: number; validate?: TrainingOptions['hooks']['validate'] };

async function run(
  engine: Engine,
  { stopAfter, validate, ...given }: Given = {},
): Promise<{ result: TrainingResult; recording: Recording }> {
  const { hooks, recording } = recordHooks({ stopAfter, validate });
  const result = await train({ ...tinyOptions({ engine, ...given }), hooks: given.hooks ?? hooks });
  return { result, recording };
}

function valuesOf(recording: Recording, key: string): number[] {
  return recording.metrics.filter(([name]) => name === key).map(([, , value]) => value);
}

describe.each(await findStartingEngines())('training on engine %s', (name) => {
  it.each<[string, Model, Training]>([
    ['pairs', plainModel, { ...pairTraining, maxEpochs: 12 }],
    ['all pairs', noisyModel, { ...groupTraining, maxEpochs: 8 }],
    ['all pairs, triplets', distanceModel, { ...groupTraining, loss: 'triplet', maxEpochs: 8 }],
    ['episodes', distanceModel, { ...episodeTraining, maxEpochs: 8 }],
    ['classes', distanceModel, { ...classTraining, maxEpochs: 8 }],
  ])('learns a tiny set of %s', async (_title, model, training) => {
    const { recording, result } = await withEngine(name, (engine) => run(engine, { model, training }));
    const losses = valuesOf(recording, 'train/loss');
    expect(losses).toHaveLength(training.maxEpochs);
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(result).toMatchObject({ outcome: 'finished', reason: 'max-epochs', epochsDone: training.maxEpochs });
  });

  // 20 steps in 4 epochs of 5; the interruption after 7 lies within the second epoch.
  it.each<[string, Model, Training]>([
    ['SGD with momentum ramp, pairs', plainModel, pairTraining],
    ['SGD, dropout and batch normalisation, averaged', noisyModel, { ...pairTraining, averaging: { decay: 0.9 } }],
    ['AdamW, dropout and batch normalisation, averaged, all pairs', noisyModel, groupTraining],
    ['episodes with a class head and clipped gradients', distanceModel, episodeTraining],
    ['classes', distanceModel, classTraining],
  ])('ends with the same bytes when it was interrupted: %s', async (title, model, training) => {
    const whole = await withEngine(name, (engine) => run(engine, { model, training }));
    const path = join(folder, `${name} ${title}.safetensors`.replaceAll(/[ ,]/g, '-'));
    const stopped = await withEngine(name, (engine) => run(engine, { model, training, stopAfter: 7 }));
    expect(stopped.result).toMatchObject({ outcome: 'stopped', reason: 'requested', epochsDone: 1 });
    expect(stopped.recording.last.at(-1)?.position).toEqual({ epoch: 2, step: 2 });
    writeTrainingCheckpoint(path, stopped.recording.last.at(-1)!);
    const resumed = await withEngine(name, (engine) =>
      run(engine, { model, training, restore: readTrainingCheckpoint(path) }),
    );
    expect(hashArrays(resumed.recording.last.at(-1)!.arrays)).toBe(hashArrays(whole.recording.last.at(-1)!.arrays));
    expect(resumed.recording.best.at(-1)!.weightHash).toBe(whole.recording.best.at(-1)!.weightHash);
    const repeatable = (recording: Recording) => recording.metrics.filter(([key]) => !key.startsWith('time/'));
    expect([...repeatable(stopped.recording), ...repeatable(resumed.recording)]).toEqual(repeatable(whole.recording));
  });

  it('ends with the same bytes when it was halted after an epoch', async () => {
    const given = { model: noisyModel, training: { ...groupTraining, averaging: { decay: 0.9 } } };
    const whole = await withEngine(name, (engine) => run(engine, given));
    const halted = await withEngine(name, (engine) => run(engine, { ...given, haltAfterEpoch: 2 }));
    expect(halted.result).toMatchObject({ outcome: 'halted', reason: 'halting', epochsDone: 2 });
    const restore = halted.recording.last.at(-1)!;
    expect(restore.position).toEqual({ epoch: 3, step: 0 });
    // A rung that the checkpoint has passed already halts again at once.
    const again = await withEngine(name, (engine) => run(engine, { ...given, restore, haltAfterEpoch: 1 }));
    expect(again.result).toMatchObject({ outcome: 'halted', epochsDone: 2 });
    expect(again.recording.metrics).toEqual([]);
    const promoted = await withEngine(name, (engine) => run(engine, { ...given, restore, haltAfterEpoch: 4 }));
    expect(promoted.result).toMatchObject({ outcome: 'finished', reason: 'max-epochs', epochsDone: 4 });
    expect(hashArrays(promoted.recording.last.at(-1)!.arrays)).toBe(hashArrays(whole.recording.last.at(-1)!.arrays));
  });

  it('gives other bytes for another seed', async () => {
    const hashes = await withEngine(name, async (engine) => {
      const training = { ...pairTraining, maxEpochs: 1 };
      const first = await run(engine, { training, seed: 1 });
      const second = await run(engine, { training, seed: 2 });
      return [first, second].map(({ recording }) => recording.best[0]?.weightHash);
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it.each<[string, Training, number]>([
    ['pairs, evenly', pairTraining, 4],
    ['pairs, with a smaller last piece', pairTraining, 3],
    ['groups', groupTraining, 1],
    ['episodes', episodeTraining, 1],
    ['classes', classTraining, 5],
  ])('makes the step of the whole batch in micro-batches: %s', async (_title, training, microBatchSize) => {
    const short = { ...training, maxEpochs: 1 };
    const [whole, cut] = await withEngine(name, async (engine) => [
      await run(engine, { training: short }),
      await run(engine, { training: short, microBatchSize }),
    ]);
    for (const [path, { values }] of whole!.recording.best[0]!.arrays) {
      // A softmax over classes does not see the head's bias: its gradient is rounding, which Adam makes steps of.
      if (path === 'head/bias' && training.task.type === 'episodes') continue;
      const other = cut!.recording.best[0]!.arrays.get(path)!.values;
      for (const [index, value] of values.entries()) expect(other[index]).toBeCloseTo(value, 4);
    }
  });

  it('holds as many tensors after each epoch, and none after the end', async () => {
    await withEngine(name, async (engine) => {
      const before = engine.memory().tensors;
      const counts: number[] = [];
      const { hooks } = recordHooks();
      hooks.saveLast = () => void counts.push(engine.memory().tensors);
      await run(engine, { model: noisyModel, training: groupTraining, hooks });
      expect(new Set(counts).size).toBe(1);
      expect(engine.memory().tensors).toBe(before);
    });
  });

  it.runIf(name === 'onnxruntime').each<[string, Model, Training]>([
    ['pairs', plainModel, pairTraining],
    ['all pairs', noisyModel, groupTraining],
    ['episodes', distanceModel, episodeTraining],
    ['classes', distanceModel, classTraining],
  ])('asks for two steps of %s alone and repeats them, with the same bytes', async (_, model, training) => {
    const hashOf = ({ recording }: { recording: Recording }) => hashArrays(recording.last.at(-1)!.arrays);
    await withEngine(name, async (engine) => {
      const asked = await run({ ...engine, traceStep: computeEachStep(engine) }, { model, training });
      const before = engine.statistics().replays;
      expect(hashOf(await run(engine, { model, training }))).toBe(hashOf(asked));
      // 4 epochs of 5 steps; only this engine repeats them.
      expect(engine.statistics().replays - before).toBe(name === 'onnxruntime' ? 18 : 0);
    });
  });

  it('compiles no more after the first epoch and runs once per micro-batch', async () => {
    await withEngine(name, async (engine) => {
      const perEpoch: { compiles: number; runs: number }[] = [];
      const { hooks } = recordHooks();
      hooks.saveLast = () => void perEpoch.push(engine.statistics());
      await run(engine, { microBatchSize: 4, hooks });
      const [first, second, third] = perEpoch;
      expect(third!.compiles).toBe(first!.compiles);
      // 5 steps of 2 micro-batches each; engines that compute at once count no runs.
      expect(third!.runs - second!.runs).toBe(name === 'cpu' ? 0 : 10);
    });
  });
});

describe('the loop', () => {
  const onCpu = (given: Given) => withEngine('cpu', (engine) => run(engine, given));

  it('logs loss and learning rate of every epoch, and the accuracy of those that are validated', async () => {
    const accuracies = [0.25, 0.5, 0.75];
    const { recording } = await onCpu({
      training: { ...pairTraining, maxEpochs: 3, validation: validationEvery(2) },
      validate: async (epoch) => accuracies[epoch - 1]!,
    });
    expect(recording.metrics.map(([key, step]) => `${key} ${step}`)).toEqual([
      'train/loss 1',
      'train/learning-rate 1',
      'time/epoch-seconds 1',
      'train/loss 2',
      'train/learning-rate 2',
      'validation/one-shot-accuracy 2',
      'time/epoch-seconds 2',
      'train/loss 3',
      'train/learning-rate 3',
      'validation/one-shot-accuracy 3',
      'time/epoch-seconds 3',
    ]);
    expect(valuesOf(recording, 'train/learning-rate').map((rate) => rate.toFixed(6))).toEqual([
      '0.100000',
      '0.090000',
      '0.081000',
    ]);
  });

  it('stops when patience runs out and keeps the first of equal best epochs', async () => {
    const accuracies = [0.25, 0.5, 0.5, 0.4, 0.9];
    const { recording, result } = await onCpu({
      training: {
        ...pairTraining,
        maxEpochs: 5,
        validation: validationEvery(1),
        earlyStopping: { metric: 'validation/one-shot-accuracy', patienceEpochs: 2 },
      },
      validate: async (epoch) => accuracies[epoch - 1]!,
    });
    expect(result).toMatchObject({
      outcome: 'finished',
      reason: 'early-stopping',
      epochsDone: 4,
      best: { epoch: 2, value: 0.5 },
    });
    expect(recording.best.map(({ epoch, value }) => [epoch, value])).toEqual([
      [1, 0.25],
      [2, 0.5],
    ]);
  });

  it('is finished where patience runs out at the very epoch it is to halt after', async () => {
    const accuracies = [0.5, 0.4, 0.4, 0.9];
    const { result } = await onCpu({
      training: {
        ...pairTraining,
        validation: validationEvery(1),
        earlyStopping: { metric: 'validation/one-shot-accuracy', patienceEpochs: 2 },
      },
      haltAfterEpoch: 3,
      validate: async (epoch) => accuracies[epoch - 1]!,
    });
    expect(result).toMatchObject({ outcome: 'finished', reason: 'early-stopping', epochsDone: 3 });
  });

  it('is finished at once when it is resumed after its end', async () => {
    const training: Training = {
      ...pairTraining,
      earlyStopping: { metric: 'train/loss', patienceEpochs: 1 },
      validation: undefined,
      optimizer: { ...pairTraining.optimizer, type: 'sgd', learningRate: 1e-30 } as Training['optimizer'],
    };
    const first = await onCpu({ training });
    expect(first.result.reason).toBe('early-stopping');
    const again = await onCpu({ training, restore: first.recording.last.at(-1)! });
    expect(again.result).toEqual(first.result);
    expect(again.recording.metrics).toEqual([]);
  });

  it('gives the network as initialised after 0 epochs', async () => {
    const { recording, result } = await onCpu({ training: { ...pairTraining, maxEpochs: 0 } });
    expect(result).toMatchObject({ outcome: 'finished', epochsDone: 0, best: { epoch: 0 } });
    expect(recording.best).toHaveLength(1);
  });

  it('stores a checkpoint within an epoch when the time has come', async () => {
    // The clock of the hooks counts steps as milliseconds: 3 ms pass in 3 steps.
    const training = { ...pairTraining, maxEpochs: 1, checkpointEveryMinutes: 3 / 60_000 };
    const { recording } = await onCpu({ training });
    expect(recording.last.map(({ position }) => position)).toEqual([
      { epoch: 1, step: 3 },
      { epoch: 2, step: 0 },
    ]);
  });

  it('draws other masks of dropout for each micro-batch of a step', async () => {
    const dropout = { type: 'dropout', rate: 0.5 } as const;
    const wet: Model = {
      ...plainModel,
      encoder: [...plainModel.encoder.slice(0, 3), dropout, ...plainModel.encoder.slice(3)],
    };
    const half = await drawTinyBatch({ ...pairTraining, batchSize: 4 }, 8, 1, 0);
    const pictures = half.images.length / 2;
    const [firsts, seconds] = [half.images.subarray(0, pictures), half.images.subarray(pictures)];
    const twice: Batch = {
      images: Float32Array.from([...firsts, ...firsts, ...seconds, ...seconds]),
      labels: Float32Array.from([...half.labels!, ...half.labels!]),
    };
    const lossOf = async (model: Model, batch: Batch) => {
      const training = { ...pairTraining, batchSize: batch.labels!.length, maxEpochs: 1 };
      const options = { model, training, stepsPerEpoch: 1, microBatchSize: 4, batches: async () => batch };
      const { recording } = await withEngine('cpu', (engine) => run(engine, options));
      return valuesOf(recording, 'train/loss')[0]!;
    };
    // The same pairs twice, in two micro-batches: without dropout their loss is that of the first alone.
    expect(await lossOf(plainModel, twice)).toBeCloseTo(await lossOf(plainModel, half), 6);
    expect(Math.abs((await lossOf(wet, twice)) - (await lossOf(wet, half)))).toBeGreaterThan(1e-4);
  });

  it('stops within a step between micro-batches with the step undone', async () => {
    let asked = 0;
    const { hooks, recording } = recordHooks();
    // Asked before the first step and after each of the first two of its three micro-batches.
    hooks.stopRequested = () => ++asked >= 3;
    await withEngine('cpu', async (engine) => {
      const before = engine.memory().tensors;
      const { result } = await run(engine, { microBatchSize: 3, hooks });
      expect(result.outcome).toBe('stopped');
      expect(engine.memory().tensors).toBe(before);
    });
    expect(recording.last.map(({ position }) => position)).toEqual([{ epoch: 1, step: 0 }]);
  });

  it('ends with the step and the last good checkpoint when the loss is not finite, and stores no NaN', async () => {
    const { hooks, recording } = recordHooks();
    const { batches } = tinyOptions({ engine: undefined as never });
    const failing = onCpu({
      hooks,
      batches: async (epoch, step) => {
        const batch = await batches(epoch, step);
        if (epoch === 2 && step === 1) batch.images[0] = Number.NaN;
        return batch;
      },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'non-finite',
      message:
        'the loss is NaN or infinite at epoch 2, step 2 of 5; the last good checkpoint is of epoch 2 after 0 of 5 steps',
    });
    expect(recording.last).toHaveLength(1);
  });

  it('stores no weights that are not finite although the loss still was', async () => {
    const { hooks, recording } = recordHooks();
    const training: Training = {
      ...pairTraining,
      // The penalty overflows in the first update, whose loss was taken before it.
      optimizer: { type: 'sgd', learningRate: 1e30, momentum: 0, l2: { value: 1e20, coupling: 'coupled' } },
      checkpointEveryMinutes: 0,
    };
    await expect(onCpu({ hooks, training })).rejects.toMatchObject({
      code: 'non-finite',
      message: 'weights/conv1/kernel holds NaN or infinity at epoch 1, step 1 of 5; there is no checkpoint yet',
    });
    expect(recording.last).toEqual([]);
  });

  it('refuses a batch that is not made of whole pairs', async () => {
    const images = new Float32Array(8 * 64);
    await expect(onCpu({ batches: async () => ({ images, labels: new Float32Array(5) }) })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('epoch 1, step 1 holds 512 numbers of pictures and 5 labels'),
    });
  });

  it('leaves what only the task has out of the best weights', async () => {
    const { recording } = await onCpu({ model: distanceModel, training: { ...classTraining, maxEpochs: 1 } });
    expect([...recording.last[0]!.arrays.keys()]).toContain('average/task/classes');
    expect([...recording.best[0]!.arrays.keys()].filter((path) => path.startsWith('task/'))).toEqual([]);
  });

  it('leaves a parameter alone that cancels in the loss, where Adam would follow its rounding errors', async () => {
    const drawn = async (model: Model, training: Training) => {
      const { recording } = await onCpu({ model, training: { ...training, maxEpochs: 0 } });
      return recording.best[0]!.arrays;
    };
    const trained = async (model: Model, training: Training) => {
      const { recording } = await onCpu({ model, training: { ...training, averaging: undefined, maxEpochs: 2 } });
      return recording.best.at(-1)!.arrays;
    };
    const training: Training = { ...episodeTraining, averaging: undefined };
    const [before, after] = [await drawn(distanceModel, training), await trained(distanceModel, training)];
    expect(after.get('head/bias')!.values).toEqual(before.get('head/bias')!.values);
    expect(after.get('head/scale')!.values).not.toEqual(before.get('head/scale')!.values);
    const noisy = [await drawn(noisyModel, groupTraining), await trained(noisyModel, groupTraining)] as const;
    expect(noisy[1].get('conv1/bias')!.values).toEqual(noisy[0].get('conv1/bias')!.values);
    expect(noisy[1].get('embedding/bias')!.values).not.toEqual(noisy[0].get('embedding/bias')!.values);
  });

  it('refuses a batch of classes without classes', async () => {
    const batches = async () => ({ images: new Float32Array(12 * 64) });
    await expect(onCpu({ model: distanceModel, training: classTraining, batches })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no labels and no classes'),
    });
  });

  it('refuses micro-batches with batch normalisation', async () => {
    await expect(onCpu({ model: noisyModel, microBatchSize: 4 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('batch normalisation needs the statistics of whole batches of 8'),
    });
  });

  it('refuses a checkpoint of another network', async () => {
    const { recording } = await onCpu({ training: { ...pairTraining, maxEpochs: 1 } });
    await expect(onCpu({ model: noisyModel, restore: recording.last[0]! })).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('passes on what a hook or a batch throws', async () => {
    await expect(onCpu({ batches: () => Promise.reject(new Error('no pictures')) })).rejects.toThrow('no pictures');
  });
});

function validationEvery(everyEpochs: number): NonNullable<Training['validation']> {
  return { protocol: 'within-alphabet', nWay: 5, kShot: 1, queries: 20, everyEpochs, seed: 1 };
}
