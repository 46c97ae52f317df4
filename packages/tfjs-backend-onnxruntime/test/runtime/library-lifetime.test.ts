import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test, vi } from 'vitest';
import { registerOnnxRuntimeBackend } from '../../src/register-backend.js';
import { Runtime } from '../../src/runtime/runtime.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

beforeAll(async () => {
  registerOnnxRuntimeBackend(tf, { threads: 1 });
  await tf.setBackend('onnxruntime');
});

test('the native library stays loaded when garbage is collected', async () => {
  for (let i = 0; i < 20; i++) {
    collectGarbage();
    // Finalizers run between turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const sum = tf.tidy(() => tf.sum(tf.add(tf.ones([i + 1, 3]), 1)));
    expect(sum.dataSync()[0]).toBe(6 * (i + 1));
    sum.dispose();
  }
});

test('native values of tensors that nobody disposed of are released when the tensors are collected', async () => {
  // From the first tensor on: they may be collected at any time.
  const release = vi.spyOn(Runtime.prototype, 'releaseTensor');
  for (let i = 0; i < 50; i++) tf.add(tf.ones([3]), i).dataSync();
  await vi.waitFor(
    () => {
      collectGarbage();
      expect(release.mock.calls.length).toBeGreaterThan(40);
    },
    { timeout: 20_000 },
  );
  release.mockRestore();
});
