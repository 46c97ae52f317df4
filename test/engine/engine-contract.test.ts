// The contract that every engine keeps (src/engine/engine.ts), checked on tiny networks against the plain cpu engine.
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import type { Layer, Model, Task, Training } from '../../src/config/experiment.js';
import type { Batch } from '../../src/data/sampling/batch.js';
import { type Engine, type EngineName, feedOf } from '../../src/engine/engine.js';
import { initializeNetwork } from '../../src/model/initializers.js';
import { lossTypeOf } from '../../src/model/losses/registry.js';
import { buildNetwork, type TrainingMode, uploadParameters } from '../../src/model/network.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import { taskTypeOf } from '../../src/tasks/registry.js';
import type { TaskContext } from '../../src/tasks/task.js';
import { withTaskParameters } from '../../src/tasks/task-parameters.js';
import { clipGradients } from '../../src/training/clip-gradients.js';
import { findStartingEngines, withEngine } from './started-engines.js';

const IMAGE_SIZE = 9;
const normal = (standardDeviation: number, mean = 0) => ({ type: 'normal', mean, standardDeviation }) as const;
const initializers = { useBias: true, weightInitializer: normal(0.3), biasInitializer: normal(0.2, 0.1) };
const conv: Layer = { type: 'conv', filters: 4, kernelSize: 3, stride: 1, padding: 'valid', ...initializers };
const depthwise: Layer = {
  type: 'depthwiseConv',
  kernelSize: 3,
  stride: 1,
  multiplier: 1,
  padding: 'same',
  ...initializers,
};
const dense: Layer = { type: 'dense', units: 6, ...initializers };
const weightedL1: Model['head'] = { type: 'weightedL1', weightInitializer: normal(0.5), biasInitializer: normal(0.5) };

const batchNorm: Layer = { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 };
const residual = (layers: Layer[]): Layer => ({ type: 'residual', layers, projectionInitializer: normal(0.3) });
// All end in a sigmoid: without it a bias changes both towers alike, and its gradient would be rounding alone. For the
// same reason nothing with a bias stands before batch normalisation.
const end: Layer[] = [dense, { type: 'sigmoid' }];
const encoders: Record<string, Layer[]> = {
  'convolution, valid': [conv, ...end],
  'convolution of 16 channels, same': [{ ...conv, filters: 16, padding: 'same' }, conv, ...end],
  'convolution with stride, same': [{ ...conv, stride: 2, kernelSize: [3, 4], padding: 'same' }, ...end],
  'max pooling': [conv, { type: 'maxPool', size: 2, padding: 'valid' }, ...end],
  'max pooling that overlaps': [conv, { type: 'maxPool', size: 3, stride: 2, padding: 'same' }, ...end],
  'average pooling': [conv, { type: 'avgPool', size: 2, padding: 'valid' }, ...end],
  'average pooling that overlaps, with padding': [
    conv,
    { type: 'avgPool', size: 3, stride: 2, padding: 'same' },
    ...end,
  ],
  'average pooling of uneven windows, with padding': [
    conv,
    { type: 'avgPool', size: [2, 3], stride: [2, 1], padding: 'same' },
    ...end,
  ],
  'global average pooling': [conv, { type: 'relu' }, { type: 'globalAveragePool' }, ...end],
  relu: [conv, { type: 'relu' }, ...end],
  'leaky relu': [conv, { type: 'leakyRelu', slope: 0.2 }, ...end],
  tanh: [conv, { type: 'tanh' }, ...end],
  sigmoid: [conv, { type: 'sigmoid' }, ...end],
  flatten: [conv, { type: 'flatten' }, ...end],
  'batch normalisation of pictures': [{ ...conv, useBias: false }, batchNorm, ...end],
  // With relu before it: else the normalisation takes out the convolution's bias, whose gradient is rounding alone.
  'batch normalisation of vectors': [
    conv,
    { type: 'relu' },
    { ...dense, useBias: false },
    batchNorm,
    { type: 'sigmoid' },
  ],
  // Engines may lay channels out in blocks of 8 or 16.
  'a block of 16 channels with everything': [
    { ...conv, filters: 16, useBias: false, padding: 'same' },
    batchNorm,
    { type: 'relu' },
    { type: 'maxPool', size: 2, padding: 'valid' },
    { ...conv, filters: 16, useBias: false, padding: 'same' },
    batchNorm,
    { type: 'relu' },
    { ...dense, units: 16, useBias: false },
    batchNorm,
    { type: 'sigmoid' },
  ],
  'depthwise convolution': [conv, { ...depthwise, stride: [1, 2], multiplier: 2, padding: 'valid' }, ...end],
  'depthwise convolutions of 16 channels and relu6': [
    { ...conv, filters: 16, padding: 'same' },
    depthwise,
    { type: 'relu6' },
    { ...depthwise, kernelSize: 5, stride: 2 },
    { type: 'globalAveragePool' },
    ...end,
  ],
  dropout: [conv, { type: 'dropout', rate: 0.4 }, ...end],
  'a residual block': [conv, residual([{ type: 'relu' }, { ...conv, padding: 'same' }]), ...end],
  'a residual block with a projection': [
    conv,
    residual([
      { ...conv, filters: 6, stride: 2, padding: 'same', useBias: false },
      batchNorm,
      { type: 'relu' },
      { type: 'dropout', rate: 0.3 },
      { ...conv, filters: 6, padding: 'same' },
    ]),
    { type: 'relu' },
    ...end,
  ],
  'a residual block of 16 channels': [
    { ...conv, filters: 16, padding: 'same' },
    residual([
      { ...conv, filters: 32, stride: 2, padding: 'same', useBias: false },
      batchNorm,
      { type: 'relu' },
      { ...conv, filters: 32, padding: 'same', useBias: false },
      batchNorm,
    ]),
    { type: 'relu' },
    { type: 'globalAveragePool' },
    ...end,
  ],
  'residual blocks of vectors': [
    dense,
    residual([{ type: 'tanh' }, dense]),
    residual([{ ...dense, units: 5 }]),
    ...end,
  ],
};

