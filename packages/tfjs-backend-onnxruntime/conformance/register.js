/* TensorFlow.js from the very modules that the specs import, the backend under test, and the environment that specs run in. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-backend-cpu';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';

const { backend, packageUrl } = JSON.parse(process.argv[2]);
if (backend !== 'cpu') {
  const { registerOnnxRuntimeBackend } = await import(packageUrl);
  registerOnnxRuntimeBackend(tf, { name: backend, warn: () => undefined });
}
setTestEnvs([{ name: backend, backendName: backend, isDataSync: true }]);
