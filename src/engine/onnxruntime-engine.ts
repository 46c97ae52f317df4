// ONNX Runtime under TensorFlow.js by recorded graphs (packages/tfjs-backend-onnxruntime): a training step between two
// flushes is one run of one compiled graph. The embedded default.
import { type Engine, type EngineOptions, type EngineType, measureMemory } from './engine.js';
import { loadTensorFlow } from './load-tensorflow.js';

/** Name under which TensorFlow.js knows the backend. */
const BACKEND = 'onnxruntime';

export const onnxRuntimeEngine: EngineType = {
  isDefault: true,
  remedy:
    'install again with `npm ci` on this very machine: its library is there for Linux, macOS and Windows. Until then ' +
    '--engine cpu works, slowly',
  start,
};

/** The started engine. Throws what the backend throws when its library cannot be loaded on this machine. */
async function start({ threads, tuningFile }: EngineOptions): Promise<Engine> {
  const { createTuningFile, findTuningFile, registerOnnxRuntimeBackend } = await import('tfjs-backend-onnxruntime');
  const tf = loadTensorFlow();
  if (tuningFile !== undefined) createTuningFile(tuningFile);
  const tuningFiles = [...(tuningFile === undefined ? [] : [tuningFile]), findTuningFile()];
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
    traceStep: (body) => backend.traceStep(body),
    memory: () => measureMemory(tf),
    statistics: () => ({ ...backend.statistics }),
    // TensorFlow.js disposes of the backend it removes.
    dispose: () => tf.removeBackend(BACKEND),
  };
}
