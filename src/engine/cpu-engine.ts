// TensorFlow.js's own backend in plain JavaScript: slow, always there, the reference that other engines are compared with.
import { computeEachStep, type Engine, type EngineType, measureMemory } from './engine.js';
import { loadTensorFlow } from './load-tensorflow.js';

export const cpuEngine: EngineType = {
  remedy: 'install again with `npm ci`',
  start,
};

/** The started engine. It computes at once and on one thread. */
async function start(): Promise<Engine> {
  const tf = loadTensorFlow();
  await tf.setBackend('cpu');
  await tf.ready();
  return {
    name: 'cpu',
    tf,
    description: {
      name: 'cpu',
      version: tf.version['tfjs-backend-cpu'] as string,
      tensorflowJsVersion: tf.version.tfjs as string,
      threads: 1,
      settings: {},
    },
    flush: () => {},
    traceStep: computeEachStep({ tf, flush: () => {} }),
    memory: () => measureMemory(tf),
    statistics: () => ({ compiles: 0, compileMs: 0, runs: 0, runMs: 0, replays: 0 }),
    dispose: () => {},
  };
}
