// Results that stay in the provider's memory. Here that is the processor's: the same code as for a GPU, with another name
// of the memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerOnnxRuntimeBackend } from '../../src/register-backend.js';
import { Runtime } from '../../src/runtime/runtime.js';

const backends = {
  here: registerOnnxRuntimeBackend(tf, { name: 'here', threads: 2, nchwcBlock: 0 }),
  device: registerOnnxRuntimeBackend(tf, { name: 'device', threads: 2, nchwcBlock: 0, resultMemory: 'device' }),
};

const allocate = vi.spyOn(Runtime.prototype, 'allocate');
const free = vi.spyOn(Runtime.prototype, 'free');

beforeAll(() => tf.setBackend('device'));
beforeEach(() => {
  allocate.mockClear();
  free.mockClear();
});
afterAll(() => {
  for (const name in backends) tf.removeBackend(name);
});

/** Weights of a small network with a large layer after some steps, and the loss of each. */
async function train(
  backend: keyof typeof backends,
  steps: number,
): Promise<{ losses: number[]; weights: Float32Array }> {
  await tf.setBackend(backend);
  const wave = (shape: number[], factor: number) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => factor * Math.sin(0.7 * i)),
      shape,
    );
  const kernel = tf.tidy(() => tf.variable(wave([3, 3, 1, 4], 0.3)));
  // Large enough to be updated in blocks of rows where results lie here.
  const dense = tf.tidy(() => tf.variable(wave([144, 32_768], 0.02)));
  const optimizer = tf.train.momentum(0.1, 0.9);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const images = wave([2, 14, 14, 1], 1 + step);
    const loss = optimizer.minimize(
      () => {
        const features = tf.relu(tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid'));
        const pooled = tf.maxPool(features as tf.Tensor4D, 2, 2, 'valid');
        return tf.mean(tf.square(tf.matMul(tf.reshape(pooled, [2, 144]), dense as tf.Tensor2D))) as tf.Scalar;
      },
      true,
      [kernel, dense],
    );
    losses.push(loss!.dataSync()[0]!);
    tf.dispose([loss!, images]);
  }
  const weights = dense.dataSync() as Float32Array;
  optimizer.dispose();
  tf.dispose([kernel, dense]);
  return { losses, weights };
}

describe("Results in the provider's memory", () => {
  it('train a network to the same numbers', async () => {
    const expected = await train('here', 4);
    const found = await train('device', 4);
    expect(found.losses).toEqual(expected.losses);
    expect(Buffer.from(found.weights.buffer).equals(Buffer.from(expected.weights.buffer))).toBe(true);
    expect(allocate).toHaveBeenCalled();
    await tf.setBackend('device');
  });

  it('are allocated in the first steps only', async () => {
    await train('device', 3);
    const early = allocate.mock.calls.length;
    allocate.mockClear();
    await train('device', 3);
    expect(early).toBeLessThan(20);
    expect(allocate.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('are read as arrays of their own, whole and in part, of each type', () => {
    const computed = tf.tidy(() => ({
      float32: tf.add(tf.tensor1d([1, 2, 3, 4]), 0.5),
      int32: tf.add(tf.tensor1d([1, 2, 3, 4], 'int32'), tf.scalar(1, 'int32')),
      bool: tf.greater(tf.tensor1d([1, 2, 3, 4]), 2),
    }));
    backends.device.flush();
    expect([...computed.float32.dataSync()]).toEqual([1.5, 2.5, 3.5, 4.5]);
    expect([...computed.int32.dataSync()]).toEqual([2, 3, 4, 5]);
    expect([...computed.bool.dataSync()]).toEqual([0, 0, 1, 1]);
    expect(computed.float32.dataSync().buffer.byteLength).toBe(16);
    expect([...tf.slice(computed.float32, 1, 2).dataSync()]).toEqual([2.5, 3.5]);
    tf.dispose(computed);
  });

  it('are used by later runs, beside what is uploaded', () => {
    const first = tf.tidy(() => tf.mul(tf.tensor1d([1, 2, 3]), 2));
    first.dataSync();
    const constant = tf.tensor1d([1, 1, 1]);
    for (let run = 1; run <= 3; run++) {
      const sum = tf.tidy(() => tf.add(first, tf.mul(constant, run)));
      expect([...sum.dataSync()]).toEqual([2 + run, 4 + run, 6 + run]);
      sum.dispose();
    }
    tf.dispose([first, constant]);
  });

  it('of tensors that nobody disposed of are freed when the tensors are collected', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    for (let length = 100; length < 130; length++) tf.square(tf.ones([length])).dataSync();
    await vi.waitFor(
      () => {
        collectGarbage();
        expect(free.mock.calls.length).toBeGreaterThan(20);
      },
      { timeout: 20_000 },
    );
  });

  it('are freed when the backend ends', async () => {
    const backend = registerOnnxRuntimeBackend(tf, { name: 'brief', threads: 2, resultMemory: 'device' });
    await tf.setBackend('brief');
    tf.square(tf.ones([77])).dataSync();
    const [allocated, freed] = [allocate.mock.calls.length, free.mock.calls.length];
    expect(allocated).toBeGreaterThan(freed);
    backend.dispose();
    expect(free.mock.calls.length).toBeGreaterThan(freed);
    tf.removeBackend('brief');
    await tf.setBackend('device');
  });
});
