import type { Tensor3D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task, TaskAllPairs, TaskEpisodes } from '../../src/config/experiment.js';
import type { Batch } from '../../src/data/sampling/batch.js';
import { type Engine, feedOf } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';
import { binaryCrossEntropy } from '../../src/model/losses/binary-cross-entropy.js';
import { contrastive } from '../../src/model/losses/contrastive.js';
import { lossTypeOf } from '../../src/model/losses/registry.js';
import { triplet } from '../../src/model/losses/triplet.js';
import type { Network, TrainingMode } from '../../src/model/network.js';
import type { NetworkShape } from '../../src/model/network-shape.js';
import { allPairs } from '../../src/tasks/all-pairs.js';
import { classification } from '../../src/tasks/classification.js';
import { episodes } from '../../src/tasks/episodes.js';
import type { TaskContext } from '../../src/tasks/task.js';
import { withTaskParameters } from '../../src/tasks/task-parameters.js';
import { verification } from '../../src/tasks/verification.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

/** What the tasks under test do not look at. */
const unused: Omit<TaskContext, 'tf' | 'network' | 'loss' | 'feed'> = {
  margin: 0.5,
  training: {} as TrainingMode,
  parameter: () => {
    throw new Error('unused');
  },
};

const softplus = (x: number) => Math.log1p(Math.exp(x));

describe('binary cross-entropy from logits', () => {
  it('is -log p of same pairs and -log(1 - p) of different ones', () => {
    const { tf } = engine;
    const losses = binaryCrossEntropy.compute(tf, tf.tensor1d([0, 2, 2, -1]), tf.tensor1d([1, 1, 0, 0])).dataSync();
    const p = 1 / (1 + Math.exp(-2));
    const expected = [Math.log(2), -Math.log(p), -Math.log(1 - p), -Math.log(1 - 1 / (1 + Math.E))];
    for (const [index, value] of expected.entries()) expect(losses[index]).toBeCloseTo(value, 5);
  });

  it('stays finite and exact where the probability rounds to 0 or 1, with its gradient', () => {
    const { tf } = engine;
    const gradient = tf.grad((z) => tf.sum(binaryCrossEntropy.compute(tf, z, tf.tensor1d([1, 0, 1, 0]))));
    const logits = tf.tensor1d([200, 200, -200, -200]);
    expect([...binaryCrossEntropy.compute(tf, logits, tf.tensor1d([1, 0, 1, 0])).dataSync()]).toEqual([0, 200, 200, 0]);
    expect([...gradient(logits).dataSync()]).toEqual([-0, 1, -1, 0]);
  });
});

describe('all pairs', () => {
  const task: TaskAllPairs = { type: 'allPairs', alphabets: 2, characters: 2, drawers: 2, negatives: 'hard' };
  // Two groups of four pictures: characters A A B B, whatever the pictures show.
  const logits = Array.from({ length: 2 * 4 * 4 }, (_, index) => Math.sin(index * 1.7) * 2);
  const isSame = (row: number, column: number) => row >> 1 === column >> 1;

  /** The loss of recipes.md written as loops over pairs, with the gradient for constant weights of the negatives. */
  function expectedLoss(negatives: 'hard' | 'balanced'): { loss: number; gradient: number[] } {
    let loss = 0;
    const gradient = new Array<number>(logits.length).fill(0);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    for (let row = 0; row < 8; row++) {
      const columns = [0, 1, 2, 3];
      const others = columns.filter((column) => !isSame(row % 4, column));
      const at = (column: number) => row * 4 + column;
      const weight = (column: number) =>
        negatives === 'balanced'
          ? 1 / others.length
          : Math.exp(logits[at(column)]!) / others.reduce((sum, other) => sum + Math.exp(logits[at(other)]!), 0);
      for (const column of columns) {
        const z = logits[at(column)]!;
        if (others.includes(column)) {
          loss += (0.5 / 8) * weight(column) * softplus(z);
          gradient[at(column)] = (0.5 / 8) * weight(column) * sigmoid(z);
        } else if (column !== row % 4) {
          loss += (0.5 / 8) * softplus(-z);
          gradient[at(column)] = (-0.5 / 8) * sigmoid(-z);
        }
      }
    }
    return { loss, gradient };
  }

  it.each(['hard', 'balanced'] as const)('weighs positives and %s negatives by half each', (negatives) => {
    const { tf } = engine;
    const expected = expectedLoss(negatives);
    const gradient = tf.valueAndGrad((z) => {
      // A network whose embeddings do not matter and whose logits are given.
      const network = {
        shape: { input: [1, 1, 1], encoder: { units: 1 } },
        embed: () => tf.zeros([8, 1]),
        compareAll: () => z,
      } as unknown as Network;
      const batch = { images: new Float32Array(8) };
      const context = { ...unused, tf, network, loss: lossTypeOf('binaryCrossEntropy'), feed: feedOf(tf, batch) };
      return allPairs.loss({ ...task, negatives }, batch, context);
    });
    const { value, grad } = gradient(tf.tensor3d(logits, [2, 4, 4]));
    expect(value.dataSync()[0]).toBeCloseTo(expected.loss, 5);
    for (const [index, number] of grad.dataSync().entries()) expect(number).toBeCloseTo(expected.gradient[index]!, 5);
  });
});

