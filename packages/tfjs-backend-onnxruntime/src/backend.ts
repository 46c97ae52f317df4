/**
 * The TensorFlow.js backend: keeps the data of tensors, records operations, and at a read (or `flush()`) computes
 * everything recorded and still alive as one ONNX graph.
 */
import type { BackendValues, DataId, TensorInfo, DataType as TfDataType } from '@tensorflow/tfjs';
import { type AnyBuffer, BufferPool, type NumericArray, type NumericType, TensorBuffer } from './runtime/buffer-pool.js';
import { DeviceMemory } from './runtime/device-memory.js';
import { MeasuredForms } from './tuning/tuner.js';
import { findFormFile } from './tuning/tuning-files.js';
import { findReplaced, GraphCache } from './graph/graph-cache.js';
import type { FillAttributes } from './lowering/arrangement.js';
import { findBlockSize } from './graph/nchwc.js';
import { findLibrary } from './runtime/onnxruntime-api.js';
import type { OnnxRuntimeOptions } from './options.js';
import type { RecordedOperation, TensorData } from './recording/recorded-operation.js';
import { Runtime } from './runtime/runtime.js';
import { type Shape, sizeOf } from './base/shapes.js';
import { countPhysicalCores } from './runtime/threads.js';

export type TensorFlow = typeof import('@tensorflow/tfjs');

/** What a backend has done so far. */
export interface BackendStatistics {
  /** Graphs compiled, and the time it took, without measurements. */
  compiles: number;
  compileMs: number;
  /** Convolutions whose forms were measured, and the time it took. */
  measurements: number;
  measureMs: number;
  /** Graphs run, and the time inside ONNX Runtime. */
  runs: number;
  runMs: number;
  /** Operations recorded. */
  recorded: number;
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
  /** How the forms of convolutions are chosen. */
  readonly forms: 'measured' | 'rules';
}

const DEFAULT_MAX_COMPILED_GRAPHS = 64;
const DEFAULT_MAX_PENDING_OPERATIONS = 4096;
const DEFAULT_MAX_PENDING_BYTES = 2 ** 29;
/** Distinct operations, shapes included, that are remembered; a training has some hundreds. */
const MAX_SIGNATURES = 2 ** 16;
/** Part of the limit after which a pending graph is computed at the next border between outermost tidy() calls. */
const BORDER_PART = 1 / 4;

export class OnnxRuntimeBackend {
  readonly statistics: BackendStatistics = {
    compiles: 0,
    compileMs: 0,
    measurements: 0,
    measureMs: 0,
    runs: 0,
    runMs: 0,
    recorded: 0,
  };
  readonly #engine: ReturnType<TensorFlow['engine']>;
  readonly #runtime: Runtime;
  /** Null where results lie in the memory of this process. */
  readonly #device: DeviceMemory | null;
  readonly #pool: BufferPool;
  readonly #graphs: GraphCache;
  readonly #nchwcBlock: number;
  /** Null where the rules decide on the forms of convolutions. */
  readonly #forms: MeasuredForms | null;
  readonly #maxPendingOperations: number;
  readonly #maxPendingBytes: number;
  readonly #data = new WeakMap<DataId, TensorData>();
  /** Pending tensors that tfjs still holds, in the order of recording. */
  readonly #pending = new Map<number, TensorData>();
  readonly #signatures = new Map<string, number>();
  /** Buffers of disposed tensors that pending operations may still read. */
  readonly #retired = new Set<AnyBuffer>();
  #dataIds = 0;
  #tensorSerial = 0;
  #signatureSerial = 0;
  #operationSerial = 0;
  #operationsSinceRun = 0;
  #bytesSinceRun = 0;
  #outermostScope: number | undefined;
  #isFlushScheduled = false;
  #isDisposed = false;

