/**
 * One ONNX Runtime environment (threads, memory arena, session settings) and what is made in it: sessions that run
 * on memory we own, and tensor values over that memory. Used by the compiled graphs and the buffers.
 */
import { type DataType, ONNX_TYPES } from './onnx-model.js';
import { addressOf, type OnnxRuntimeApi, type Pointer } from './onnxruntime-api.js';
import { giveThreads, takeThreads } from './thread-count.js';

const LOG_ERRORS = 3;
const LOG_FATAL = 4;
const OPTIMIZE_NOTHING = 0;
const OPTIMIZE_ALL = 99;
const DEVICE_ALLOCATOR = 0;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

/** Cell that native functions write a pointer into. */
class PointerCell {
  readonly array = new BigUint64Array(new ArrayBuffer(8));
  get pointer(): Pointer {
    return this.array[0]!;
  }
}

/** An NVIDIA GPU through the CUDA provider of a library that has it. */
export interface CudaProvider {
  /** Number of the device among those that the process sees. */
  readonly cuda: number;
  /** Lets products of float32 matrices and convolutions round their factors to TF32. Default: false. */
  readonly tf32?: boolean;
}

/** Operators of our own that sessions can run. */
export interface OperatorLibrary {
  /** Lets sessions of these options run the operators. */
  addTo(sessionOptions: Pointer): void;
  /** Returns what an operator threw since the last call, or null; ONNX Runtime does not pass it on. */
  takeFailure(): Error | null;
  /** To be called after all sessions were released. */
  dispose(): void;
}

/** Whether the library rearranges a graph, takes it literally, or literally with operators of our own. */
export type SessionKind = 'optimized' | 'literal' | 'native';

export class Runtime {
  readonly api: OnnxRuntimeApi;
  readonly threads: number;
  readonly provider: 'cpu' | CudaProvider;
  readonly #operators: OperatorLibrary | null;
  readonly #environment: Pointer;
  readonly #memoryInfo: Pointer;
  readonly #sessionOptions: Pointer;
  /** Options of sessions that run a graph node by node as it is. */
  readonly #literalSessionOptions: Pointer;
  /** The same, of graphs with operators of our own: describing these takes a session a few milliseconds. */
  readonly #nativeSessionOptions: Pointer;

