import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectSameAsCpu, normal, warnings } from '../support/engines.js';

const indices = (shape: number[], below: number) => () => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, index) => (index * 7) % below),
    shape,
    'int32',
  );
};

describe('The largest numbers of an axis', () => {
  it.each([
    [[7], 3],
    [[4, 9], 9],
    [[2, 3, 5], 1],
  ])('agree for %j and k = %i', (shape, k) => {
    expectSameAsCpu(() => Object.values(tf.topk(normal(shape)(), k)));
    expect(warnings.filter((text) => text.includes('TopK'))).toEqual([]);
  });

  it('come in the order of their places where they are equal', () => {
    expectSameAsCpu(() => Object.values(tf.topk(tf.tensor1d([2, 5, 5, 1, 5, 2], 'int32'), 5)));
  });
});

describe('Gathering', () => {
  it.each([
    ['one index for each row', [5, 7], [5], 1, 1],
    ['several indices for each row', [5, 7], [5, 3], 1, 1],
    ['rows of matrices', [4, 6, 3], [4, 2], 1, 1],
    ['two axes of a batch', [2, 3, 6], [2, 3, 4], 2, 2],
    ['no batch', [4, 6, 3], [2, 2], 1, 0],
  ] as [string, number[], number[], number, number][])('agrees with %s', (_, shape, indexShape, axis, batchDims) => {
    expectSameAsCpu(() => tf.gather(normal(shape)(), indices(indexShape, shape[axis]!)() as never, axis, batchDims));
  });

  it('of batches needs no other backend', () => {
    expect(warnings.filter((text) => text.includes('Gather'))).toEqual([]);
  });
});
