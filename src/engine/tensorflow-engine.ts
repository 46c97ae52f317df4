// TensorFlow's own library under TensorFlow.js, on the processor or on an NVIDIA GPU: each operation is computed when it
// is asked for. Not part of the program: see tensorflow-package.ts for where it is found.
import { availableParallelism } from 'node:os';
import type { Environment } from '../base/environment.js';
import {
  computeEachStep,
  type Engine,
  type EngineOptions,
  type EngineType,
  MissingEngineError,
  measureMemory,
  requireSameVersion,
} from './engine.js';
import { loadTensorFlow } from './load-tensorflow.js';
import { replaceSlowKernels } from './tensorflow-kernels.js';
import { findTensorFlowPackage, type LoadedBinding, loadTensorFlowBinding } from './tensorflow-package.js';

const BACKEND = 'tensorflow';

export const tensorFlowEngine: EngineType = {
  remedy: '`oneshot engine install tensorflow` builds it, with --gpu for NVIDIA GPUs',
  start,
  isInstalled: (env) => findTensorFlowPackage(env) !== undefined,
  mayUseGpu: (env) => findTensorFlowPackage(env)?.variant === 'gpu',
  environment: tensorFlowEnvironment,
};

/** The library reads its settings when it is loaded, once per process. */
let loaded: { readonly binding: LoadedBinding; readonly threads: number } | undefined;

/**
 * The started engine. Throws MissingEngineError where it is not installed, what its library throws where it cannot be
 * loaded, and an Error where this process has loaded it for another number of threads.
 */
async function start({ threads = availableParallelism() }: EngineOptions): Promise<Engine> {
  const found = findTensorFlowPackage(process.env);
  if (found === undefined) throw new MissingEngineError('tensorflow');
  const tf = loadTensorFlow();
  if (loaded === undefined) {
    requireSameVersion(tf, found.folder, found.version);
    applySettings(threads);
    loaded = { binding: loadTensorFlowBinding(found), threads };
    replaceSlowKernels(tf, BACKEND);
    tf.registerBackend(BACKEND, loaded.binding.createBackend);
  }
  if (loaded.threads !== threads) {
    throw new Error(`this process has loaded it for ${loaded.threads} threads, and cannot change that to ${threads}`);
  }
  await tf.setBackend(BACKEND);
  await tf.ready();
  const { version, usesGpu } = loaded.binding;
  return {
    name: 'tensorflow',
    tf,
    description: {
      name: 'tensorflow',
      version,
      tensorflowJsVersion: tf.version.tfjs as string,
      threads,
      settings: {
        binding: found.version,
        device: usesGpu ? 'gpu' : 'cpu',
        oneDnn: process.env.TF_ENABLE_ONEDNN_OPTS ?? '',
        ...(usesGpu ? { tf32: process.env.NVIDIA_TF32_OVERRIDE === '0' ? 'off' : 'on' } : {}),
      },
    },
    flush: () => {},
    traceStep: computeEachStep({ tf, flush: () => {} }),
    memory: () => measureMemory(tf),
    statistics: () => ({ compiles: 0, compileMs: 0, runs: 0, runMs: 0, replays: 0 }),
    // The library stays loaded until the process ends.
    dispose: () => {},
  };
}

/**
 * Environment variables that a process must have from its start to train at this engine's full speed: glibc gives the
 * memory of each large tensor back to the system and asks for it again, unless it is told to keep it. Variables that are
 * set already are left out. Results do not depend on them.
 */
function tensorFlowEnvironment(env: Environment): Record<string, string> {
  const variables = {
    MALLOC_MMAP_THRESHOLD_: '4000000000',
    MALLOC_TRIM_THRESHOLD_: '16000000000',
    MALLOC_TOP_PAD_: '268435456',
  };
  return Object.fromEntries(Object.entries(variables).filter(([name]) => env[name] === undefined));
}

// What the user has set stays as it is, but for the number of threads.
function applySettings(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  // On a GPU: numbers as exact as the processor's, equal ones each time, and memory taken as it is needed.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
}
