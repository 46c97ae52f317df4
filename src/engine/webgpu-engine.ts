// WebGPU in Node by Dawn: the GPU of any maker through Vulkan, Metal or Direct3D, without CUDA. The packages `webgpu` and
// `@tensorflow/tfjs-backend-webgpu` are not part of the program: `oneshot engine install webgpu` or npm brings them.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Environment } from '../base/environment.js';
import { OneshotError } from '../base/problem.js';
import {
  computeEachStep,
  type Engine,
  type EngineOptions,
  type EngineType,
  MissingEngineError,
  measureMemory,
  requireSameVersion,
} from './engine.js';
import { findPackageFolder } from './find-package.js';
import { findInstalledEngine } from './installed-engine.js';
import { loadTensorFlow } from './load-tensorflow.js';
import { shareTensorFlowJs } from './share-tensorflow-js.js';

const BACKEND = 'webgpu';

interface WebGpuPackages {
  /** The folder of `webgpu`. */
  readonly dawn: string;
  /** The folder of `@tensorflow/tfjs-backend-webgpu`. */
  readonly backend: string;
}

/** What of WebGPU is used here. */
interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly device: string;
    readonly description: string;
    /** True where the processor imitates a GPU. */
    readonly isFallbackAdapter: boolean;
  };
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}
interface Device {
  addEventListener(type: 'uncapturederror', listener: (event: { error: { message: string } }) => void): void;
  readonly lost: Promise<{ readonly message: string }>;
}

/** What of TensorFlow.js's WebGPU backend is used here. */
interface WebGpuBackend {
  readonly device: Device;
  endComputePassEncoder(): void;
  ensureCommandEncoderReady(): void;
  submitQueue(): void;
  read(dataId: object): Promise<unknown>;
}

interface Started {
  readonly backend: WebGpuBackend;
  readonly adapter: Adapter;
  readonly version: string;
  /** Throws the first error that the device has reported. */
  throwErrors(): void;
}

let started: Started | undefined;

export const webGpuEngine: EngineType = {
  remedy: '`oneshot engine install webgpu` fetches it: GPUs of any maker, 54 MB',
  start,
  isInstalled: (env) => findWebGpuPackages(env) !== undefined,
};

/** The started engine. Throws MissingEngineError where it is not installed and an Error where there is no GPU that it reaches. */
async function start({ threads = 1 }: EngineOptions): Promise<Engine> {
  const packages = findWebGpuPackages();
  if (packages === undefined) throw new MissingEngineError('webgpu');
  const tf = loadTensorFlow();
  started ??= await openDevice(packages);
  await tf.setBackend(BACKEND);
  await tf.ready();
  const { backend, adapter, version, throwErrors } = started;
  const { vendor, device, description, isFallbackAdapter } = adapter.info;
  const flush = () => {
    throwErrors();
    backend.endComputePassEncoder();
    backend.ensureCommandEncoderReady();
    backend.submitQueue();
  };
  return {
    name: 'webgpu',
    tf,
    description: {
      name: 'webgpu',
      version,
      tensorflowJsVersion: tf.version.tfjs as string,
      threads,
      settings: {
        device: isFallbackAdapter ? 'cpu' : 'gpu',
        adapter: [vendor, device, description].filter((text) => text !== '').join(', '),
      },
    },
    largestTensorBytes: Math.min(adapter.limits.maxStorageBufferBindingSize, adapter.limits.maxBufferSize),
    flush,
    traceStep: computeEachStep({ tf, flush }),
    memory: () => measureMemory(tf),
    statistics: () => ({ compiles: 0, compileMs: 0, runs: 0, runMs: 0, replays: 0 }),
    // The device stays open until the process ends.
    dispose: () => {},
  };
}

/** Where both packages lie: installed by this program, else by npm here or beside this program. */
function findWebGpuPackages(env: Environment = process.env): WebGpuPackages | undefined {
  const installed = findInstalledEngine('webgpu', env);
  if (installed !== undefined) {
    const modules = join(installed.folder, 'node_modules');
    return { dawn: join(modules, 'webgpu'), backend: join(modules, '@tensorflow', 'tfjs-backend-webgpu') };
  }
  const dawn = findPackageFolder('webgpu');
  const backend = findPackageFolder('@tensorflow/tfjs-backend-webgpu');
  return dawn === undefined || backend === undefined ? undefined : { dawn, backend };
}

async function openDevice({ dawn, backend: backendFolder }: WebGpuPackages): Promise<Started> {
  const require = createRequire(join(backendFolder, 'package.json'));
  const library = join(
    dawn,
    'dist',
    `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`,
  );
  if (!existsSync(library)) throw new Error(`webgpu has no library for ${process.platform} ${process.arch}`);
  const { create, globals } = require(join(library, 'dawn.node')) as { create(flags: string[]): Gpu; globals: object };
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new Error('there is no GPU that it reaches: on Linux it needs libvulkan.so.1 and a Vulkan driver of the GPU');
  }
  // The backend looks for the browser's names when it is loaded.
  Object.assign(globalThis, globals);
  const navigator = Object.create((globalThis as { navigator?: object }).navigator ?? {}, {
    gpu: { value: gpu, enumerable: true },
  });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });

  const tf = loadTensorFlow();
  requireSameVersion(tf, backendFolder, (require('./package.json') as { version: string }).version);
  shareTensorFlowJs(require);
  require(backendFolder);
  if (!(await tf.setBackend(BACKEND))) throw new Error('the GPU does not give what TensorFlow.js asks of it');
  const backend = tf.backend() as unknown as WebGpuBackend;
  const { version } = require(join(dawn, 'package.json')) as { version: string };
  return { backend, adapter, version, throwErrors: followErrors(backend) };
}

/**
 * Errors come as events, and what was asked for then has arbitrary results: they are kept, and thrown by whatever is
 * asked for next.
 */
function followErrors(backend: WebGpuBackend): () => void {
  let first: string | undefined;
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    first ??= error.message;
  });
  void backend.device.lost.then(({ message }) => {
    first ??= `the device was lost: ${message}`;
  });
  const throwErrors = () => {
    if (first === undefined) return;
    throw new OneshotError('engine', `the GPU refused an operation: ${first.split('\n')[0]}`, {
      hint: 'a smaller training.microBatchSize or network may fit it; the engines onnxruntime and tensorflow have no such limits',
    });
  };
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId);
    throwErrors();
    return values;
  };
  return throwErrors;
}
