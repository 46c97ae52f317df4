import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { computeOn, expectSameAsCpu, expectSameGradients, normal, relativeDifference } from '../support/engines.js';

describe('Sums of products with a factor that varies along the summed axes', () => {
  it.each([
    ['the last axis', [3, 5, 16], [16], [2]],
    ['the last axis of a matrix', [12, 9], [1, 9], [1]],
    ['rows', [4, 6, 16], [4, 6, 1], [1]],
    ['all rows', [4, 6, 16], [4, 6, 1], [0, 1]],
    ['all rows of a matrix', [24, 10], [24, 1], [0]],
    ['outer rows', [4, 6, 16], [4, 6, 1], [0]],
    ['rows by a factor that is the same in all groups', [4, 6, 16], [6, 1], [1]],
    ['all axes', [4, 6, 16], [4, 6, 1], [0, 1, 2]],
  ] as [string, number[], number[], number[]][])('agree over %s', (_, shape, factorShape, axes) => {
    const [x, factor] = [normal(shape, 1), normal(factorShape, 2)];
    expectSameAsCpu(() => tf.sum(tf.mul(x(), factor()), axes));
    expectSameGradients((a, b) => tf.square(tf.sum(tf.mul(a, b), axes)), [x, factor]);
  });

  it('agree when a step with two values is multiplied by factors along different axes', () => {
    const step = (x: tf.Tensor) => tf.step(x, -1);
    expectSameAsCpu(() => {
      const product = tf.mul(step(normal([4, 12, 16])()), tf.mul(normal([4, 12, 1], 2)(), normal([16], 3)()));
      return [product, tf.sum(product, 1), tf.sum(product, 2), tf.sum(product, 0)];
    });
  });

  it('agree for weighted distances of all pairs, where the product of two small factors is large', () => {
    // [groups, images, units]: 2 · 24 · 24 · 64 is more than what counts as small.
    const distances = (h: tf.Tensor, weights: tf.Tensor) => {
      const differences = tf.sub(tf.expandDims(h, 2), tf.expandDims(h, 1));
      return tf.sum(tf.mul(tf.abs(differences), weights), -1);
    };
    expectSameGradients(distances, [normal([2, 24, 64]), normal([64], 2)]);
  });
});

describe('The gradient of a sum', () => {
  it('is broadcast without a tensor of ones', () => {
    const [gradient] = computeOn('onnxruntime', () =>
      tf.grad((x) => tf.sum(tf.mul(tf.sum(x, 1), 3)))(normal([4, 5])()),
    );
    expect(relativeDifference(gradient!.values, new Float32Array(20).fill(3))).toBe(0);
    expect(gradient!.shape).toEqual([4, 5]);
  });
});
