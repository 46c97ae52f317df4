/**
 * ONNX Runtime's public C API, called through koffi: the functions this backend needs, as typed JavaScript functions.
 * Everything native below (environment, sessions, values) goes through here.
 * Source: `onnxruntime_c_api.h`; its function table only grows at the end, so positions in it are stable.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi, { type LibraryHandle } from 'koffi';
import { disableTelemetry } from './telemetry.js';

/** Address of something native. */
export type Pointer = bigint;

/** Version of the function table that is asked for (that of ONNX Runtime 1.22, which has all functions below). */
const API_VERSION = 22;
const TABLE_LENGTH = 275;

type Parameter = 'void *' | 'const char *' | 'int' | 'size_t';

/** Position in `OrtApi` and parameters; each of these returns an `OrtStatus *`, null when all is well. */
const STATUS_FUNCTIONS = {
  DisableTelemetryEvents: [6, ['void *']],
  CreateSessionFromArray: [8, ['void *', 'void *', 'size_t', 'void *', 'void *']],
  Run: [9, ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *']],
  CreateSessionOptions: [10, ['void *']],
  EnableProfiling: [14, ['void *', 'const char *']],
  DisableMemPattern: [17, ['void *']],
  SetSessionLogSeverityLevel: [22, ['void *', 'int']],
  SetSessionGraphOptimizationLevel: [23, ['void *', 'int']],
  CreateCustomOpDomain: [26, ['const char *', 'void *']],
  CustomOpDomain_Add: [27, ['void *', 'void *']],
  AddCustomOpDomain: [28, ['void *', 'void *']],
  CreateTensorWithDataAsOrtValue: [49, ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'void *']],
  GetTensorMutableData: [51, ['void *', 'void *']],
  GetTensorShapeElementCount: [64, ['void *', 'void *']],
  GetTensorTypeAndShape: [65, ['void *', 'void *']],
  CreateMemoryInfo: [68, ['const char *', 'int', 'int', 'int', 'void *']],
  CreateCpuMemoryInfo: [69, ['int', 'int', 'void *']],
  AllocatorAlloc: [75, ['void *', 'size_t', 'void *']],
  AllocatorFree: [76, ['void *', 'void *']],
  KernelInfoGetAttribute_int64: [86, ['void *', 'const char *', 'void *']],
  KernelContext_GetInput: [90, ['void *', 'size_t', 'void *']],
  KernelContext_GetOutput: [91, ['void *', 'size_t', 'void *', 'size_t', 'void *']],
  CreateEnvWithGlobalThreadPools: [119, ['int', 'const char *', 'void *', 'void *']],
  DisablePerSessionThreads: [120, ['void *']],
  CreateThreadingOptions: [121, ['void *']],
  AddSessionConfigEntry: [130, ['void *', 'const char *', 'const char *']],
  CreateAllocator: [131, ['void *', 'void *', 'void *']],
  CreateAndRegisterAllocator: [144, ['void *', 'void *', 'void *']],
  SetGlobalIntraOpNumThreads: [147, ['void *', 'int']],
  SetGlobalInterOpNumThreads: [148, ['void *', 'int']],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, ['void *', 'void *']],
  CreateCUDAProviderOptions: [205, ['void *']],
  UpdateCUDAProviderOptions: [206, ['void *', 'void *', 'void *', 'size_t']],
  SetDeterministicCompute: [273, ['void *', 'int']],
  KernelContext_ParallelFor: [274, ['void *', 'void *', 'size_t', 'size_t', 'void *']],
} as const satisfies Record<string, readonly [number, readonly Parameter[]]>;

/** Position in `OrtApi` of the functions that free what they are given. */
const RELEASE_FUNCTIONS = {
  ReleaseEnv: 92,
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
  ReleaseCustomOpDomain: 101,
  ReleaseThreadingOptions: 122,
  ReleaseAllocator: 132,
  ReleaseCUDAProviderOptions: 208,
} as const;

const GET_ERROR_MESSAGE = 2;

type Argument = Pointer | ArrayBufferView | string | number | null;

/** The C API: functions that may fail throw an Error with the library's own text. */
export type OnnxRuntimeApi = { readonly version: string } & {
  readonly [name in keyof typeof STATUS_FUNCTIONS]: (...args: Argument[]) => void;
} & { readonly [name in keyof typeof RELEASE_FUNCTIONS]: (pointer: Pointer) => void };

/**
 * Returns the path of the shared library: the one that the published package brings along in `native/`, or that of
 * `onnxruntime-node`.
 * @throws Error when there is none for this platform and processor.
 */
export function findLibrary(): string {
  const file = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' }[
    process.platform as string
  ];
  const place = join(process.platform, process.arch, file ?? 'libonnxruntime.so.1');
  const own = fileURLToPath(new URL('../../native/', import.meta.url));
  const path = join(existsSync(own) ? own : findNodePackage(), place);
  if (!existsSync(path)) {
    throw new Error(`ONNX Runtime: there is no library for ${process.platform} ${process.arch} (looked for ${path})`);
  }
  return path;
}

function findNodePackage(): string {
  return join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin', 'napi-v6');
}

/** Returns the address of a typed array's memory. The array must own an explicit ArrayBuffer, or V8 may move it. */
export function addressOf(array: ArrayBufferView): Pointer {
  return koffi.address(array);
}

const loaded = new Map<string, OnnxRuntimeApi>();

/** Returns the C API of the library at `path`, loading it once per process. */
export function loadOnnxRuntime(path: string): OnnxRuntimeApi {
  let api = loaded.get(path);
  if (!api) {
    api = bindFunctions(path);
    loaded.set(path, api);
  }
  return api;
}

function openLibrary(path: string): LibraryHandle {
  try {
    disableTelemetry();
    return koffi.load(path);
  } catch (cause) {
    throw new Error(`ONNX Runtime: cannot load ${path}: ${(cause as Error).message}`, { cause });
  }
}

function bindFunctions(path: string): OnnxRuntimeApi {
  const library = openLibrary(path);
  const base: Pointer = library.func('void *OrtGetApiBase()')();
  const [getApi, getVersion] = koffi.decode(base, 'void *', 2) as [Pointer, Pointer];
  const version: string = koffi.call(getVersion, koffi.proto('const char *', []));
  const api: Pointer | null = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), API_VERSION);
  if (!api) throw new Error(`ONNX Runtime ${version} at ${path} is too old: C API ${API_VERSION} is needed`);
  const table: Pointer[] = koffi.decode(api, 'void *', TABLE_LENGTH);

  const bind = (index: number, result: string, parameters: readonly string[]) =>
    koffi.decode(table[index], koffi.proto(result, [...parameters])) as (...args: unknown[]) => unknown;

  const getErrorMessage = bind(GET_ERROR_MESSAGE, 'const char *', ['void *']) as (status: Pointer) => string;
  // koffi unloads a library whose handle is collected, and pointers decoded from its tables do not keep the handle.
  const functions: Record<string, unknown> = { version, library };
  for (const [name, index] of Object.entries(RELEASE_FUNCTIONS)) functions[name] = bind(index, 'void', ['void *']);
  const releaseStatus = functions.ReleaseStatus as (status: Pointer) => void;
  for (const [name, [index, parameters]] of Object.entries(STATUS_FUNCTIONS)) {
    const call = bind(index, 'void *', parameters) as (...args: Argument[]) => Pointer | null;
    functions[name] = (...args: Argument[]) => {
      const status = call(...args);
      if (!status) return;
      const message = getErrorMessage(status);
      releaseStatus(status);
      throw new Error(message);
    };
  }
  return functions as OnnxRuntimeApi;
}
