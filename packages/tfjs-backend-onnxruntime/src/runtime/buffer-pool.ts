/**
 * Memory of tensors: typed arrays that ONNX Runtime reads and writes in place, recycled by type and length.
 * The steps of a training need the same sizes again and again, so after the first steps nothing is allocated.
 */
import type { DeviceBuffer, DeviceMemory } from './device-memory.js';
import type { DataType } from './onnx-model.js';
import { addressOf, type Pointer } from './onnxruntime-api.js';
import type { Runtime } from './runtime.js';
import { type Shape, sizeOf } from '../base/shapes.js';

/** Element types of tfjs tensors that live in buffers. */
export type NumericType = Exclude<DataType, 'int64'>;
export type NumericArray = Float32Array | Int32Array | Uint8Array;

const ARRAY_TYPES = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Vector instructions are fastest on whole cache lines. */
const ALIGNMENT_BYTES = 64;

/** Runs after which a buffer that nobody took again is given back to the system. */
const MAX_IDLE_RUNS = 32;

/** Part of a tensor's elements, under a shape. */
export interface Place {
  /** Index of the first element. */
  readonly offset: number;
  readonly shape: Shape;
  /** Equal for equal places. */
  readonly key: string;
}

/** Returns the place of a part that begins at element `offset`. */
export function createPlace(offset: number, shape: Shape): Place {
  return { offset, shape, key: `${offset}:${shape}` };
}

/** Releases the views of buffers whose tensors were never disposed of, but collected as garbage. */
const collected = new FinalizationRegistry<{ runtime: Runtime; views: ReadonlyMap<string, Pointer> }>(
  ({ runtime, views }) => {
    for (const view of views.values()) runtime.releaseTensor(view);
  },
);

/** Memory of one tensor in this process, with the native values (views by offset and shape) that were made over it. */
export class TensorBuffer {
  readonly dtype: NumericType;
  readonly values: NumericArray;
  readonly #address: Pointer;
  readonly #views = new Map<string, Pointer>();

  constructor(dtype: NumericType, length: number) {
    const arrayType = ARRAY_TYPES[dtype];
    // An explicit ArrayBuffer: V8 keeps small typed arrays inside its moving heap.
    const memory = new ArrayBuffer(length * arrayType.BYTES_PER_ELEMENT + ALIGNMENT_BYTES);
    const start = addressOf(new Uint8Array(memory));
    const offset = Number((BigInt(ALIGNMENT_BYTES) - (start % BigInt(ALIGNMENT_BYTES))) % BigInt(ALIGNMENT_BYTES));
    this.dtype = dtype;
    this.values = new arrayType(memory, offset, length);
    this.#address = start + BigInt(offset);
  }

  get length(): number {
    return this.values.length;
  }

  /** Returns some elements in an array of their own. */
  copy(offset: number, length: number): NumericArray {
    return this.values.slice(offset, offset + length);
  }

  /** Returns the native tensor over a part of the elements; it lives as long as this buffer. */
  view(runtime: Runtime, { offset, shape, key }: Place): Pointer {
    let view = this.#views.get(key);
    if (view === undefined) {
      const bytes = this.values.BYTES_PER_ELEMENT;
      view = runtime.createTensor(this.#address + BigInt(offset * bytes), sizeOf(shape) * bytes, shape, this.dtype);
      if (this.#views.size === 0) collected.register(this, { runtime, views: this.#views }, this);
      this.#views.set(key, view);
    }
    return view;
  }

  release(runtime: Runtime): void {
    collected.unregister(this);
    for (const view of this.#views.values()) runtime.releaseTensor(view);
    this.#views.clear();
  }
}

/** Memory of one tensor, wherever it lies. */
export type AnyBuffer = TensorBuffer | DeviceBuffer;

interface IdleBuffer<Buffer extends AnyBuffer> {
  readonly buffer: Buffer;
  readonly since: number;
}

export class BufferPool {
  readonly #runtime: Runtime;
  readonly #device: DeviceMemory | null;
  readonly #idle = new Map<string, IdleBuffer<TensorBuffer>[]>();
  readonly #idleOnDevice = new Map<string, IdleBuffer<DeviceBuffer>[]>();
  #runs = 0;

  /** Results of runs lie in the memory of `device`, where there is one. */
  constructor(runtime: Runtime, device: DeviceMemory | null = null) {
    this.#runtime = runtime;
    this.#device = device;
  }

  /** Returns a buffer of `length` elements of this process whose content is undefined. */
  take(dtype: NumericType, length: number): TensorBuffer {
    return this.#idle.get(`${dtype}${length}`)?.pop()?.buffer ?? new TensorBuffer(dtype, length);
  }

  /** Returns a buffer of `length` elements for a run to write. */
  takeForResult(dtype: NumericType, length: number): AnyBuffer {
    if (this.#device === null) return this.take(dtype, length);
    return this.#idleOnDevice.get(`${dtype}${length}`)?.pop()?.buffer ?? this.#device.allocate(dtype, length);
  }

  /** Takes a buffer back that nothing reads any more. */
  give(buffer: AnyBuffer): void {
    if (buffer instanceof TensorBuffer) addIdle(this.#idle, buffer, this.#runs);
    else addIdle(this.#idleOnDevice, buffer, this.#runs);
  }

  /** Counts a run and lets go of buffers that were idle for long. */
  endRun(): void {
    this.#runs++;
    if (this.#runs % MAX_IDLE_RUNS === 0) this.#release(this.#runs - MAX_IDLE_RUNS);
  }

  dispose(): void {
    this.#release(Number.POSITIVE_INFINITY);
  }

  /** Lets go of what is idle since before a run. */
  #release(run: number): void {
    releaseIdle(this.#idle, run, this.#runtime);
    releaseIdle(this.#idleOnDevice, run, this.#runtime);
  }
}

type IdleBuffers<Buffer extends AnyBuffer> = Map<string, IdleBuffer<Buffer>[]>;

function addIdle<Buffer extends AnyBuffer>(idle: IdleBuffers<Buffer>, buffer: Buffer, since: number): void {
  const key = `${buffer.dtype}${buffer.length}`;
  const equal = idle.get(key) ?? [];
  equal.push({ buffer, since });
  idle.set(key, equal);
}

function releaseIdle<Buffer extends AnyBuffer>(idle: IdleBuffers<Buffer>, run: number, runtime: Runtime): void {
  for (const [key, equal] of idle) {
    const kept = equal.filter(({ since }) => since >= run);
    for (const entry of equal) if (!kept.includes(entry)) entry.buffer.release(runtime);
    if (kept.length) idle.set(key, kept);
    else idle.delete(key);
  }
}
