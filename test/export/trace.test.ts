// What a trace records, and what it refuses.
import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { BATCH, createRecorder, tracedOf } from '../../src/export/trace.js';

test('operations have their inputs in order and the shapes that TensorFlow.js would give', () => {
  const { tf, input, operations } = createRecorder();
  const pictures = input('pictures', [BATCH, 9, 8, 3]) as Tensor4D;
  const pooled = tf.maxPool(pictures, [2, 3], [2, 2], 'valid');
  expect(tracedOf(pooled).shape).toEqual([BATCH, 4, 3, 3]);
  expect(tracedOf(tf.avgPool(pictures, 3, 2, 'same')).shape).toEqual([BATCH, 5, 4, 3]);
  expect(tracedOf(tf.reshape(pooled, [BATCH, -1])).shape).toEqual([BATCH, 36]);
  expect(tracedOf(tf.mean(pooled, [1, 2])).shape).toEqual([BATCH, 3]);
  expect(operations.map(({ operation }) => operation.type)).toEqual(['maxPool', 'avgPool', 'reshape', 'mean']);
  expect(operations[0]!.inputs).toEqual([tracedOf(pictures)]);
});

test('a function that nothing is written for is named', () => {
  const { tf } = createRecorder();
  expect(() => tf.complex).toThrow('computes with complex, which cannot be exported yet');
});