const verification: Task = {
  type: 'verification',
  pairs: { count: 8, redraw: 'never', different: 'within-alphabet' },
};
const tasks: Record<string, Task> = {
  'verification pairs': verification,
  'all pairs, hard negatives': { type: 'allPairs', alphabets: 2, characters: 2, drawers: 3, negatives: 'hard' },
  'all pairs, balanced': { type: 'allPairs', alphabets: 2, characters: 2, drawers: 3, negatives: 'balanced' },
};

/** Classes of the training selection. */
const CLASSES = 7;

/** 12 pictures of noise; as pairs, every second one is of the same character. */
function noiseBatch(): Batch {
  const stream = randomStream(7, 'pictures');
  const images = Float32Array.from({ length: 12 * IMAGE_SIZE * IMAGE_SIZE }, () => stream.uniform());
  return {
    images,
    labels: Float32Array.from({ length: 6 }, (_, pair) => pair % 2),
    classes: Int32Array.from({ length: 12 }, (_, picture) => (5 * picture) % CLASSES),
  };
}

/** Loss, gradients and new statistics of one batch, by name. Weights are moved by `move` first. */
async function differentiate(
  engine: Engine,
  { encoder, task, head = weightedL1, loss = 'binaryCrossEntropy' }: Omit<Case, 'title'>,
  move: (path: string, values: Float32Array) => void = () => {},
): Promise<Map<string, Float32Array>> {
  const { tf } = engine;
  const model: Model = { encoder, head };
  const shape = withTaskParameters(describeNetwork(model, IMAGE_SIZE), task, CLASSES);
  const weights = initializeNetwork(shape, 3);
  for (const [path, { values }] of weights) move(path, values);
  const variables = uploadParameters(tf, shape, weights);
  const network = buildNetwork(tf, model, shape, variables);
  const results = new Map<string, Float32Array>();
  const noise = randomStream(5, 'noise');
  const kept: [string, ReturnType<typeof tf.keep>][] = [];
  const training: TrainingMode = {
    uniformNoise: (_layer, noiseShape) =>
      tf.tensor(
        Float32Array.from({ length: noiseShape.reduce((a, b) => a * b, 1) }, () => noise.uniform()),
        [...noiseShape],
      ),
    updateStatistic: (path, value) => kept.push([path, tf.keep(value)]),
  };
  const batch = noiseBatch();
  const context: TaskContext = {
    tf,
    network,
    loss: lossTypeOf(loss),
    margin: 0.7,
    training,
    feed: feedOf(tf, batch),
    parameter: (name) => variables.get(`task/${name}`)!,
  };
  const learned = shape.parameters.filter(({ role }) => role !== 'statistic');
  const { value, grads } = tf.variableGrads(
    () => taskTypeOf(task).loss(task, batch, context),
    learned.map(({ path }) => variables.get(path)!),
  );
  engine.flush();
  const read = async (tensor: Tensor) => (await tensor.data<'float32'>()).slice();
  results.set('loss', await read(value));
  for (const { path } of learned) {
    // The loss does not touch every parameter: a softmax over classes sees no bias.
    const gradient = grads[variables.get(path)!.name];
    if (gradient !== undefined) results.set(path, await read(gradient));
  }
  for (const [path, tensor] of kept) results.set(path, await read(tensor));
  tf.dispose([value, grads, kept.map(([, tensor]) => tensor), [...variables.values()]] as never);
  return results;
}