  /**
   * The runtime takes over the operators and disposes of them.
   * @throws Error when a backend with another number of threads is alive in this process, or the library cannot load
   * the provider.
   */
  constructor(
    api: OnnxRuntimeApi,
    threads: number,
    provider: 'cpu' | CudaProvider = 'cpu',
    operators: OperatorLibrary | null = null,
  ) {
    const users = takeThreads(threads);
    this.api = api;
    this.threads = threads;
    this.provider = provider;
    const cell = new PointerCell();
    api.CreateThreadingOptions(cell.array);
    const threading = cell.pointer;
    api.SetGlobalIntraOpNumThreads(threading, threads);
    api.SetGlobalInterOpNumThreads(threading, 1);
    api.CreateEnvWithGlobalThreadPools(LOG_ERRORS, 'tfjs', threading, cell.array);
    this.#environment = cell.pointer;
    api.DisableTelemetryEvents(this.#environment);
    api.ReleaseThreadingOptions(threading);
    api.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, cell.array);
    this.#memoryInfo = cell.pointer;
    // One arena for all sessions: a second compiled graph does not double the memory for intermediate results.
    if (users === 0) api.CreateAndRegisterAllocator(this.#environment, this.#memoryInfo, null);
    this.#operators = operators;
    this.#sessionOptions = this.#createSessionOptions(OPTIMIZE_ALL);
    this.#literalSessionOptions = this.#createSessionOptions(OPTIMIZE_NOTHING);
    this.#nativeSessionOptions = this.#createSessionOptions(OPTIMIZE_NOTHING);
    operators?.addTo(this.#nativeSessionOptions);
    if (provider !== 'cpu') this.#computeByCuda(provider);
  }

  get version(): string {
    return this.api.version;
  }

  /** Returns a tensor value over `byteLength` bytes at `address`; the caller keeps the memory and releases the value. */
  createTensor(
    address: Pointer,
    byteLength: number,
    shape: readonly number[],
    dtype: DataType,
    memoryInfo = this.#memoryInfo,
  ): Pointer {
    const dimensions = new BigInt64Array(new ArrayBuffer(8 * Math.max(1, shape.length)));
    shape.forEach((size, axis) => {
      dimensions[axis] = BigInt(size);
    });
    const cell = new PointerCell();
    this.api.CreateTensorWithDataAsOrtValue(
      memoryInfo,
      address,
      byteLength,
      dimensions,
      shape.length,
      ONNX_TYPES[dtype],
      cell.array,
    );
    return cell.pointer;
  }

  releaseTensor(tensor: Pointer): void {
    this.api.ReleaseValue(tensor);
  }

  /** Returns the description of the memory that the provider computes in. */
  createDeviceMemoryInfo(): Pointer {
    const [name, device] = this.provider === 'cpu' ? (['Cpu', 0] as const) : (['Cuda', this.provider.cuda] as const);
    const cell = new PointerCell();
    this.api.CreateMemoryInfo(name, DEVICE_ALLOCATOR, device, DEFAULT_MEMORY, cell.array);
    return cell.pointer;
  }

  /** Returns the address of memory that an allocator gives. */
  allocate(allocator: Pointer, byteLength: number): Pointer {
    const cell = new PointerCell();
    this.api.AllocatorAlloc(allocator, byteLength, cell.array);
    return cell.pointer;
  }

  free(allocator: Pointer, address: Pointer): void {
    this.api.AllocatorFree(allocator, address);
  }

  releaseAllocator(allocator: Pointer, memoryInfo: Pointer): void {
    this.api.ReleaseAllocator(allocator);
    this.api.ReleaseMemoryInfo(memoryInfo);
  }

  /**
   * Returns the session of a serialised ONNX model whose inputs and outputs are fed in the given orders. Unless it is
   * optimized, its nodes are run as they are, none is fused.
   */
  createSession(
    model: Uint8Array,
    inputNames: readonly string[],
    outputNames: readonly string[],
    kind: SessionKind = 'optimized',
  ): Session {
    const cell = new PointerCell();
    const options = {
      optimized: this.#sessionOptions,
      literal: this.#literalSessionOptions,
      native: this.#nativeSessionOptions,
    }[kind];
    this.api.CreateSessionFromArray(this.#environment, model, model.byteLength, options, cell.array);
    return new Session(this.api, cell.pointer, inputNames, outputNames, this.#operators);
  }

  dispose(): void {
    giveThreads();
    this.api.ReleaseSessionOptions(this.#sessionOptions);
    this.api.ReleaseSessionOptions(this.#literalSessionOptions);
    this.api.ReleaseSessionOptions(this.#nativeSessionOptions);
    this.#operators?.dispose();
    this.api.ReleaseMemoryInfo(this.#memoryInfo);
    this.api.ReleaseEnv(this.#environment);
  }

  #createSessionOptions(optimizationLevel: number): Pointer {
    const cell = new PointerCell();
    this.api.CreateSessionOptions(cell.array);
    const options = cell.pointer;
    this.api.DisablePerSessionThreads(options);
    this.api.DisableMemPattern(options); // a quarter less memory at the same speed
    this.api.SetSessionGraphOptimizationLevel(options, optimizationLevel);
    this.api.SetSessionLogSeverityLevel(options, LOG_FATAL); // errors come back as exceptions
    this.api.AddSessionConfigEntry(options, 'session.use_env_allocators', '1');
    const profile = process.env.TFJS_ONNXRUNTIME_PROFILE;
    if (profile) this.api.EnableProfiling(options, profile);
    return options;
  }

  #computeByCuda({ cuda, tf32 = false }: CudaProvider): void {
    const settings = Object.entries({
      device_id: String(cuda),
      use_tf32: tf32 ? '1' : '0',
      // The fastest algorithm by measurement would be another one from time to time, with other roundings.
      cudnn_conv_algo_search: 'HEURISTIC',
      // Sizes repeat from step to step: doubling the arena would only take memory from others.
      arena_extend_strategy: 'kSameAsRequested',
    });
    const [keys, values] = [
      new NameList(settings.map(([key]) => key)),
      new NameList(settings.map(([, value]) => value)),
    ];
    const cell = new PointerCell();
    try {
      this.api.CreateCUDAProviderOptions(cell.array);
      this.api.UpdateCUDAProviderOptions(cell.pointer, keys.pointers, values.pointers, settings.length);
      for (const options of [this.#sessionOptions, this.#literalSessionOptions]) {
        this.api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cell.pointer);
        this.api.SetDeterministicCompute(options, 1);
      }
    } catch (cause) {
      this.dispose();
      throw new Error(`ONNX Runtime: the CUDA provider does not start: ${(cause as Error).message}`, { cause });
    } finally {
      if (cell.pointer !== 0n) this.api.ReleaseCUDAProviderOptions(cell.pointer);
    }
  }
}

/** A compiled graph inside ONNX Runtime. */
export class Session {
  readonly #api: OnnxRuntimeApi;
  readonly #session: Pointer;
  readonly #inputNames: NameList;
  readonly #outputNames: NameList;
  readonly #inputs: BigUint64Array;
  readonly #outputs: BigUint64Array;
  readonly #operators: OperatorLibrary | null;

  constructor(
    api: OnnxRuntimeApi,
    session: Pointer,
    inputNames: readonly string[],
    outputNames: readonly string[],
    operators: OperatorLibrary | null,
  ) {
    this.#api = api;
    this.#operators = operators;
    this.#session = session;
    this.#inputNames = new NameList(inputNames);
    this.#outputNames = new NameList(outputNames);
    this.#inputs = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, inputNames.length)));
    this.#outputs = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, outputNames.length)));
  }

  /**
   * Runs synchronously; results are written into the memory below `outputs`. Returns the values of `extraOutputs` more
   * outputs, in memory of the library's; the caller releases them.
   */
  run(inputs: readonly Pointer[], outputs: readonly Pointer[], extraOutputs = 0): readonly Pointer[] {
    this.#inputs.set(inputs);
    this.#outputs.fill(0n);
    this.#outputs.set(outputs);
    const error = this.#call(inputs.length, outputs.length + extraOutputs) ?? this.#operators?.takeFailure();
    const extra = this.#outputs.subarray(outputs.length, outputs.length + extraOutputs);
    if (!error) return [...extra];
    for (const value of extra) if (value !== 0n) this.#api.ReleaseValue(value);
    throw error;
  }

  /** Returns the error of a run: that of a native program where one failed, whatever it led to. */
  #call(inputs: number, outputs: number): Error | null {
    try {
      this.#api.Run(
        this.#session,
        null,
        this.#inputNames.pointers,
        this.#inputs,
        inputs,
        this.#outputNames.pointers,
        outputs,
        this.#outputs,
      );
      return null;
    } catch (error) {
      return this.#operators?.takeFailure() ?? (error as Error);
    }
  }

  /** Returns the allocator of the memory that is described; it is released before the session. */
  createAllocator(memoryInfo: Pointer): Pointer {
    const cell = new PointerCell();
    this.#api.CreateAllocator(this.#session, memoryInfo, cell.array);
    return cell.pointer;
  }

  dispose(): void {
    this.#api.ReleaseSession(this.#session);
  }
}

/** Names as C wants them: an array of pointers to zero-terminated strings, encoded once. */
class NameList {
  readonly pointers: BigUint64Array;
  readonly #text: Uint8Array;

  constructor(names: readonly string[]) {
    const encoded = names.map((name) => new TextEncoder().encode(`${name}\0`));
    const total = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#text = new Uint8Array(new ArrayBuffer(Math.max(1, total)));
    this.pointers = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, names.length)));
    const base = addressOf(this.#text);
    let offset = 0;
    encoded.forEach((bytes, index) => {
      this.#text.set(bytes, offset);
      this.pointers[index] = base + BigInt(offset);
      offset += bytes.length;
    });
  }
}
