import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskAllPairs } from '../../src/config/experiment.js';
import type { Engine } from '../../src/engine/engine.js';
import { startEngine } from '../../src/engine/start-engine.js';
import type { Network, TrainingMode } from '../../src/model/network.js';
import { binaryCrossEntropy } from '../../src/training/losses/binary-cross-entropy.js';
import { allPairs } from '../../src/training/tasks/all-pairs.js';
import { verification } from '../../src/training/tasks/verification.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

const softplus = (x: number) => Math.log1p(Math.exp(x));

describe('binary cross-entropy from logits', () => {
  it('is -log p of same pairs and -log(1 - p) of different ones', () => {
    const { tf } = engine;
    const losses = binaryCrossEntropy(tf, tf.tensor1d([0, 2, 2, -1]), tf.tensor1d([1, 1, 0, 0])).dataSync();
    const p = 1 / (1 + Math.exp(-2));
    const expected = [Math.log(2), -Math.log(p), -Math.log(1 - p), -Math.log(1 - 1 / (1 + Math.E))];
    for (const [index, value] of expected.entries()) expect(losses[index]).toBeCloseTo(value, 5);
  });

  it('stays finite and exact where the probability rounds to 0 or 1, with its gradient', () => {
    const { tf } = engine;
    const gradient = tf.grad((z) => tf.sum(binaryCrossEntropy(tf, z, tf.tensor1d([1, 0, 1, 0]))));
    const logits = tf.tensor1d([200, 200, -200, -200]);
    expect([...binaryCrossEntropy(tf, logits, tf.tensor1d([1, 0, 1, 0])).dataSync()]).toEqual([0, 200, 200, 0]);
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
      const training = {} as TrainingMode;
      const context = { tf, network, loss: binaryCrossEntropy, training };
      return allPairs.loss({ ...task, negatives }, { images: new Float32Array(8) }, context);
    });
    const { value, grad } = gradient(tf.tensor3d(logits, [2, 4, 4]));
    expect(value.dataSync()[0]).toBeCloseTo(expected.loss, 5);
    for (const [index, number] of grad.dataSync().entries()) expect(number).toBeCloseTo(expected.gradient[index]!, 5);
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
    expect(allPairs.slice(task, { images }, 1, 1, 1).images).toEqual(Float32Array.of(4, 5, 6, 7));
  });
});
