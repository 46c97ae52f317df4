// ONNX Runtime under TensorFlow.js by recorded graphs (packages/tfjs-backend-onnxruntime): a training step between two
// flushes is one run of one compiled graph. The embedded default.
import { type Engine, type EngineOptions, measureMemory } from './engine.js';
import { loadTensorFlow } from './load-tensorflow.js';

/** Name under which TensorFlow.js knows the backend. */
const BACKEND = 'onnxruntime';

/** The started engine. Throws what the backend throws when its library cannot be loaded on this machine. */
export async function startOnnxRuntimeEngine({ threads, formFile }: EngineOptions): Promise<Engine> {
  const { createTuningFile, findTuningFile, registerOnnxRuntimeBackend } = await import('tfjs-backend-onnxruntime');
  const tf = loadTensorFlow();
  if (formFile !== undefined) createTuningFile(formFile);
  const tuningFiles = [...(formFile === undefined ? [] : [formFile]), findTuningFile()];
  const backend = registerOnnxRuntimeBackend(tf, { name: BACKEND, threads, tuningFiles });
  await tf.setBackend(BACKEND);
  await tf.ready();
  const { version, threads: threadsUsed, nchwcBlock, nativeKernels, algorithms } = backend.describe();
  return {
    name: 'onnxruntime',
    tf,
    description: {
      name: 'onnxruntime',
      version,
      tensorflowJsVersion: tf.version.tfjs as string,
      threads: threadsUsed,
      settings: { nchwcBlock, nativeKernels, algorithms },
    },
    flush: () => backend.flush(),
    memory: () => measureMemory(tf),
    statistics: () => ({ ...backend.statistics }),
    // TensorFlow.js disposes of the backend it removes.
    dispose: () => tf.removeBackend(BACKEND),
  };
}
