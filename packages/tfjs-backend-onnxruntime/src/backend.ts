/** The TensorFlow.js backend: what tfjs asks of it, and the parts that it is made of. */
import type { BackendValues, DataId, Tensor, TensorInfo, DataType as TfDataType } from '@tensorflow/tfjs';
import type { Shape } from './base/shapes.js';
import type { TensorFlow } from './base/tensorflow.js';
import { GraphCache } from './graph/graph-cache.js';
import type { LoweredGraph } from './graph/lowered-graph.js';
import { findBlockSize } from './graph/nchwc.js';
import { lowerGraph } from './lowering/lower-graph.js';
import { NoExecutableMemory } from './native/executable-memory.js';
import { createNativeOperators, type NativeOperators } from './native/native-operators.js';
import type { OnnxRuntimeOptions } from './options.js';
import type { OperationRecorder } from './recording/kernels/kernel.js';
import { PendingWork } from './recording/pending-work.js';
import type { ComplexParts, RecordedOperation, TensorData } from './recording/recorded-operation.js';
import { Recorder } from './recording/recorder.js';
import { BufferPool } from './runtime/buffer-pool.js';
import { DeviceMemory } from './runtime/device-memory.js';
import { findLibrary, loadOnnxRuntime } from './runtime/onnxruntime-api.js';
import { Runtime } from './runtime/runtime.js';
import type { NumericArray } from './runtime/tensor-buffer.js';
import { countPhysicalCores } from './runtime/threads.js';
import { Scheduler } from './scheduler.js';
import { type StepBody, traceStep } from './traced-step.js';
import { Tuner } from './tuning/tuner.js';
import { findTuningFile } from './tuning/tuning-files.js';

/** What a backend has done so far. */
export interface BackendStatistics {
  /** Graphs compiled, and the time it took, without measurements. */
  compiles: number;
  compileMs: number;
  /** Convolutions whose algorithms were measured, and the time it took. */
  measurements: number;
  measureMs: number;
  /** Graphs run, and the time inside ONNX Runtime. */
  runs: number;
  runMs: number;
  /** Operations recorded. */
  recorded: number;
  /** Steps that were run without being recorded. */
  replays: number;
}

/** What a backend computes with. */
export interface BackendDescription {
  /** Version of the ONNX Runtime library, for example `1.30.0`. */
  readonly version: string;
  readonly threads: number;
  /** Channel block of the convolutions; 0 means plain convolutions. */
  readonly nchwcBlock: number;
  /** Instructions of the generated kernels. */
  readonly nativeKernels: 'avx512' | 'avx2' | 'none';
  /** How the algorithms of convolutions are chosen. */
  readonly algorithms: 'measured' | 'rules';
}

/** Environment variable with the default of the option `nativeKernels`. */
const KERNELS_VARIABLE = 'TFJS_ONNXRUNTIME_KERNELS';

const DEFAULT_MAX_COMPILED_GRAPHS = 64;
const DEFAULT_MAX_PENDING_OPERATIONS = 4096;
const DEFAULT_MAX_PENDING_BYTES = 2 ** 29;

export class OnnxRuntimeBackend implements OperationRecorder {
  readonly statistics: BackendStatistics = {
    compiles: 0,
    compileMs: 0,
    measurements: 0,
    measureMs: 0,
    runs: 0,
    runMs: 0,
    recorded: 0,
    replays: 0,
  };
  readonly #tf: TensorFlow;
  readonly #runtime: Runtime;
  /** Operators of our own in generated machine code; null where there are none. */
  #native: NativeOperators | null;
  readonly #device: DeviceMemory | null;
  readonly #pool: BufferPool;
  readonly #nchwcBlock: number;
  /** Null where the rules decide on the algorithms of convolutions. */
  readonly #tuner: Tuner | null;
  readonly #graphs: GraphCache;
  readonly #work = new PendingWork();
  readonly #scheduler: Scheduler;
  readonly #recorder: Recorder;
  readonly #warn: (message: string) => void;
  #isDisposed = false;

