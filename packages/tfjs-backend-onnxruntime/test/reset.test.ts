// In a file of its own: after `engine().reset()` TensorFlow.js has forgotten every tensor and every backend.
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { registerOnnxRuntimeBackend } from '../src/index.js';

test('engine().reset() starts a new backend under the same name, again and again', async () => {
  const first = registerOnnxRuntimeBackend(tf, { threads: 2 });
  for (let round = 0; round < 3; round++) {
    await tf.setBackend('onnxruntime');
    const weights = tf.variable(tf.ones([3, 3]));
    const loss = tf.train.sgd(0.5).minimize(() => tf.sum(tf.square(weights)) as tf.Scalar, true, [weights]);
    expect(loss!.dataSync()[0]).toBe(9);
    expect(Array.from(weights.dataSync())).toEqual(new Array(9).fill(0));
    tf.add(weights, 1); // pending when the reset comes
    tf.engine().reset();
    expect(() => weights.dataSync()).toThrow();
  }
  expect(first.isDisposed).toBe(true);
});