describe('losses of distances', () => {
  const numbers = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(6)));

  it('contrastive: d^2 of same pairs, max(0, margin - d)^2 of different ones', () => {
    const { tf } = engine;
    const losses = contrastive.compute(tf, tf.tensor1d([0.2, 0.5, 0.5, 3]), tf.tensor1d([1, 1, 0, 0]), 2);
    expect(numbers(losses.dataSync())).toEqual([0.04, 0.25, 2.25, 0]);
  });

  it('triplet: by how much the other is not farther than the same plus the margin', () => {
    const { tf } = engine;
    const losses = triplet.compute(tf, tf.tensor1d([0.2, 0.5, 1]), tf.tensor1d([1, 0.9, 0.5]), 0.5);
    expect(numbers(losses.dataSync())).toEqual([0, 0.1, 1]);
  });

  it.each(['hard', 'balanced'] as const)('triplets of all pairs, %s, as loops over rows', (negatives) => {
    const { tf } = engine;
    const task: TaskAllPairs = { type: 'allPairs', alphabets: 2, characters: 2, drawers: 2, negatives };
    const distances = Array.from({ length: 2 * 4 * 4 }, (_, index) => 1 + Math.sin(index * 1.7));
    let expected = 0;
    for (let row = 0; row < 8; row++) {
      const at = (column: number) => distances[row * 4 + column]!;
      const [positive] = [0, 1, 2, 3].filter((column) => column !== row % 4 && column >> 1 === (row % 4) >> 1);
      const others = [0, 1, 2, 3].filter((column) => column >> 1 !== (row % 4) >> 1);
      const losses = others.map((other) => Math.max(0, at(positive!) - at(other) + 0.5));
      expected += (negatives === 'hard' ? Math.max(...losses) : (losses[0]! + losses[1]!) / 2) / 8;
    }
    const network = {
      shape: { input: [1, 1, 1], encoder: { units: 1 } },
      embed: () => tf.zeros([8, 1]),
      compareAll: () => tf.tensor3d(distances, [2, 4, 4]),
    } as unknown as Network;
    const batch = { images: new Float32Array(8) };
    const context = { ...unused, tf, network, loss: lossTypeOf('triplet'), feed: feedOf(tf, batch) };
    expect(allPairs.loss(task, batch, context).dataSync()[0]).toBeCloseTo(expected, 5);
  });
});

