import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { registerOnnxRuntimeBackend } from '../src/index.js';

test('the native library stays loaded when garbage is collected', async () => {
  registerOnnxRuntimeBackend(tf, { threads: 1 });
  await tf.setBackend('onnxruntime');
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  for (let i = 0; i < 20; i++) {
    collectGarbage();
    // Finalizers run between turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const sum = tf.tidy(() => tf.sum(tf.add(tf.ones([i + 1, 3]), 1)));
    expect(sum.dataSync()[0]).toBe(6 * (i + 1));
    sum.dispose();
  }
});