/**
 * The largest difference of each array as a part of its largest element, or of a thousandth of the largest element of
 * all where that is more: sums that nearly cancel are rounding.
 */
function relativeDifferences(
  found: Map<string, Float32Array>,
  expected: Map<string, Float32Array>,
): Map<string, number> {
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = 1e-3 * Math.max(...[...expected.values()].map(largest));
  return new Map(
    [...expected].map(([key, values]) => {
      const differences = values.map((value, index) => found.get(key)![index]! - value);
      return [key, largest(differences) / Math.max(floor, largest(values))];
    }),
  );
}

/**
 * WGSL lets `exp` be wrong by 3 + 2|x| units in the last place (WebGPU Shading Language, 15.7.4.1); sums that nearly
 * cancel show it.
 */
const toleranceOf = (name: EngineName) => (name === 'webgpu' ? 3e-4 : 1e-4);

const names = await findStartingEngines();
const squaredEuclidean: Model['head'] = { type: 'l2', squared: true, scale: 0.4, bias: 1 };
const heads: Model['head'][] = [
  { type: 'l1', scale: 0.4, bias: 1 },
  { type: 'l2', squared: false, scale: 0.4, bias: 1 },
  squaredEuclidean,
  { type: 'cosine', scale: 5, bias: -4 },
];

interface Case {
  readonly title: string;
  readonly encoder: Layer[];
  readonly task: Task;
  readonly head?: Model['head'];
  readonly loss?: Training['loss'];
}

const plainEncoder: Layer[] = [conv, { type: 'relu' }, ...end];
const euclidean: Model['head'] = { type: 'l2', squared: false, scale: 0.4, bias: 1 };
const groups = { alphabets: 2, characters: 2, drawers: 3 };
const classification = { type: 'classification', scale: 4 } as const;
const trainings: Case[] = [
  {
    title: 'contrastive loss of pairs',
    encoder: plainEncoder,
    task: verification,
    head: euclidean,
    loss: 'contrastive',
  },
  ...(['hard', 'balanced'] as const).flatMap((negatives) =>
    (['contrastive', 'triplet'] as const).map((loss) => ({
      title: `${loss} loss of all pairs, ${negatives}`,
      encoder: plainEncoder,
      task: { type: 'allPairs', ...groups, negatives } as const,
      head: euclidean,
      loss,
    })),
  ),
  {
    title: 'cosine classification',
    encoder: [conv, { type: 'relu' }, dense],
    task: { ...classification, softmax: 'cosine' },
    head: { type: 'cosine', scale: 16, bias: -8 },
  },
  {
    title: 'linear classification',
    encoder: plainEncoder,
    task: { ...classification, softmax: 'linear' },
    head: euclidean,
  },
  { title: 'episodes', encoder: plainEncoder, task: { type: 'episodes', ...groups, shots: 1 }, head: squaredEuclidean },
  {
    title: 'episodes of two shots with a class head',
    encoder: plainEncoder,
    task: { type: 'episodes', ...groups, shots: 2, classHead: { weight: 0.5, scale: 4 } },
    head: squaredEuclidean,
  },
  { title: 'episodes with a learned distance', encoder: plainEncoder, task: { type: 'episodes', ...groups, shots: 1 } },
];