  constructor(tf: TensorFlow, options: OnnxRuntimeOptions = {}) {
    this.#engine = tf.engine();
    const libraryPath = options.libraryPath ?? findLibrary();
    const threads = options.threads ?? countPhysicalCores();
    this.#runtime = new Runtime(libraryPath, threads, options.provider, options.nativeKernels);
    this.#device = openDeviceMemory(this.#runtime, options.resultMemory);
    this.#pool = new BufferPool(this.#runtime, this.#device);
    this.#nchwcBlock = chooseBlockSize(this.#runtime, options.nchwcBlock ?? 'auto');
    this.#runtime.native?.fitBlock(this.#nchwcBlock);
    this.#forms = this.#createForms(options);
    this.#graphs = new GraphCache(this.#runtime, this.statistics, {
      maxGraphs: options.maxCompiledGraphs ?? DEFAULT_MAX_COMPILED_GRAPHS,
      nchwcBlock: this.#nchwcBlock,
      isForDevice: this.#device !== null || this.#runtime.provider !== 'cpu',
      forms: this.#forms,
    });
    this.#maxPendingOperations = options.maxPendingOperations ?? DEFAULT_MAX_PENDING_OPERATIONS;
    this.#maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
  }

  describe(): BackendDescription {
    const { version, threads } = this.#runtime;
    return {
      version,
      threads,
      nchwcBlock: this.#nchwcBlock,
      nativeKernels: this.#nativeKernels(),
      forms: this.#forms ? 'measured' : 'rules',
    };
  }

  #nativeKernels(): BackendDescription['nativeKernels'] {
    const { native } = this.#runtime;
    return native && this.#nchwcBlock > 0 ? native.vectors.name : 'none';
  }

  #createForms({ forms = 'measured', formFiles = [findFormFile()] }: OnnxRuntimeOptions): MeasuredForms | null {
    // Plain convolutions have one form each.
    if (forms === 'rules' || formFiles.length === 0 || this.#nchwcBlock === 0) return null;
    return new MeasuredForms(this.#runtime, this.statistics, {
      block: this.#nchwcBlock,
      nativeKernels: this.#nativeKernels(),
      files: formFiles,
    });
  }

  // ---- what kernels use ----------------------------------------------------------------------------------------

  /** Records one operation and returns its result, which is computed when somebody needs it. */
  record(
    name: string,
    inputs: readonly TensorInfo[],
    attributes: unknown,
    shape: Shape,
    dtype: TfDataType,
  ): TensorInfo {
    this.#flushIfTooMuchIsPending();
    if (sizeOf(shape) === 0) return this.#createTensor(shape, dtype, this.#pool.take(dtype as NumericType, 0));
    const operands = inputs.map((input) => ({ data: this.#dataOf(input.dataId), shape: input.shape }));
    for (const { data } of operands) throwEarlierFailure(data);
    let description = `${name}${JSON.stringify(attributes)}${dtype}${shape}`;
    for (const operand of operands) description += `;${operand.data.dtype}${operand.data.shape}/${operand.shape}`;
    const result = this.#createTensor(shape, dtype, null);
    const output = this.#dataOf(result.dataId);
    const operation: RecordedOperation = {
      name,
      serial: ++this.#operationSerial,
      inputs: operands,
      attributes,
      shape,
      dtype: output.dtype,
      output,
      signature: this.#numberOf(description),
    };
    output.producer = operation;
    this.#pending.set(output.serial, output);
    this.statistics.recorded++;
    this.#operationsSinceRun++;
    this.#scheduleFlush();
    return result;
  }

  /** Returns a tensor over the same data with another shape of the same size. */
  alias(tensor: TensorInfo, shape: Shape): TensorInfo {
    this.#dataOf(tensor.dataId).references++;
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /** Returns a tensor with the given content, which is copied. */
  upload(values: BackendValues, shape: Shape, dtype: TfDataType): TensorInfo {
    return { dataId: this.write(values, [...shape], dtype), shape: [...shape], dtype };
  }

  /**
   * Returns a copy of consecutive elements, or null when the tensor's numbers are not known yet. A copy keeps the offset
   * out of the recorded structure: batches cut out of a data set share one graph.
   */
  copyPart(tensor: TensorInfo, offset: number, shape: Shape): TensorInfo | null {
    const { buffer } = this.#dataOf(tensor.dataId);
    const end = offset + sizeOf(shape);
    const part =
      buffer instanceof TensorBuffer ? buffer.values.subarray(offset, end) : buffer?.copy(offset, end - offset);
    return part ? this.upload(part, shape, tensor.dtype) : null;
  }

  // ---- the interface of tfjs's KernelBackend -------------------------------------------------------------------

  write(values: BackendValues | null, shape: number[], dtype: TfDataType): DataId {
    if (dtype === 'complex64') throw new Error('onnxruntime: complex64 tensors are not supported');
    this.#flushIfTooMuchIsPending();
    const length = sizeOf(shape);
    if (dtype === 'string') {
      const tensor = this.#createTensor(shape, dtype, null);
      this.#dataOf(tensor.dataId).text = values as unknown as Uint8Array[];
      return tensor.dataId;
    }
    const buffer = this.#pool.take(dtype as NumericType, length);
    // Copied: execution is late, and the caller may change its array in between.
    if (values) buffer.values.set(values as NumericArray);
    else buffer.values.fill(0);
    // What is uploaded before the first operation, weights above all, would outlive an early run.
    if (this.#operationsSinceRun > 0) this.#bytesSinceRun += buffer.values.byteLength;
    return this.#createTensor(shape, dtype, buffer).dataId;
  }

  move(dataId: DataId, values: BackendValues, shape: number[], dtype: TfDataType, references: number): void {
    const source = this.#data.get(this.write(values, shape, dtype))!;
    source.references = references;
    this.#data.set(dataId, source);
  }

  readSync(dataId: DataId): BackendValues {
    const data = this.#dataOf(dataId);
    if (data.text) return data.text as unknown as BackendValues;
    throwEarlierFailure(data);
    if (!data.buffer) this.#run(data);
    // Copied: the buffer goes on to other tensors when this one is disposed of.
    return data.buffer!.copy(0, data.buffer!.length);
  }

  async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  disposeData(dataId: DataId, force = false): boolean {
    const data = this.#data.get(dataId);
    if (!data) return true;
    data.references--;
    if (!force && data.references > 0) return false;
    this.#data.delete(dataId);
    this.#dataIds--;
    this.#pending.delete(data.serial);
    if (data.buffer && this.#pending.size > 0) this.#retired.add(data.buffer);
    else if (data.buffer) this.#pool.give(data.buffer);
    return true;
  }

  refCount(dataId: DataId): number {
    return this.#data.get(dataId)?.references ?? 0;
  }

  /** tfjs calls it when a variable takes the data over. */
  incRef(dataId: DataId): void {
    const data = this.#dataOf(dataId);
    data.references++;
    // A new variable's zeros are numbers from its first step on, so that this step has the structure of all later ones.
    if (data.producer?.name === 'Fill') this.#fill(data, (data.producer.attributes as FillAttributes).value);
  }

  decRef(dataId: DataId): void {
    const data = this.#data.get(dataId);
    if (data) data.references--;
  }

  numDataIds(): number {
    return this.#dataIds;
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

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pending.clear();
    for (const buffer of this.#retired) this.#pool.give(buffer);
    this.#graphs.dispose();
    this.#pool.dispose();
    this.#device?.dispose();
    this.#runtime.dispose();
  }

  // ---- running -------------------------------------------------------------------------------------------------

  /** Computes everything recorded and alive. Call it once a step when no tensor of the step is read. */
  flush(): void {
    this.#run(null);
  }

  /**
   * Computes `asked` and what is alive. Tensors of a tidy() that is still open usually die unread: they stay pending,
   * unless asked for or needed a second time.
   */
  #run(asked: TensorData | null, includeOpenScopes = false): void {
    const open = includeOpenScopes ? new Set<TensorData>() : this.#tensorsOfOpenScopes();
    const outputs = [...this.#pending.values()].filter((data) => data === asked || !open.has(data));
    if (asked && !outputs.includes(asked)) outputs.push(asked);
    if (outputs.length > 0) {
      const operations = collectOperations(outputs);
      for (const { output } of operations) {
        if (output.isPassedOver && output !== asked && open.has(output)) outputs.push(output);
      }
      for (const data of outputs) this.#pending.delete(data.serial);
      for (const data of this.#pending.values()) data.isPassedOver = true;
      this.#compute(operations, outputs);
    }
    this.#operationsSinceRun = 0;
    this.#bytesSinceRun = 0;
    this.#recycle();
  }

  #compute(operations: readonly RecordedOperation[], outputs: readonly TensorData[]): void {
    let buffers: AnyBuffer[] = [];
    try {
      for (const { inputs } of operations) for (const { data } of inputs) throwEarlierFailure(data);
      const run = this.#graphs.prepare(operations, outputs);
      for (const data of outputs) data.producer = null;
      const unneeded = this.#findUnneeded();
      buffers = outputs.map((data, index) => {
        const replaced = findReplaced(run, index)?.buffer;
        if (!replaced || !unneeded.has(replaced) || replaced.length !== sizeOf(data.shape)) {
          return this.#pool.takeForResult(data.dtype, sizeOf(data.shape));
        }
        this.#retired.delete(replaced);
        return replaced;
      });
      if (this.#device) this.#moveWhatIsReadAgain(this.#device, run.leaves);
      this.#graphs.run(run, buffers);
    } catch (error) {
      for (const data of outputs) data.failure = error as Error;
      for (const buffer of buffers) this.#pool.give(buffer);
      throw error;
    }
    outputs.forEach((data, index) => {
      data.buffer = buffers[index]!;
    });
  }

  /** What is read once, a batch above all, is handed over with the run; weights move to the device. */
  #moveWhatIsReadAgain(device: DeviceMemory, leaves: readonly TensorData[]): void {
    for (const data of leaves) {
      const { buffer, wasRead } = data;
      data.wasRead = true;
      if (!wasRead || !(buffer instanceof TensorBuffer) || this.#retired.has(buffer)) continue;
      data.buffer = device.upload(buffer);
      this.#pool.give(buffer);
    }
  }

  /** Gives buffers of disposed tensors back to the pool, but for those that a pending operation will read. */
  #recycle(): void {
    for (const buffer of this.#findUnneeded()) {
      this.#pool.give(buffer);
      this.#retired.delete(buffer);
    }
    this.#pool.endRun();
  }

  /** Returns the buffers of disposed tensors that no pending operation will read. */
  #findUnneeded(): Set<AnyBuffer> {
    const unneeded = new Set(this.#retired);
    for (const operation of collectOperations([...this.#pending.values()])) {
      for (const { data } of operation.inputs) if (data.buffer) unneeded.delete(data.buffer);
    }
    return unneeded;
  }

  #tensorsOfOpenScopes(): Set<TensorData> {
    const { scopeStack, registeredVariables } = this.#engine.state;
    const assigned = new Set(Object.values(registeredVariables).map((variable) => variable.dataId));
    const open = new Set<TensorData>();
    for (const scope of scopeStack) {
      for (const tensor of scope.track) {
        if (tensor.kept || assigned.has(tensor.dataId)) continue;
        const data = this.#data.get(tensor.dataId);
        if (data) open.add(data);
      }
    }
    return open;
  }

  /**
   * A graph that nobody reads must not grow without end. It is computed at a border between outermost tidy() calls,
   * where the same structure comes again and again, or, in one endless tidy(), at the limit itself.
   */
  #flushIfTooMuchIsPending(): void {
    const scope = this.#engine.state.scopeStack[0]?.id;
    const isBorder = scope === undefined || scope !== this.#outermostScope;
    this.#outermostScope = scope;
    const operations = this.#operationsSinceRun / this.#maxPendingOperations;
    const bytes = this.#bytesSinceRun / this.#maxPendingBytes;
    const part = Math.max(operations, bytes);
    if (this.#operationsSinceRun > 0 && (part >= 1 || (isBorder && part >= BORDER_PART))) this.#run(null, part >= 1);
  }

  /** Computes what is pending when the synchronous code has ended, so that `model.fit` runs batch by batch. */
  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      if (this.#isDisposed || this.#pending.size === 0) return;
      try {
        this.#run(null);
      } catch {
        // The failure is kept with the tensors and thrown when one of them is read.
      }
    });
  }

  #fill(data: TensorData, value: number): void {
    const buffer = this.#pool.take(data.dtype, sizeOf(data.shape));
    buffer.values.fill(value);
    data.buffer = buffer;
    data.producer = null;
    this.#pending.delete(data.serial);
  }

  /** Returns the number of a description; a forgotten one gets a new number, and its graphs are compiled again. */
  #numberOf(description: string): number {
    const known = this.#signatures.get(description);
    if (known !== undefined) return known;
    if (this.#signatures.size >= MAX_SIGNATURES) this.#signatures.clear();
    this.#signatures.set(description, ++this.#signatureSerial);
    return this.#signatureSerial;
  }

  #createTensor(shape: Shape, dtype: TfDataType, buffer: AnyBuffer | null): TensorInfo {
    const dataId = {};
    const ownShape = [...shape];
    this.#data.set(dataId, {
      serial: ++this.#tensorSerial,
      shape: ownShape,
      dtype: dtype as NumericType,
      references: 1,
      buffer,
      producer: null,
      wasRead: false,
      text: null,
      failure: null,
      isPassedOver: false,
    });
    this.#dataIds++;
    return { dataId, shape: ownShape, dtype };
  }

  #dataOf(dataId: DataId): TensorData {
    const data = this.#data.get(dataId);
    if (data) return data;
    // The tensor was made under another backend: tfjs brings its data here.
    this.#engine.moveData(this as never, dataId);
    return this.#data.get(dataId)!;
  }
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

/** Returns the pending operations that the tensors depend on, in the order of recording. */
function collectOperations(tensors: readonly TensorData[]): RecordedOperation[] {
  const found = new Set<RecordedOperation>();
  const stack = tensors.flatMap((data) => data.producer ?? []);
  while (stack.length > 0) {
    const operation = stack.pop()!;
    if (found.has(operation)) continue;
    found.add(operation);
    for (const { data } of operation.inputs) if (data.producer) stack.push(data.producer);
  }
  return [...found].sort((a, b) => a.serial - b.serial);
}

function throwEarlierFailure({ failure }: TensorData): void {
  if (failure) throw failure;
}
