/** Memory of one tensor in this process: a typed array that ONNX Runtime reads and writes in place. */
import { type Shape, sizeOf } from '../base/shapes.js';
import type { DataType } from './onnx-model.js';
import { addressOf, type Pointer } from './onnxruntime-api.js';
import type { Runtime } from './runtime.js';

/** Element types of tfjs tensors that live in buffers. */
export type NumericType = Exclude<DataType, 'int64'>;
export type NumericArray = Float32Array | Int32Array | Uint8Array;

const ARRAY_TYPES = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Vector instructions are fastest on whole cache lines. */
const ALIGNMENT_BYTES = 64;

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