  constructor(tf: TensorFlow, options: OnnxRuntimeOptions = {}) {
    const { provider = 'cpu', warn = console.warn } = options;
    this.#tf = tf;
    this.#warn = warn;
    const api = loadOnnxRuntime(options.libraryPath ?? findLibrary());
    const threads = options.threads ?? countPhysicalCores();
    const requested = options.nativeKernels ?? readRequestedKernels();
    const native = provider === 'cpu' ? createNativeOperators(api, threads, requested) : null;
    this.#runtime = new Runtime(api, threads, provider, native);
    this.#device = openDeviceMemory(this.#runtime, options.resultMemory);
    this.#pool = new BufferPool(this.#runtime, this.#device);
    this.#nchwcBlock = chooseBlockSize(this.#runtime, options.nchwcBlock ?? 'auto');
    native?.fitBlock(this.#nchwcBlock);
    this.#native = this.#nchwcBlock > 0 ? native : null;
    this.#tuner = this.#createTuner(options);
    this.#graphs = new GraphCache(this.#runtime, this.statistics, {
      maxGraphs: options.maxCompiledGraphs ?? DEFAULT_MAX_COMPILED_GRAPHS,
      isOptimized: this.#nchwcBlock === 0,
      native: this.#native,
      lower: (operations, leaves, results) => this.#lower(operations, leaves, results),
    });
    const engine = tf.engine();
    this.#scheduler = new Scheduler({
      engine,
      work: this.#work,
      graphs: this.#graphs,
      pool: this.#pool,
      device: this.#device,
      maxPendingOperations: options.maxPendingOperations ?? DEFAULT_MAX_PENDING_OPERATIONS,
      maxPendingBytes: options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES,
      find: (dataId) => this.#recorder.find(dataId),
    });
    this.#recorder = new Recorder(engine, this, this.#pool, this.#work, this.#scheduler, this.statistics);
  }

  describe(): BackendDescription {
    const { version, threads } = this.#runtime;
    return {
      version,
      threads,
      nchwcBlock: this.#nchwcBlock,
      nativeKernels: this.#native?.vectors.name ?? 'none',
      algorithms: this.#tuner ? 'measured' : 'rules',
    };
  }

  /** Where the system gives no more memory for code, the library's operators compute from then on. */
  #lower(
    operations: readonly RecordedOperation[],
    leaves: readonly TensorData[],
    results: readonly TensorData[],
  ): LoweredGraph {
    const lower = () =>
      lowerGraph(operations, leaves, results, {
        nchwcBlock: this.#nchwcBlock,
        isForDevice: this.#device !== null || this.#runtime.provider !== 'cpu',
        native: this.#native,
        chooser: this.#tuner,
      });
    try {
      return lower();
    } catch (error) {
      if (this.#native === null || !isCausedBy(error, NoExecutableMemory)) throw error;
      this.#warn(
        `onnxruntime: no more generated kernels, the library's operators compute: ${(error as Error).message}`,
      );
      this.#native = null;
      return lower();
    }
  }

  #createTuner({ algorithms = 'measured', tuningFiles = [findTuningFile()] }: OnnxRuntimeOptions): Tuner | null {
    // Plain convolutions have one algorithm each.
    if (algorithms === 'rules' || tuningFiles.length === 0 || this.#nchwcBlock === 0) return null;
    return new Tuner(this.#runtime, this.statistics, {
      block: this.#nchwcBlock,
      native: () => this.#native,
      files: tuningFiles,
    });
  }

  // ---- what kernels use ----------------------------------------------------------------------------------------

  /** Whether `dispose()` was called, by the program or by TensorFlow.js when it removed the backend. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  record(
    name: string,
    inputs: readonly TensorInfo[],
    attributes: unknown,
    shape: Shape,
    dtype: TfDataType,
  ): TensorInfo {
    this.#throwIfDisposed();
    return this.#recorder.record(name, inputs, attributes, shape, dtype);
  }

  alias(tensor: TensorInfo, shape: Shape): TensorInfo {
    this.#throwIfDisposed();
    return this.#recorder.alias(tensor, shape);
  }

  upload(values: BackendValues, shape: Shape, dtype: TfDataType): TensorInfo {
    this.#throwIfDisposed();
    return this.#recorder.upload(values, shape, dtype);
  }

  copyPart(tensor: TensorInfo, offset: number, shape: Shape): TensorInfo | null {
    this.#throwIfDisposed();
    return this.#recorder.copyPart(tensor, offset, shape);
  }

  joinComplex(parts: ComplexParts): TensorInfo {
    this.#throwIfDisposed();
    return this.#recorder.joinComplex(parts);
  }

  partsOf(tensor: TensorInfo): ComplexParts {
    this.#throwIfDisposed();
    return this.#recorder.partsOf(tensor);
  }

  peek(tensor: TensorInfo): NumericArray | null {
    this.#throwIfDisposed();
    return this.#recorder.peek(tensor);
  }

  // ---- the interface of tfjs's KernelBackend -------------------------------------------------------------------

  write(values: BackendValues | null, shape: number[], dtype: TfDataType): DataId {
    this.#throwIfDisposed();
    return this.#recorder.write(values, shape, dtype);
  }

  move(dataId: DataId, values: BackendValues, shape: number[], dtype: TfDataType, references: number): void {
    this.#throwIfDisposed();
    this.#recorder.adopt(dataId, values, shape, dtype, references);
  }

  readSync(dataId: DataId): BackendValues {
    this.#throwIfDisposed();
    return this.#recorder.readSync(dataId);
  }

  async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  disposeData(dataId: DataId, force = false): boolean {
    // Tensors outlive a backend that was removed.
    return this.#isDisposed || this.#recorder.disposeData(dataId, force);
  }

  refCount(dataId: DataId): number {
    return this.#recorder.refCount(dataId);
  }

  /** tfjs calls it when a variable takes the data over. */
  incRef(dataId: DataId): void {
    if (!this.#isDisposed) this.#recorder.incRef(dataId);
  }

  decRef(dataId: DataId): void {
    this.#recorder.decRef(dataId);
  }

  numDataIds(): number {
    return this.#recorder.dataIds;
  }

  async time(compute: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    compute();
    this.flush();
    return { kernelMs: performance.now() - start };
  }

  timerAvailable(): boolean {
    return true;
  }

  memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  floatPrecision(): 16 | 32 {
    return 32;
  }

  epsilon(): number {
    return 1e-7;
  }

  /**
   * Returns a function that does what `body` does. Once two steps have recorded the same graph of the same constants, later
   * ones run it without calling `body`: numbers that differ from step to step have to enter by `feed`, and the only things
   * changed may be variables. Steps that do something else are recorded every time.
   */
  traceStep<Step>(body: StepBody<Step>): (step: Step) => Tensor[] {
    const traced = traceStep(
      {
        tf: this.#tf,
        recorder: this.#recorder,
        scheduler: this.#scheduler,
        graphs: this.#graphs,
        pool: this.#pool,
        counters: this.statistics,
        canReplay: this.#device === null,
      },
      body,
    );
    return (step) => {
      this.#throwIfDisposed();
      return traced(step);
    };
  }

  /** Computes everything recorded and alive. Call it once a step when no tensor of the step is read. */
  flush(): void {
    this.#throwIfDisposed();
    this.#scheduler.flush();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#scheduler.stop();
    this.#work.tensors.clear();
    for (const buffer of this.#work.retired) this.#pool.give(buffer);
    this.#graphs.dispose();
    this.#pool.dispose();
    this.#device?.dispose();
    this.#runtime.dispose();
  }

  #throwIfDisposed(): void {
    if (!this.#isDisposed) return;
    throw new Error(
      'onnxruntime: this backend was disposed of, and its tensors with it; tf.setBackend() starts a new one',
    );
  }
}

/** @throws Error when the variable has another value than the option may have. */
function readRequestedKernels(): 'auto' | 'avx2' | 'none' {
  const value = process.env[KERNELS_VARIABLE] || 'auto';
  if (value === 'auto' || value === 'avx2' || value === 'none') return value;
  throw new Error(`onnxruntime: ${KERNELS_VARIABLE}=${value}: allowed are auto, avx2 and none`);
}

function isCausedBy(error: unknown, kind: new (...args: never[]) => Error): boolean {
  return (
    error instanceof kind || (error instanceof Error && error.cause !== undefined && isCausedBy(error.cause, kind))
  );
}

/** @throws Error when the provider does not open its device: then the runtime is disposed of. */
function openDeviceMemory(runtime: Runtime, requested: 'host' | 'device' | undefined): DeviceMemory | null {
  if ((requested ?? (runtime.provider === 'cpu' ? 'host' : 'device')) === 'host') return null;
  try {
    return new DeviceMemory(runtime);
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

/** @throws Error when a block is asked for that this processor's kernels, or those of a GPU, do not have. */
function chooseBlockSize(runtime: Runtime, requested: number | 'auto'): number {
  if (requested === 0 || (requested === 'auto' && runtime.provider !== 'cpu')) return 0;
  if (runtime.provider !== 'cpu')
    throw new Error(`onnxruntime: CUDA has no blocked convolutions; nchwcBlock has to be 0`);
  const available = findBlockSize(runtime);
  if (requested === 'auto' || requested === available) return available;
  throw new Error(`onnxruntime: nchwcBlock ${requested} was asked for; this processor has ${available || 'none'}`);
}
