import type { Tensor2D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import type { Head, HeadWeightedL1, Layer, Model } from '../../src/config/experiment.js';
import type { Engine } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';
import { compareAll, comparePairs, compareQueries } from '../../src/model/heads/compare-embeddings.js';
import type { HeadContext } from '../../src/model/heads/head.js';
import { headTypeOf } from '../../src/model/heads/registry.js';
import { initializeNetwork } from '../../src/model/initializers.js';
import { buildNetwork, type TrainingMode, uploadParameters } from '../../src/model/network.js';
import { makeNetworkFunctions } from '../../src/model/network-functions.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import { kochModel } from './koch-model.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

const zeros = { type: 'zeros' } as const;
const head: HeadWeightedL1 = { type: 'weightedL1', weightInitializer: zeros, biasInitializer: zeros };

/** A head with its parameters and what it should say of two embeddings, written plainly. */
interface HeadCase {
  readonly title: string;
  readonly head: Head;
  readonly parameters: Record<string, readonly number[]>;
  readonly logit: (a: readonly number[], b: readonly number[]) => number;
  readonly distance?: (a: readonly number[], b: readonly number[]) => number;
}

const sumOver = (a: readonly number[], b: readonly number[], term: (x: number, y: number, unit: number) => number) =>
  a.reduce((sum, value, unit) => sum + term(value, b[unit]!, unit), 0);
const manhattan = (a: readonly number[], b: readonly number[]) => sumOver(a, b, (x, y) => Math.abs(x - y));
const squares = (a: readonly number[], b: readonly number[]) => sumOver(a, b, (x, y) => (x - y) ** 2);
const dot = (a: readonly number[], b: readonly number[]) => sumOver(a, b, (x, y) => x * y);
const cosineOf = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const learned = { scale: [0.5], bias: [0.25] };

const heads: HeadCase[] = [
  {
    title: 'weighted L1',
    head,
    parameters: { weights: [0.5, -1, 2], bias: [0.25] },
    logit: (a, b) => 0.25 + sumOver(a, b, (x, y, unit) => [0.5, -1, 2][unit]! * Math.abs(x - y)),
  },
  {
    title: 'L1',
    head: { type: 'l1', scale: 0.1, bias: 3 },
    parameters: learned,
    logit: (a, b) => 0.25 - 0.5 * manhattan(a, b),
    distance: manhattan,
  },
  {
    title: 'Euclidean',
    head: { type: 'l2', squared: false, scale: 1, bias: 3 },
    parameters: learned,
    logit: (a, b) => 0.25 - 0.5 * Math.sqrt(squares(a, b)),
    distance: (a, b) => Math.sqrt(squares(a, b)),
  },
  {
    title: 'squared Euclidean',
    head: { type: 'l2', squared: true, scale: 1, bias: 3 },
    parameters: learned,
    logit: (a, b) => 0.25 - 0.5 * squares(a, b),
    distance: squares,
  },
  {
    title: 'cosine',
    head: { type: 'cosine', scale: 16, bias: 0 },
    parameters: learned,
    logit: (a, b) => 0.25 + 0.5 * cosineOf(a, b),
    distance: (a, b) => 1 - cosineOf(a, b),
  },
];

describe.each(heads)('the head $title', ({ head: config, parameters, logit, distance }) => {
  const stream = randomStream(1, 'embeddings');
  const rows = Array.from({ length: 6 }, () => Array.from({ length: 3 }, () => stream.uniform()));
  const context = (): HeadContext => ({
    tf: engine.tf,
    parameter: (name) => engine.tf.tensor(parameters[name] as number[], name === 'weights' ? [3, 1] : [1]),
  });
  const expectNumbers = (found: ArrayLike<number>, expected: number[]) => {
    expect(found).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 5);
  };
  const measures = [['logits', logit], ...(distance ? [['distances', distance] as const] : [])] as const;

  it('has the parameters that it uses, with their values at the start', () => {
    const specs = headTypeOf(config).parameters(config, 3);
    expect(specs.map(({ name }) => name)).toEqual(Object.keys(parameters));
    for (const { name, initializer } of specs)
      if (name === 'scale' || (name === 'bias' && config.type !== 'weightedL1'))
        expect(initializer).toEqual({ type: 'constant', value: (config as unknown as Record<string, number>)[name] });
  });

  it.each(measures)('compares aligned pairs by their %s', (measure, expected) => {
    const [a, b] = [rows.slice(0, 3), rows.slice(3)];
    const found = comparePairs(config, measure, engine.tf.tensor2d(a), engine.tf.tensor2d(b), context());
    expect(found.shape).toEqual([3]);
    expectNumbers(
      found.dataSync(),
      a.map((row, index) => expected(row, b[index]!)),
    );
  });

  it.each(measures)('compares rows with the columns of their group by their %s', (measure, expected) => {
    const groups = [rows.slice(0, 3), rows.slice(3)];
    const columns = groups.map((group) => group.slice(1));
    const found = compareAll(config, measure, engine.tf.tensor3d(groups), engine.tf.tensor3d(columns), context());
    expect(found.shape).toEqual([2, 3, 2]);
    expectNumbers(
      found.dataSync(),
      groups.flatMap((group, at) => group.flatMap((a) => columns[at]!.map((b) => expected(a, b)))),
    );
  });

  it('scores queries against supports', () => {
    const { tf } = engine;
    const [queries, supports] = [rows.slice(0, 2), rows.slice(2)];
    const logits = compareQueries(config, tf.tensor2d(queries), tf.tensor2d(supports), context());
    expect(logits.shape).toEqual([2, 4]);
    expectNumbers(
      logits.dataSync(),
      queries.flatMap((query) => supports.map((support) => logit(query, support))),
    );
  });

  it('has a slope at equal embeddings, and at embeddings of zeros', () => {
    const { tf } = engine;
    for (const row of [rows[0]!, [0, 0, 0]]) {
      const slope = tf.grad((a) =>
        tf.sum(comparePairs(config, 'logits', a as Tensor2D, tf.tensor2d([row]), context())),
      );
      expect([...slope(tf.tensor2d([row])).dataSync()].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('queries and supports', () => {
  it('are cut into pieces where all distances at once would be too many', () => {
    const { tf } = engine;
    const units = 2048;
    const queries = tf.randomUniform([3, units], 0, 1, 'float32', 1) as ReturnType<typeof tf.tensor2d>;
    const supports = tf.randomUniform([1024, units], 0, 1, 'float32', 2) as ReturnType<typeof tf.tensor2d>;
    const wide = {
      tf,
      parameter: (name: string) => (name === 'bias' ? tf.zeros([1]) : tf.ones([units, 1])),
    };
    const logits = compareQueries(head, queries, supports, wide);
    expect(logits.shape).toEqual([3, 1024]);
    // 2 of 3 queries fit a piece; the last query is alone in its own.
    const last = tf.sum(tf.abs(tf.sub(tf.slice2d(queries, [2, 0], [1, units]), supports)), 1).dataSync();
    const found = logits.dataSync().slice(2 * 1024);
    for (const index of [0, 511, 1023]) expect(found[index]).toBeCloseTo(last[index]!, 1);
  });

  it('a head whose distance is learned has no distances of its own', () => {
    const { tf } = engine;
    const context = { tf, parameter: () => tf.zeros([1]) };
    expect(() => comparePairs(head, 'distances', tf.zeros([1, 3]), tf.zeros([1, 3]), context)).toThrow(
      'the head weightedL1 has no distances of its own',
    );
  });
});

describe('a network', () => {
  const model = kochModel([4, 4, 4, 4], [3, 3, 3, 3], 8);
  const shape = describeNetwork(model, 44);

  it('embeds pictures and scores them over plain arrays, and leaves no tensor behind', async () => {
    const { tf } = engine;
    const before = engine.memory().tensors;
    const variables = uploadParameters(tf, shape, initializeNetwork(shape, 1));
    const functions = makeNetworkFunctions(tf, buildNetwork(tf, model, shape, variables));
    const stream = randomStream(1, 'pictures');
    const pictures = Float32Array.from({ length: 3 * 44 * 44 }, () => stream.uniform());
    const embeddings = await functions.embed(pictures, 3);
    expect(functions.imageSize).toBe(44);
    expect(embeddings).toHaveLength(3 * 8);
    expect(embeddings.every((value) => value > 0 && value < 1)).toBe(true);
    const scores = await functions.scoreQueries(embeddings.subarray(0, 8), embeddings, 8);
    expect(scores).toHaveLength(3);
    // A picture's distance to itself is 0: what is left is the bias.
    expect(scores[0]).toBeCloseTo(variables.get('head/bias')!.dataSync()[0]!, 6);
    for (const variable of variables.values()) variable.dispose();
    expect(engine.memory().tensors).toBe(before);
  });

  it('refuses weights that are missing, too many or of another shape', () => {
    const { tf } = engine;
    const weights = initializeNetwork(shape, 1);
    const changed = (change: (copy: Map<string, { shape: number[]; values: Float32Array }>) => void) => {
      const copy = new Map([...weights].map(([path, array]) => [path, { ...array, shape: [...array.shape] }]));
      change(copy);
      return () => uploadParameters(tf, shape, copy);
    };
    expect(changed((copy) => copy.delete('conv2/bias'))).toThrow('conv2/bias is missing, not [4]');
    expect(changed((copy) => copy.set('extra/x', { shape: [1], values: new Float32Array(1) }))).toThrow(
      'has no extra/x',
    );
    expect(changed((copy) => copy.set('conv2/bias', { shape: [5], values: new Float32Array(5) }))).toThrow(
      'conv2/bias is [5], not [4]',
    );
  });
});

describe('layers that differ between training and evaluation', () => {
  const pictures = Float32Array.from({ length: 4 * 2 * 2 }, (_, index) => index);

  /** What one layer does to four 2 x 2 pictures; statistics and noise as given. */
  function apply(layer: Layer, training?: TrainingMode): number[] {
    const { tf } = engine;
    const model: Model = { encoder: [layer], head };
    const shape = describeNetwork(model, 2);
    const network = buildNetwork(tf, model, shape, uploadParameters(tf, shape, initializeNetwork(shape, 1)));
    return [...network.embed(tf.tensor4d(pictures, [4, 2, 2, 1]), training).dataSync()];
  }
  const noStatistics = { updateStatistic: () => {} };

  it('dropout is nothing in evaluation; in training it zeroes where the noise is below the rate and scales the rest', () => {
    const layer: Layer = { type: 'dropout', rate: 0.25 };
    const noise = {
      uniformNoise: (_layer: string, shape: readonly number[]) => engine.tf.tensor(alternate(), [...shape]),
    };
    const alternate = () => Float32Array.from({ length: 16 }, (_, index) => (index % 2 ? 0.25 : 0.2));
    expect(apply(layer)).toEqual([...pictures]);
    expect(apply(layer, { ...noise, ...noStatistics })).toEqual(
      [...pictures].map((value, index) => Math.fround(index % 2 ? value * Math.fround(1 / 0.75) : 0)),
    );
  });

  it('batch normalisation takes the statistics of the batch in training and hands in the running ones', () => {
    const layer: Layer = { type: 'batchNorm', epsilon: 0, statisticsMomentum: 0.9 };
    const statistics = new Map<string, number>();
    const found = apply(layer, {
      uniformNoise: () => {
        throw new Error('unused');
      },
      updateStatistic: (path, value) => statistics.set(path, value.dataSync()[0]!),
    });
    // 0 … 15: mean 7.5, variance 21.25, unbiased 21.25 x 16 / 15.
    for (const [index, value] of found.entries()) expect(value).toBeCloseTo((index - 7.5) / Math.sqrt(21.25), 5);
    expect(statistics.get('batchNorm0/runningMean')).toBeCloseTo(0.75, 5);
    expect(statistics.get('batchNorm0/runningVariance')).toBeCloseTo(0.9 + (0.1 * (21.25 * 16)) / 15, 5);
    // In evaluation the running statistics count, which start at mean 0 and variance 1.
    expect(apply(layer)).toEqual([...pictures]);
  });
});
