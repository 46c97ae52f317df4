import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { BACKENDS, blocked, normal, plain } from '../support/engines.js';

const f = Math.fround;
const [RATE, BETA, EPSILON] = [f(0.01), f(0.9), f(1e-4)];
const REST = f(0.1);

interface State {
  readonly weights: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** One step of an optimizer with two moments, each operation rounded by itself. */
function updateByHand({ weights, mean, square }: State, gradient: Float32Array): State {
  const newMean = mean.map((value, i) => f(f(value * BETA) + f(gradient[i]! * REST)));
  const newSquare = square.map((value, i) => f(f(value * BETA) + f(f(gradient[i]! * gradient[i]!) * REST)));
  const newWeights = weights.map((value, i) =>
    f(value - f(f(newMean[i]! / f(f(Math.sqrt(newSquare[i]!)) + EPSILON)) * RATE)),
  );
  return { weights: newWeights, mean: newMean, square: newSquare };
}

describe('Results that are no formula of sums and products', () => {
  it.each([
    ['in one pass', [64, 72]],
    ['in blocks of rows', [1030, 4096]],
  ] as [string, number[]][])('are left to the library where others are computed %s', (_, shape) => {
    tf.setBackend('onnxruntime');
    tf.tidy(() => {
      const x = tf.fill(shape, -1.5).add(tf.zeros([shape[1]!]));
      const sizes = tf.abs(x);
      const sums = tf.add(tf.mul(sizes, 2), x);
      expect(sums.slice([shape[0]! - 1, 0], [1, 2]).dataSync()).toEqual(new Float32Array([1.5, 1.5]));
      expect(sizes.slice([0, 0], [1, 2]).dataSync()).toEqual(new Float32Array([1.5, 1.5]));
    });
  });
});

describe.each(BACKENDS)('Updates on %s', (backend) => {
  it.each([
    ['in one pass', [64, 72]],
    ['in one pass, four axes', [3, 3, 32, 32]],
    ['that do not fill registers', [67, 69]],
    ['too small for a pass', [16, 8]],
    ['of a number', []],
  ] as [string, number[]][])('%s are rounded operation by operation', (_, shape) => {
    tf.setBackend(backend);
    const flush = () => (backend === 'onnxruntime' ? blocked : plain).flush();
    const start = [1, 2].map((seed) => tf.tidy(() => normal(shape, seed)().dataSync() as Float32Array));
    let expected: State = { weights: start[0]!.slice(), mean: start[1]!.slice(), square: start[0]!.map(Math.abs) };
    const create = (values: Float32Array) => tf.variable(tf.tensor(values, shape));
    const [weights, mean, square] = [create(expected.weights), create(expected.mean), create(expected.square)];
    for (let step = 0; step < 3; step++) {
      const gradient = tf.tidy(() => normal(shape, 10 + step)().dataSync() as Float32Array);
      const old = tf.clone(weights);
      tf.tidy(() => {
        const g = tf.tensor(gradient, shape);
        mean.assign(tf.add(tf.mul(mean, BETA), tf.mul(g, REST)));
        square.assign(tf.add(tf.mul(square, BETA), tf.mul(tf.square(g), REST)));
        weights.assign(tf.sub(weights, tf.mul(tf.div(mean, tf.add(tf.sqrt(square), EPSILON)), RATE)));
      });
      flush();
      // What somebody holds is not written over.
      expect(old.dataSync()).toEqual(expected.weights);
      old.dispose();
      expected = updateByHand(expected, gradient);
      const found = { weights: weights.dataSync(), mean: mean.dataSync(), square: square.dataSync() };
      expect(found).toEqual(expected);
    }
    tf.dispose([weights, mean, square]);
  });
});
