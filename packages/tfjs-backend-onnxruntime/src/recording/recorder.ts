/** Keeps the data of tensors and records the operations between them; what it asks of the scheduler is `Demand`. */
import type { BackendValues, DataId, TensorInfo, DataType as TfDataType } from '@tensorflow/tfjs';
import { describe } from '../base/describe.js';
import { type Shape, sizeOf } from '../base/shapes.js';
import type { TensorFlow } from '../base/tensorflow.js';
import type { AnyBuffer, BufferPool } from '../runtime/buffer-pool.js';
import { type NumericArray, type NumericType, TensorBuffer } from '../runtime/tensor-buffer.js';
import type { FillAttributes } from './attributes.js';
import type { OperationRecorder } from './kernels/kernel.js';
import { collectOperations, type PendingWork, throwEarlierFailure } from './pending-work.js';
import type { ComplexParts, RecordedOperation, TensorData } from './recorded-operation.js';

/** When pending work is computed. */
export interface Demand {
  /** Called before something is added to the pending work. */
  beforeRecording(): void;
  afterRecording(): void;
  /** Called before JavaScript looks at numbers. */
  beforeReading(data: TensorData): void;
  /** Computes the data, whose buffer is there afterwards, and what else is pending. */
  compute(data: TensorData): void;
  /** Computes the data and nothing else. */
  computeAlone(data: TensorData): void;
}

/** Work that is done at once for a look at numbers: a few operations on few numbers, as a cast of indices. */
const MAX_CHEAP_OPERATIONS = 4;
const MAX_CHEAP_ELEMENTS = 65536;

/** Distinct operations, shapes included, that are remembered; a training has some hundreds. */
const MAX_SIGNATURES = 2 ** 16;

function isCheap(data: TensorData): boolean {
  const operations = collectOperations([data]);
  const sizes = operations.flatMap(({ inputs, shape }) => [shape, ...inputs.map((input) => input.shape)]).map(sizeOf);
  return operations.length <= MAX_CHEAP_OPERATIONS && sizes.every((size) => size <= MAX_CHEAP_ELEMENTS);
}

export class Recorder implements OperationRecorder {
  readonly #engine: ReturnType<TensorFlow['engine']>;
  /** What tfjs knows as the owner of the data. */
  readonly #owner: object;
  readonly #pool: BufferPool;
  readonly #work: PendingWork;
  readonly #demand: Demand;
  readonly #counters: { recorded: number };
  readonly #data = new WeakMap<DataId, TensorData>();
  readonly #signatures = new Map<string, number>();
  #dataIds = 0;
  #tensorSerial = 0;
  #signatureSerial = 0;
  #operationSerial = 0;

  constructor(
    engine: ReturnType<TensorFlow['engine']>,
    owner: object,
    pool: BufferPool,
    work: PendingWork,
    demand: Demand,
    counters: { recorded: number },
  ) {
    this.#engine = engine;
    this.#owner = owner;
    this.#pool = pool;
    this.#work = work;
    this.#demand = demand;
    this.#counters = counters;
  }

  get dataIds(): number {
    return this.#dataIds;
  }

  /** Records one operation and returns its result, which is computed when somebody needs it. */
  record(
    name: string,
    inputs: readonly TensorInfo[],
    attributes: unknown,
    shape: Shape,
    dtype: TfDataType,
  ): TensorInfo {
    this.#demand.beforeRecording();
    if (sizeOf(shape) === 0) return this.#createTensor(shape, dtype, this.#pool.take(dtype as NumericType, 0));
    const operands = inputs.map((input) => ({ data: this.dataOf(input.dataId), shape: input.shape }));
    for (const { data } of operands) throwEarlierFailure(data);
    let description = `${name}${describe(attributes as object)}${dtype}${shape}`;
    for (const operand of operands) description += `;${operand.data.dtype}${operand.data.shape}/${operand.shape}`;
    const result = this.#createTensor(shape, dtype, null);
    const output = this.dataOf(result.dataId);
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
    this.#work.tensors.set(output.serial, output);
    this.#work.operationsSinceRun++;
    this.#counters.recorded++;
    this.#demand.afterRecording();
    return result;
  }

