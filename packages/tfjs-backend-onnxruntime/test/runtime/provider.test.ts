// What computes the graphs. The package's own library has no CUDA provider, on any machine.
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it } from 'vitest';
import { registerOnnxRuntimeBackend } from '../../src/register-backend.js';

const NAMES = ['first', 'second'];
afterEach(() => {
  for (const name of NAMES) if (tf.findBackendFactory(name)) tf.removeBackend(name);
});

it('A library without the CUDA provider is refused in its own words, and leaves nothing behind', async () => {
  expect(() => registerOnnxRuntimeBackend(tf, { name: 'first', threads: 2, provider: { cuda: 0 } })).toThrow(
    /^ONNX Runtime: the CUDA provider does not start: ./,
  );
  // Another number of threads is refused while a backend is alive.
  registerOnnxRuntimeBackend(tf, { name: 'second', threads: 1 });
  await tf.setBackend('second');
  expect(tf.square(3).dataSync()[0]).toBe(9);
});

it('The processor is the provider that is taken without being named', async () => {
  const compute = () =>
    tf.tidy(() =>
      tf.conv2d(tf.range(0, 100).reshape([1, 10, 10, 1]) as tf.Tensor4D, tf.ones([3, 3, 1, 8]), 1, 'valid').dataSync(),
    );
  const backends = NAMES.map((name, index) =>
    registerOnnxRuntimeBackend(tf, { name, threads: 1, ...(index === 0 ? {} : { provider: 'cpu' as const }) }),
  );
  expect(backends[1]!.describe()).toEqual(backends[0]!.describe());
  await tf.setBackend('first');
  const expected = compute();
  await tf.setBackend('second');
  expect(compute()).toEqual(expected);
});
