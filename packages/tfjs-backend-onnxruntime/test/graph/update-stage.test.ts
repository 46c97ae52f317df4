import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerOnnxRuntimeBackend } from '../../src/index.js';
import { blocked, randomValues, THREADS } from '../support/engines.js';

/** Large enough to be updated in blocks of rows. */
const SHAPE: [number, number] = [2100, 2000];
const SIZE = SHAPE[0] * SHAPE[1];

beforeEach(() => {
  tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

/** Returns small whole numbers, whose sums and products are exact. */
function createNumbers(step: number): Float32Array {
  return Float32Array.from({ length: SIZE }, (_, i) => ((i * step) % 7) - 3);
}

function createVariable(values: Float32Array): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, SHAPE)));
}

/** Returns the index of the first element that differs, or null. */
function findDifference(actual: ArrayLike<number>, expected: (index: number) => number): number | null {
  for (let i = 0; i < SIZE; i++) if (actual[i] !== expected(i)) return i;
  return null;
}

describe('Updates of large matrices', () => {
  it('are written over the old values', () => {
    const [first, second] = [createNumbers(1), createNumbers(2)];
    const [weights, velocity] = [createVariable(first), createVariable(second)];
    const before = process.memoryUsage().arrayBuffers;
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        velocity.assign(tf.add(tf.mul(velocity, 0.5), weights));
        weights.assign(tf.sub(weights, tf.mul(velocity, 2)));
      });
      blocked.flush();
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(first.byteLength / 2);
    const expected = { weights: first.slice(), velocity: second.slice() };
    for (let step = 0; step < 3; step++) {
      for (let i = 0; i < SIZE; i++) {
        expected.velocity[i] = 0.5 * expected.velocity[i]! + expected.weights[i]!;
        expected.weights[i]! -= 2 * expected.velocity[i]!;
      }
    }
    expect(findDifference(weights.dataSync(), (i) => expected.weights[i]!)).toBeNull();
    expect(findDifference(velocity.dataSync(), (i) => expected.velocity[i]!)).toBeNull();
  });

  it('in one pass give the bytes of one operator after the other', () => {
    registerOnnxRuntimeBackend(tf, { name: 'operators', threads: THREADS, nativeKernels: 'none', algorithms: 'rules' });
    const [weights, velocity, x, dy] = [
      randomValues(SIZE, 1),
      randomValues(SIZE, 2),
      randomValues(8 * SHAPE[0], 3),
      randomValues(8 * SHAPE[1], 4),
    ];
    const train = (backend: string) => {
      tf.setBackend(backend);
      const [w, v] = [createVariable(weights), createVariable(velocity)];
      for (let step = 0; step < 2; step++) {
        tf.tidy(() => {
          const rate = tf.div(tf.scalar(0.1), step + 3);
          const gradient = tf.matMul(tf.tensor2d(x, [8, SHAPE[0]]), tf.tensor2d(dy, [8, SHAPE[1]]), true);
          v.assign(tf.add(tf.mul(v, 0.9), tf.mul(tf.add(gradient, tf.mul(w, 2e-4)), rate)));
          w.assign(tf.sub(w, v));
        });
      }
      const results = [w.dataSync(), v.dataSync()];
      tf.disposeVariables();
      return results;
    };
    const [fused, expected] = [train('onnxruntime'), train('operators')];
    tf.setBackend('onnxruntime');
    tf.removeBackend('operators');
    for (const part of [0, 1]) expect(findDifference(fused[part]!, (i) => expected[part]![i]!)).toBeNull();
  });

  it('of Adam, too', () => {
    registerOnnxRuntimeBackend(tf, { name: 'operators', threads: THREADS, nativeKernels: 'none', algorithms: 'rules' });
    const [weights, x] = [randomValues(SIZE, 1), randomValues(8 * SHAPE[0], 3)];
    const train = (backend: string) => {
      tf.setBackend(backend);
      const w = createVariable(weights);
      const optimizer = tf.train.adam(0.01);
      for (let step = 0; step < 2; step++) {
        const product = () => tf.matMul(tf.tensor2d(x, [8, SHAPE[0]]), w as never);
        optimizer.minimize(() => tf.mean(tf.square(product())) as tf.Scalar, false, [w]);
      }
      const result = w.dataSync();
      optimizer.dispose();
      tf.disposeVariables();
      return result;
    };
    const [fused, expected] = [train('onnxruntime'), train('operators')];
    tf.setBackend('onnxruntime');
    tf.removeBackend('operators');
    expect(findDifference(fused, (i) => expected[i]!)).toBeNull();
  });

  it('leave old values alone that somebody holds', () => {
    const values = createNumbers(3);
    const weights = createVariable(values);
    const old = weights.clone();
    tf.tidy(() => weights.assign(tf.add(tf.mul(weights, 2), 1)));
    expect(findDifference(weights.dataSync(), (i) => 2 * values[i]! + 1)).toBeNull();
    expect(findDifference(old.dataSync(), (i) => values[i]!)).toBeNull();
    old.dispose();
  });

  it('leave old values alone that a pending operation will read', () => {
    const values = createNumbers(3);
    const weights = createVariable(values);
    tf.tidy(() => {
      const doubled = tf.mul(weights, 2);
      weights.assign(tf.add(tf.mul(weights, 3), 1));
      expect(findDifference(weights.dataSync(), (i) => 3 * values[i]! + 1)).toBeNull();
      expect(findDifference(doubled.dataSync(), (i) => 2 * values[i]!)).toBeNull();
    });
  });

  it('read both of two matrices that are computed from each other', () => {
    const [first, second] = [createNumbers(1), createNumbers(2)];
    const [a, b] = [createVariable(first), createVariable(second)];
    tf.tidy(() => {
      const next = tf.add(tf.mul(a, 3), tf.mul(b, 2));
      b.assign(tf.add(tf.mul(b, 5), tf.mul(a, 4)));
      a.assign(next);
    });
    expect(findDifference(a.dataSync(), (i) => 3 * first[i]! + 2 * second[i]!)).toBeNull();
    expect(findDifference(b.dataSync(), (i) => 5 * second[i]! + 4 * first[i]!)).toBeNull();
  });

  it('may exchange two matrices', () => {
    const [first, second] = [createNumbers(1), createNumbers(2)];
    const [a, b] = [createVariable(first), createVariable(second)];
    tf.tidy(() => {
      const next = tf.add(tf.mul(b, 2), 1);
      b.assign(tf.add(tf.mul(a, 3), 1));
      a.assign(next);
    });
    expect(findDifference(a.dataSync(), (i) => 2 * second[i]! + 1)).toBeNull();
    expect(findDifference(b.dataSync(), (i) => 3 * first[i]! + 1)).toBeNull();
  });

  it('come after everything else that reads the old values', () => {
    const values = createNumbers(5);
    const weights = createVariable(values);
    const ones = tf.ones([1, SHAPE[0]]) as tf.Tensor2D;
    const [columns, updated] = tf.tidy(() => {
      const old = weights.clone();
      weights.assign(tf.add(tf.mul(weights, 2), 1));
      const sums = tf.matMul(ones, old as tf.Tensor2D);
      return [sums.dataSync(), weights.dataSync()];
    });
    const expected = new Float32Array(SHAPE[1]);
    for (let i = 0; i < SIZE; i++) expected[i % SHAPE[1]]! += values[i]!;
    expect(Array.from(columns)).toEqual(Array.from(expected));
    expect(findDifference(updated, (i) => 2 * values[i]! + 1)).toBeNull();
    ones.dispose();
  });
});
