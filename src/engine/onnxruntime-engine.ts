// ONNX Runtime under TensorFlow.js by recorded graphs (packages/tfjs-backend-onnxruntime): a training step between two
// flushes is one run of one compiled graph. The embedded default.
import { type Engine, type EngineOptions, type EngineType, measureMemory } from './engine.js';
import { loadTensorFlow } from './load-tensorflow.js';

/** Name under which TensorFlow.js knows the backend. */
const BACKEND = 'onnxruntime';

export const onnxRuntimeEngine: EngineType = {
  isDefault: true,
  remedy:
    'install again with `npm ci` on this very machine: its library is there for Linux, macOS and Windows. Until then --engine cpu works, slowly',
  start,
};

/** The started engine. Throws what the backend throws when its library cannot be loaded on this machine. */
async function start({ threads, formFile }: EngineOptions): Promise<Engine> {
  const { createFormFile, findFormFile, registerOnnxRuntimeBackend } = await import('tfjs-backend-onnxruntime');
  const tf = loadTensorFlow();
  if (formFile !== undefined) createFormFile(formFile);
  const formFiles = [...(formFile === undefined ? [] : [formFile]), findFormFile()];
  const backend = registerOnnxRuntimeBackend(tf, { name: BACKEND, threads, formFiles });
  await tf.setBackend(BACKEND);
  await tf.ready();
  const { version, threads: threadsUsed, nchwcBlock, nativeKernels, forms } = backend.describe();
  return {
    name: 'onnxruntime',
    tf,
    description: {
      name: 'onnxruntime',
      version,
      tensorflowJsVersion: tf.version.tfjs as string,
      threads: threadsUsed,
      settings: { nchwcBlock, nativeKernels, forms },
    },
    flush: () => backend.flush(),
    memory: () => measureMemory(tf),
    statistics: () => ({ ...backend.statistics }),
    // TensorFlow.js disposes of the backend it removes.
    dispose: () => tf.removeBackend(BACKEND),
  };
}