const cases: Case[] = [
  ...trainings,
  ...heads.flatMap((other) =>
    Object.entries(tasks).map(([title, task]) => ({
      title: `head ${other.type}${other.type === 'l2' && other.squared ? ', squared' : ''}: ${title}`,
      encoder: [conv, { type: 'relu' }, ...end] as Layer[],
      task,
      head: other,
    })),
  ),
  ...Object.entries(encoders).map(([title, encoder]) => ({ title, encoder, task: verification })),
  ...Object.entries(tasks).map(([title, task]) => ({
    title,
    encoder: [conv, { type: 'relu' }, ...end] as Layer[],
    task,
  })),
];

it('the reference engine always starts', () => {
  expect(names).toContain('cpu');
});

// The weights of hard negatives are constants to the gradient, so its loss does not follow it.
describe('the gradients of the reference', () => {
  it.each(
    cases.filter(({ task, loss }) => task.type !== 'allPairs' || task.negatives !== 'hard' || loss === 'triplet'),
  )('are the slope of the loss: $title', async ({ title: _, ...network }) => {
    await withEngine('cpu', async (engine) => {
      const gradients = await differentiate(engine, network);
      // A step along the gradient changes the loss by the step times the gradient's squared length.
      const learned = [...gradients].filter(([key]) => key !== 'loss' && !key.includes('running'));
      const slope = learned.reduce((sum, [, values]) => values.reduce((s, value) => s + value * value, sum), 0);
      const step = 0.002 / Math.sqrt(slope);
      const lossAt = async (distance: number) => {
        const results = await differentiate(engine, network, (path, values) => {
          const gradient = gradients.get(path);
          if (path.includes('running') || gradient === undefined) return;
          for (let index = 0; index < values.length; index++) values[index]! += distance * gradient[index]!;
        });
        return results.get('loss')![0]!;
      };
      const measured = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      expect(Math.abs(measured / slope - 1)).toBeLessThan(0.02);
    });
  });
});

describe.each(names)('engine %s', (name: EngineName) => {
  it.each(cases)('agrees with cpu on the gradients of: $title', async ({ title: _, ...network }) => {
    const expected = await withEngine('cpu', (engine) => differentiate(engine, network));
    const found = await withEngine(name, (engine) => differentiate(engine, network));
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [key, difference] of relativeDifferences(found, expected))
      expect(difference, key).toBeLessThan(toleranceOf(name));
  });

  it('clips gradients to a length that they share', async () => {
    await withEngine(name, async ({ tf }) => {
      const gradients = new Map<string, Tensor>([
        ['a', tf.tensor1d([3, 0])],
        ['b', tf.tensor2d([[4]])],
      ]);
      const lengthsAt = (limit: number) =>
        Promise.all(
          [...clipGradients(tf, gradients, limit)].map(async ([path, clipped]) => [path, [...(await clipped.data())]]),
        );
      expect(await lengthsAt(2.5)).toEqual([
        ['a', [1.5, 0]],
        ['b', [2]],
      ]);
      expect(await lengthsAt(10)).toEqual([
        ['a', [3, 0]],
        ['b', [4]],
      ]);
    });
  });

  it('gives equal bytes for equal inputs', async () => {
    const encoder = encoders['batch normalisation of pictures']!;
    const first = await withEngine(name, (engine) => differentiate(engine, { encoder, task: verification }));
    const second = await withEngine(name, (engine) => differentiate(engine, { encoder, task: verification }));
    expect(second).toEqual(first);
  });

  it('leaves no tensor behind', async () => {
    await withEngine(name, async (engine) => {
      const before = engine.memory().tensors;
      await differentiate(engine, { encoder: encoders.dropout!, task: verification });
      engine.flush();
      expect(engine.memory().tensors).toBe(before);
    });
  });

  it('describes what results depend on', async () => {
    const description = await withEngine(name, (engine) => engine.description);
    expect(description).toMatchObject({ name, tensorflowJsVersion: '4.22.0' });
    expect(description.version).toMatch(/^\d+\.\d+/);
    expect(description.threads).toBeGreaterThanOrEqual(1);
  });
});