  alias(tensor: TensorInfo, shape: Shape): TensorInfo {
    this.dataOf(tensor.dataId).references++;
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  upload(values: BackendValues, shape: Shape, dtype: TfDataType): TensorInfo {
    return { dataId: this.write(values, shape, dtype), shape: [...shape], dtype };
  }

  copyPart(tensor: TensorInfo, offset: number, shape: Shape): TensorInfo | null {
    const { buffer } = this.dataOf(tensor.dataId);
    const end = offset + sizeOf(shape);
    const part =
      buffer instanceof TensorBuffer ? buffer.values.subarray(offset, end) : buffer?.copy(offset, end - offset);
    return part ? this.upload(part, shape, tensor.dtype) : null;
  }

  peek(tensor: TensorInfo): NumericArray | null {
    const data = this.dataOf(tensor.dataId);
    throwEarlierFailure(data);
    this.#demand.beforeReading(data);
    if (!data.buffer && isCheap(data)) this.#demand.computeAlone(data);
    return data.buffer instanceof TensorBuffer ? data.buffer.values : null;
  }

  write(values: BackendValues | null, shape: Shape, dtype: TfDataType): DataId {
    if (dtype === 'complex64') return this.#writeComplex(values as Float32Array, shape);
    this.#demand.beforeRecording();
    const length = sizeOf(shape);
    if (dtype === 'string') {
      const tensor = this.#createTensor(shape, dtype, null);
      this.dataOf(tensor.dataId).text = values as unknown as Uint8Array[];
      return tensor.dataId;
    }
    const buffer = this.#pool.take(dtype as NumericType, length);
    // Copied: execution is late, and the caller may change its array in between.
    if (values) buffer.values.set(values as NumericArray);
    else buffer.values.fill(0);
    // What is uploaded before the first operation, weights above all, would outlive an early run.
    if (this.#work.operationsSinceRun > 0) this.#work.bytesSinceRun += buffer.values.byteLength;
    return this.#createTensor(shape, dtype, buffer).dataId;
  }

  joinComplex({ real, imag }: ComplexParts): TensorInfo {
    const tensor = this.#createTensor(real.shape, 'complex64', null);
    this.dataOf(tensor.dataId).parts = { real: this.alias(real, real.shape), imag: this.alias(imag, imag.shape) };
    return tensor;
  }

  partsOf(tensor: TensorInfo): ComplexParts {
    return this.dataOf(tensor.dataId).parts!;
  }

  /** `values` are pairs of real and imaginary part. */
  #writeComplex(values: Float32Array, shape: Shape): DataId {
    const [real, imag] = [0, 1].map((part) =>
      this.upload(
        Float32Array.from({ length: sizeOf(shape) }, (_, index) => values[2 * index + part]!),
        shape,
        'float32',
      ),
    ) as [TensorInfo, TensorInfo];
    const { dataId } = this.joinComplex({ real, imag });
    for (const part of [real, imag]) this.disposeData(part.dataId);
    return dataId;
  }

  /** Gives a data id of another backend its data here. */
  adopt(dataId: DataId, values: BackendValues, shape: Shape, dtype: TfDataType, references: number): void {
    const data = this.#data.get(this.write(values, shape, dtype))!;
    data.references = references;
    this.#data.set(dataId, data);
  }

  readSync(dataId: DataId): BackendValues {
    const data = this.dataOf(dataId);
    if (data.text) return data.text as unknown as BackendValues;
    if (data.parts) return this.#readComplex(data.parts);
    throwEarlierFailure(data);
    this.#demand.beforeReading(data);
    if (!data.buffer) this.#demand.compute(data);
    // Copied: the buffer goes on to other tensors when this one is disposed of.
    return data.buffer!.copy(0, data.buffer!.length);
  }

  #readComplex({ real, imag }: ComplexParts): Float32Array {
    const [reals, imags] = [real, imag].map(({ dataId }) => this.readSync(dataId) as Float32Array) as [
      Float32Array,
      Float32Array,
    ];
    return Float32Array.from(
      { length: 2 * reals.length },
      (_, index) => (index % 2 === 0 ? reals : imags)[index >> 1]!,
    );
  }

  disposeData(dataId: DataId, force = false): boolean {
    const data = this.#data.get(dataId);
    if (!data) return true;
    data.references--;
    if (!force && data.references > 0) return false;
    this.#data.delete(dataId);
    this.#dataIds--;
    if (data.parts) for (const part of [data.parts.real, data.parts.imag]) this.disposeData(part.dataId);
    this.#work.tensors.delete(data.serial);
    if (data.buffer && this.#work.tensors.size > 0) this.#work.retired.add(data.buffer);
    else if (data.buffer) this.#pool.give(data.buffer);
    return true;
  }

  refCount(dataId: DataId): number {
    return this.#data.get(dataId)?.references ?? 0;
  }

  incRef(dataId: DataId): void {
    const data = this.dataOf(dataId);
    data.references++;
    // A new variable's zeros are numbers from its first step on, so that this step has the structure of all later ones.
    if (data.producer?.name === 'Fill') this.#fill(data, (data.producer.attributes as FillAttributes).value);
  }

  decRef(dataId: DataId): void {
    const data = this.#data.get(dataId);
    if (data) data.references--;
  }

  /** Returns the data of an id, or undefined where it lies in another backend. */
  find(dataId: DataId): TensorData | undefined {
    return this.#data.get(dataId);
  }

  /** Serial number of the next tensor's data. */
  get nextSerial(): number {
    return this.#tensorSerial + 1;
  }

  /** Returns data of its own with the numbers of known data, until `release`. */
  copy({ shape, buffer }: TensorData): TensorData {
    const { dtype, length } = buffer!;
    const own = this.#pool.take(dtype, length);
    own.values.set(buffer!.copy(0, length));
    return this.#createData(shape, dtype, own);
  }

  release({ buffer }: TensorData): void {
    if (buffer) this.#pool.give(buffer);
  }

  /** Returns a tensor whose numbers a run has written. */
  adoptBuffer(shape: Shape, dtype: NumericType, buffer: AnyBuffer): TensorInfo {
    return this.#createTensor(shape, dtype, buffer);
  }

  dataOf(dataId: DataId): TensorData {
    const data = this.#data.get(dataId);
    if (data) return data;
    // The tensor was made under another backend: tfjs brings its data here.
    this.#engine.moveData(this.#owner as never, dataId);
    return this.#data.get(dataId)!;
  }

  #fill(data: TensorData, value: number): void {
    const buffer = this.#pool.take(data.dtype, sizeOf(data.shape));
    buffer.values.fill(value);
    data.buffer = buffer;
    data.producer = null;
    this.#work.tensors.delete(data.serial);
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
    this.#data.set(dataId, this.#createData(ownShape, dtype as NumericType, buffer));
    this.#dataIds++;
    return { dataId, shape: ownShape, dtype };
  }

  #createData(shape: Shape, dtype: NumericType, buffer: AnyBuffer | null): TensorData {
    return {
      serial: ++this.#tensorSerial,
      shape,
      dtype,
      references: 1,
      buffer,
      producer: null,
      wasRead: false,
      text: null,
      parts: null,
      failure: null,
      isPassedOver: false,
    };
  }
}
