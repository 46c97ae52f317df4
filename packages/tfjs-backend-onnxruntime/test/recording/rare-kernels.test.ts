// Operations that have kernels of their own since they fell back to JavaScript too often: volumes, places, blocks, whole numbers.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectSameAsCpu, expectSameGradients, normal, warnings } from '../support/engines.js';

const whole = (values: number[]) => tf.tensor1d(values, 'int32');

describe('Convolutions over volumes', () => {
  it.each([
    [1, 'same'],
    [1, 'valid'],
    [2, 'same'],
    [2, 'valid'],
    [[1, 2, 2], 'same'],
  ] as const)('with strides of %j, %s', (strides, pad) => {
    const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides as [number, number, number], pad);
    const inputs = [normal([2, 5, 6, 7, 3]), normal([3, 2, 3, 3, 4], 2)];
    expectSameAsCpu(() => convolve(inputs[0]!(), inputs[1]!()));
    expectSameGradients(convolve as never, inputs);
  });
});

describe('Whole numbers', () => {
  it('are divided as the reference divides, by zero too', () => {
    const pairs = () => [whole([5, -5, 7, 0, 5, 0]), whole([3, 3, -2, 4, 0, 0])] as const;
    expectSameAsCpu(() => [tf.floorDiv(...pairs()), tf.mod(...pairs())]);
    expectSameAsCpu(() => [tf.mod(tf.tensor1d([5, -5, 5, -5, 0, 3.5, 2]), tf.tensor1d([3, 3, -3, -3, 2, 0.4, 0]))]);
  });
});

describe('Places', () => {
  it('are read and written, those of one place added up', () => {
    expectSameAsCpu(() => [
      tf.gatherND(normal([4, 5, 3])(), tf.tensor2d([0, 1, 3, 4], [2, 2], 'int32')),
      tf.scatterND(tf.tensor2d([1, 1, 3], [3, 1], 'int32'), normal([3, 4])(), [5, 4]),
    ]);
  });

  it('that are none are refused at the call', () => {
    tf.setBackend('onnxruntime');
    const outside = tf.tensor2d([4, 0], [1, 2], 'int32');
    expect(() => tf.gatherND(tf.ones([4, 5]), outside)).toThrow(/indices/i);
    expect(() => tf.scatterND(tf.tensor2d([9], [1, 1], 'int32'), tf.ones([1, 4]), [5, 4])).toThrow(/indices/i);
  });
});

describe('Axes', () => {
  it('are summed by name', () => {
    const pair = (a: number[], b: number[]) => [normal(a)(), normal(b, 2)()] as const;
    expectSameAsCpu(() => [
      tf.einsum('ij,jk->ik', ...pair([3, 4], [4, 5])),
      tf.einsum('bij, bjk -> bik', ...pair([2, 3, 4], [2, 4, 5])),
      tf.einsum('abc,abd->acd', ...pair([2, 3, 4], [2, 3, 5])),
      tf.einsum('ij->i', normal([3, 4])()),
      tf.einsum('ij,ij->', ...pair([3, 4], [3, 4])),
    ]);
  });

  it('are moved between the plane, the channels and the batch', () => {
    expectSameAsCpu(() => [
      tf.depthToSpace(normal([2, 3, 4, 8])() as tf.Tensor4D, 2),
      tf.spaceToBatchND(
        normal([2, 5, 6, 3])(),
        [2, 3],
        [
          [0, 1],
          [0, 0],
        ],
      ),
      tf.batchToSpaceND(
        normal([8, 3, 2, 5])(),
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    ]);
  });

  it('are normalized over neighbouring channels', () => {
    expectSameAsCpu(() => [tf.localResponseNormalization(normal([2, 3, 4, 9])() as tf.Tensor4D, 2, 1.2, 0.3, 0.6)]);
  });
});

it('need no operation of the cpu backend', () => {
  expect(warnings.filter((message) => !/GatherNd|ScatterNd/.test(message))).toEqual([]);
});
