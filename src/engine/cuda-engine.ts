// ONNX Runtime's CUDA provider under TensorFlow.js: the recorded graphs of the engine `onnxruntime`, computed by an NVIDIA
// GPU. Its libraries are not part of the program: `oneshot engine install cuda` puts them into one folder, where the dynamic
// loader finds them only when the process was started with that folder in LD_LIBRARY_PATH.
import { join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { findGpuProblem } from './cuda-libraries.js';
import { type Engine, type EngineOptions, type EngineType, MissingEngineError, measureMemory } from './engine.js';
import { findInstalledEngine } from './installed-engine.js';
import { loadTensorFlow } from './load-tensorflow.js';

/** Name under which TensorFlow.js knows the backend. */
const BACKEND = 'cuda';
const LIBRARY = 'libonnxruntime.so.1.30.0';

export const cudaEngine: EngineType = {
  remedy: '`oneshot engine install cuda` fetches it: NVIDIA GPUs with a driver for CUDA 13, 580 or later',
  start,
  isInstalled: (env) => findCudaFolder(env) !== undefined,
  mayUseGpu: (env) => findCudaFolder(env) !== undefined,
  environment: cudaEnvironment,
};

/**
 * The started engine on the first GPU that the process sees. Throws MissingEngineError where it is not installed, and an
 * Error that says what is missing where there is no GPU, no driver or no library.
 */
async function start({ threads }: EngineOptions): Promise<Engine> {
  const folder = findCudaFolder(process.env);
  if (folder === undefined) throw new MissingEngineError('cuda');
  const problem = findGpuProblem(process.env);
  if (problem !== undefined) throw new Error(problem);
  if (!isSearched(folder, process.env)) {
    throw new Error(`its process has to be started with LD_LIBRARY_PATH=${folder}`);
  }
  const { registerOnnxRuntimeBackend } = await import('tfjs-backend-onnxruntime');
  const tf = loadTensorFlow();
  const tf32 = process.env.NVIDIA_TF32_OVERRIDE === '1';
  try {
    const backend = registerOnnxRuntimeBackend(tf, {
      name: BACKEND,
      threads,
      libraryPath: join(folder, LIBRARY),
      provider: { cuda: 0, tf32 },
    });
    await tf.setBackend(BACKEND);
    // The device is opened by the first graph.
    tf.tidy(() => tf.square(1).dataSync());
    const { version, threads: threadsUsed, nchwcBlock } = backend.describe();
    return {
      name: 'cuda',
      tf,
      description: {
        name: 'cuda',
        version,
        tensorflowJsVersion: tf.version.tfjs as string,
        threads: threadsUsed,
        settings: { device: 'gpu', nchwcBlock, tf32: tf32 ? 'on' : 'off' },
      },
      flush: () => backend.flush(),
      traceStep: (body) => backend.traceStep(body),
      memory: () => measureMemory(tf),
      statistics: () => ({ ...backend.statistics }),
      // TensorFlow.js disposes of the backend it removes.
      dispose: () => tf.removeBackend(BACKEND),
    };
  } catch (error) {
    if (tf.findBackendFactory(BACKEND) !== null) tf.removeBackend(BACKEND);
    throw new Error(explainCudaFailure(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}

/** Where the libraries lie; undefined where the engine is not installed. */
function findCudaFolder(env: Environment): string | undefined {
  const installed = findInstalledEngine('cuda', env);
  return installed && join(installed.folder, 'lib');
}

/** Environment variables that a process must have from its start for the engine's libraries to be found. */
function cudaEnvironment(env: Environment): Record<string, string> {
  const folder = findCudaFolder(env);
  if (folder === undefined || isSearched(folder, env)) return {};
  return { LD_LIBRARY_PATH: env.LD_LIBRARY_PATH ? `${folder}:${env.LD_LIBRARY_PATH}` : folder };
}

function isSearched(folder: string, env: Environment): boolean {
  return (env.LD_LIBRARY_PATH ?? '').split(':').includes(folder);
}

/**
 * In a line what the libraries' own message says, and what to do; the message itself where it says something else. Error
 * 35: cudaErrorInsufficientDriver, 100: cudaErrorNoDevice, 2: cudaErrorMemoryAllocation (CUDA Runtime API, cudaError).
 */
export function explainCudaFailure(message: string): string {
  const library = /with error: (lib[^:\s]+): cannot open shared object file/.exec(message)?.[1];
  if (library !== undefined) {
    return (
      `the library ${library} is not found: \`oneshot engine uninstall cuda\`, then \`oneshot engine install ` +
      'cuda` looks for it again'
    );
  }
  if (/cuDNN library was not found/.test(message)) {
    return 'cuDNN 9 is not found: `oneshot engine uninstall cuda`, then `oneshot engine install cuda` looks for it again';
  }
  switch (/CUDA (?:failure|error) (\d+)/.exec(message)?.[1]) {
    case '2':
      return 'the memory of the GPU is taken: see with `nvidia-smi` by whom, or take another one with CUDA_VISIBLE_DEVICES';
    case '35':
      return "NVIDIA's driver is too old for CUDA 13: install 580 or later (`nvidia-smi` shows which is there)";
    case '100':
      return 'the driver finds no GPU: see what `nvidia-smi` says';
    default:
      return message;
  }
}