describe('tasks of classes', () => {
  const units = 2;
  const vectors = (count: number, phase: number) =>
    Array.from({ length: count }, (_, index) => [Math.sin(index + phase), Math.cos(2 * index + phase)]);
  const squaredDistance = (a: readonly number[], b: readonly number[]) => (a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2;
  const crossEntropy = (logits: readonly number[], truth: number) =>
    Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[truth]!;

  /** A network with given embeddings whose head is the negative squared distance. */
  function contextOf(
    embeddings: number[][],
    batch: Batch,
    parameters: Record<string, number[][] | number[]> = {},
  ): TaskContext {
    const { tf } = engine;
    const network = {
      shape: { input: [1, 1, 1], encoder: { units } },
      embed: () => tf.tensor2d(embeddings),
      compareAll: (_measure: string, rows: Tensor3D, columns: Tensor3D) => {
        const difference = tf.sub(tf.expandDims(rows, 2), tf.expandDims(columns, 1));
        return tf.neg(tf.sum(tf.square(difference), -1));
      },
    } as unknown as Network;
    const parameter = (name: string) => tf.tensor(parameters[name]!);
    return { ...unused, tf, network, loss: lossTypeOf('binaryCrossEntropy'), feed: feedOf(tf, batch), parameter };
  }

  it.each([1, 2])(
    'episodes of %i shots: the cross-entropy of queries among prototypes, every drawer in turn',
    (shots) => {
      const task: TaskEpisodes = { type: 'episodes', alphabets: 2, characters: 2, drawers: 3, shots };
      const embeddings = vectors(12, 0.3);
      const at = (group: number, character: number, drawer: number) => embeddings[group * 6 + character * 3 + drawer]!;
      const losses: number[] = [];
      for (const group of [0, 1])
        for (let turn = 0; turn < 3; turn++) {
          const support = Array.from({ length: shots }, (_, shot) => (turn + shot) % 3);
          const prototypes = [0, 1].map((character) =>
            [0, 1].map((unit) => support.reduce((sum, drawer) => sum + at(group, character, drawer)[unit]!, 0) / shots),
          );
          for (const character of [0, 1])
            for (const drawer of [0, 1, 2].filter((one) => !support.includes(one))) {
              const query = at(group, character, drawer);
              losses.push(
                crossEntropy(
                  prototypes.map((prototype) => -squaredDistance(query, prototype)),
                  character,
                ),
              );
            }
        }
      const batch = { images: new Float32Array(12) };
      const found = episodes.loss(task, batch, contextOf(embeddings, batch)).dataSync()[0];
      expect(losses).toHaveLength(2 * 3 * 2 * (3 - shots));
      expect(found).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 5);
    },
  );

  it('classification: the cross-entropy of scaled cosines, or of products with a bias', () => {
    const [embeddings, classes] = [vectors(4, 0.3), vectors(3, 1.1)];
    const truths = Int32Array.of(2, 0, 1, 2);
    const dot = (a: readonly number[], b: readonly number[]) => a[0]! * b[0]! + a[1]! * b[1]!;
    const bias = [0.1, -0.2, 0.3];
    const mean = (logit: (embedding: number[], index: number) => number) =>
      embeddings.reduce(
        (sum, embedding, row) =>
          sum +
          crossEntropy(
            classes.map((_, index) => logit(embedding, index)),
            truths[row]!,
          ),
        0,
      ) / 4;
    const batch = { images: new Float32Array(4), classes: truths };
    const context = contextOf(embeddings, batch, { classes, classBias: bias });
    const lossOf = (softmax: 'cosine' | 'linear') =>
      classification.loss({ type: 'classification', softmax, scale: 5 }, batch, context).dataSync()[0];
    const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    expect(lossOf('cosine')).toBeCloseTo(
      mean((embedding, index) => 5 * cosine(embedding, classes[index]!)),
      5,
    );
    expect(lossOf('linear')).toBeCloseTo(
      mean((embedding, index) => dot(embedding, classes[index]!) + bias[index]!),
      5,
    );
  });

  it('learn a vector for each class, and leave it behind', () => {
    const network = { encoder: { units: 8 }, parameters: [] } as unknown as NetworkShape;
    const paths = (task: Task) =>
      withTaskParameters(network, task, 12).parameters.map(({ path, shape }) => `${path} ${shape}`);
    expect(paths({ type: 'classification', softmax: 'linear', scale: 1 })).toEqual([
      'task/classes 12,8',
      'task/classBias 12',
    ]);
    const groups = { type: 'episodes', alphabets: 1, characters: 2, drawers: 2, shots: 1 } as const;
    expect(paths(groups)).toEqual([]);
    expect(paths({ ...groups, classHead: { weight: 1, scale: 16 } })).toEqual(['task/classes 12,8']);
  });
});

describe('pieces of a batch', () => {
  it('of pairs take the first and the second pictures of the same pairs', () => {
    const images = Float32Array.from({ length: 2 * 4 * 2 }, (_, index) => index);
    const batch = { images, labels: Float32Array.of(0, 1, 0, 1) };
    const task = { type: 'verification', pairs: { count: 4, redraw: 'never', different: 'anywhere' } } as const;
    expect(verification.slice(task, batch, 1, 2, 2)).toEqual({
      images: Float32Array.of(2, 3, 4, 5, 10, 11, 12, 13),
      labels: Float32Array.of(1, 0),
    });
  });

  it('of groups take whole groups', () => {
    const images = Float32Array.from({ length: 3 * 4 }, (_, index) => index);
    const task = { type: 'allPairs', alphabets: 3, characters: 2, drawers: 2, negatives: 'hard' } as const;
    const classes = Int32Array.from({ length: 12 }, (_, index) => index);
    expect(allPairs.slice(task, { images, classes }, 1, 1, 1)).toEqual({
      images: Float32Array.of(4, 5, 6, 7),
      classes: Int32Array.of(4, 5, 6, 7),
    });
  });
});
