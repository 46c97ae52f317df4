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

  it('agree for products of a column and a row, under another shape too', () => {
    // The gradient of a matrix's one column is such a product; 24 · 24 · 128 is more than what counts as small.
    const [column, row] = [normal([576, 1]), normal([1, 128], 2)];
    expectSameAsCpu(() => {
      const product = tf.reshape(tf.matMul(column(), row()), [24, 24, 128]);
      return [product, tf.sum(product, 0), tf.mul(product, normal([24, 24, 128], 3)()), tf.add(product, 1)];
    });
    expectSameGradients((a, b) => tf.square(tf.reshape(tf.matMul(a, b), [24, 24, 128])), [column, row]);
    expectSameAsCpu(() => tf.matMul(column(), normal([128, 1], 2)(), false, true));
  });
});

/** Differences of all pairs, [groups, rows, columns, units], as networks compare embeddings. */
const differencesOf = (x: tf.Tensor, y: tf.Tensor, axis: number) =>
  tf.sub(tf.expandDims(x, axis + 1), tf.expandDims(y, axis));

describe('Distances of all pairs', () => {
  // More than 65,536 numbers where gradients are compared: below that, products of factors are no sums over pairs.
  const sum = (sizes: tf.Tensor, weights: tf.Tensor) => tf.sum(tf.mul(sizes, weights), -1);
  const product = (sizes: tf.Tensor, weights: tf.Tensor) => {
    const [units, pairs] = [sizes.shape.at(-1)!, sizes.shape.slice(0, -1)];
    return tf.reshape(tf.matMul(tf.reshape(sizes, [-1, units]), tf.reshape(weights, [units, 1])), pairs);
  };

  it.each([
    ['in groups', [2, 24], [2, 24], 64],
    ['of rows and columns that differ in number', [3, 12], [3, 41], 48],
    ['in one group', [45], [46], 32],
    ['in groups of groups', [2, 2, 23], [2, 2, 25], 32],
    ['in many units', [2, 6], [2, 6], 1040],
    ['in units that fill no vector', [2, 31], [2, 31], 37],
    ['few', [2, 3], [2, 3], 8],
  ] as [string, number[], number[], number][])('agree %s', (_, rows, columns, units) => {
    const axis = rows.length - 1;
    const [x, y] = [normal([...rows, units], 1), normal([...columns, units], 2)];
    const weights = normal([units], 3);
    for (const weigh of [sum, product]) {
      expectSameAsCpu(() => weigh(tf.abs(differencesOf(x(), y(), axis)), weights()));
      expectSameGradients((a, b, w) => weigh(tf.abs(differencesOf(a, b, axis)), w), [x, y, weights]);
      // Each with all others of its own, columns before rows.
      expectSameGradients((a, w) => weigh(tf.abs(tf.neg(differencesOf(a, a, axis))), w), [x, weights]);
      expectSameGradients(
        (a, b, w) => weigh(tf.abs(tf.sub(tf.expandDims(b, axis), tf.expandDims(a, axis + 1))), w),
        [x, y, weights],
      );
    }
  });

  it('agree where sizes, steps and sums over them are read as well', () => {
    const [x, y] = [normal([2, 9, 32], 1), normal([2, 17, 32], 2)];
    const factors = normal([2, 9, 17, 1], 3);
    expectSameAsCpu(() => {
      const d = differencesOf(x(), y(), 1);
      const [sizes, steps] = [tf.abs(d), tf.step(d, -1)];
      const weighted = [sizes, steps, tf.step(d)].map((value) => tf.mul(value, factors()));
      const sums = weighted.flatMap((value) => [1, 2, [1, 2], [0, 1, 2], 0].map((axes) => tf.sum(value, axes)));
      return [...sums, d, sizes, steps];
    });
  });

  it('keep what is not a number, and what is infinite', () => {
    const broken = normal([2, 12, 32])().arraySync() as number[][][];
    broken[0]![3]![5] = Number.NaN;
    broken[1]![2]![7] = Number.POSITIVE_INFINITY;
    const [x, y] = [() => tf.tensor(broken), normal([2, 12, 32], 2)];
    for (const weigh of [sum, product]) {
      expectSameGradients((a, b, w) => weigh(tf.abs(differencesOf(a, b, 1)), w), [x, y, normal([32], 3)]);
    }
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
