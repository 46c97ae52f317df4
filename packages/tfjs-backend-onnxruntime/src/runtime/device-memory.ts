/**
 * Memory of the provider that computes: tensors that stay there from run to run, so that weights and optimizer state do
 * not cross the bus at each step. A native tensor carries its place: ONNX Runtime reads and writes it there, and copies
 * only what lies elsewhere. Copies to and from it are runs of a graph that is one `Identity`.
 */
import { sizeOf } from '../base/shapes.js';
import { encodeModel } from './onnx-model.js';
import type { Pointer } from './onnxruntime-api.js';
import type { Runtime, Session } from './runtime.js';
import { createPlace, type NumericArray, type NumericType, type Place, TensorBuffer } from './tensor-buffer.js';

const ELEMENT_BYTES = { float32: 4, int32: 4, bool: 1 } as const;

interface Allocation {
  readonly memory: DeviceMemory;
  readonly address: Pointer;
  readonly views: Map<string, Pointer>;
}

/** Frees the memory of tensors that were never disposed of, but collected as garbage. */
const collected = new FinalizationRegistry<Allocation>(({ memory, address, views }) => memory.free(address, views));

export class DeviceMemory {
  readonly #runtime: Runtime;
  /** Sessions that copy, by type of the elements. */
  readonly #copies = new Map<NumericType, Session>();
  readonly #memoryInfo: Pointer;
  readonly #allocator: Pointer;
  /** Addresses that were not freed yet. */
  readonly #allocated = new Set<Pointer>();

  /** @throws Error when the provider opens no device, or has no memory to give. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const session = this.#copySession('float32');
    try {
      this.#memoryInfo = runtime.createDeviceMemoryInfo();
      this.#allocator = session.createAllocator(this.#memoryInfo);
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /** Returns memory whose content is undefined. */
  allocate(dtype: NumericType, length: number): DeviceBuffer {
    const address = this.#runtime.allocate(this.#allocator, length * ELEMENT_BYTES[dtype]);
    this.#allocated.add(address);
    const views = new Map<string, Pointer>();
    const buffer = new DeviceBuffer(this, dtype, length, address, views);
    collected.register(buffer, { memory: this, address, views }, buffer);
    return buffer;
  }

  /** Returns memory with the content of a buffer of this process. */
  upload(source: TensorBuffer): DeviceBuffer {
    const target = this.allocate(source.dtype, source.length);
    const whole = createPlace(0, [source.length]);
    this.#copy(source.dtype, source.view(this.#runtime, whole), target.view(this.#runtime, whole));
    return target;
  }

  /** Returns some elements in an array of their own. */
  download(source: DeviceBuffer, offset: number, length: number): NumericArray {
    const target = new TensorBuffer(source.dtype, length);
    const to = target.view(this.#runtime, createPlace(0, [length]));
    try {
      this.#copy(source.dtype, source.view(this.#runtime, createPlace(offset, [length])), to);
      return target.values.slice();
    } finally {
      target.release(this.#runtime);
    }
  }

  /** Returns the native tensor over a part of a buffer's elements; the caller releases it. */
  createTensor(address: Pointer, dtype: NumericType, { offset, shape }: Place): Pointer {
    const bytes = ELEMENT_BYTES[dtype];
    const start = address + BigInt(offset * bytes);
    return this.#runtime.createTensor(start, sizeOf(shape) * bytes, shape, dtype, this.#memoryInfo);
  }

  release(buffer: DeviceBuffer, address: Pointer, views: Map<string, Pointer>): void {
    collected.unregister(buffer);
    this.free(address, views);
  }

  free(address: Pointer, views: Map<string, Pointer>): void {
    for (const view of views.values()) this.#runtime.releaseTensor(view);
    views.clear();
    // After the end of the backend nothing is left to free.
    if (this.#allocated.delete(address)) this.#runtime.free(this.#allocator, address);
  }

  dispose(): void {
    for (const address of this.#allocated) this.#runtime.free(this.#allocator, address);
    this.#allocated.clear();
    this.#runtime.releaseAllocator(this.#allocator, this.#memoryInfo);
    for (const session of this.#copies.values()) session.dispose();
  }

  #copy(dtype: NumericType, from: Pointer, to: Pointer): void {
    this.#copySession(dtype).run([from], [to]);
  }

  #copySession(dtype: NumericType): Session {
    let session = this.#copies.get(dtype);
    if (session === undefined) {
      const identity = {
        name: 'copy',
        operator: 'Identity',
        domain: '',
        inputs: ['x'],
        outputs: ['y'],
        attributes: {},
      };
      const graph = {
        nodes: [identity],
        constants: [],
        inputs: [{ name: 'x', dtype }],
        outputs: [{ name: 'y', dtype }],
      };
      session = this.#runtime.createSession(encodeModel(graph), ['x'], ['y'], 'literal');
      this.#copies.set(dtype, session);
    }
    return session;
  }
}

/** Memory of one tensor on the device, with the native values that were made over it. */
export class DeviceBuffer {
  readonly dtype: NumericType;
  readonly length: number;
  readonly #memory: DeviceMemory;
  readonly #address: Pointer;
  readonly #views: Map<string, Pointer>;

  constructor(memory: DeviceMemory, dtype: NumericType, length: number, address: Pointer, views: Map<string, Pointer>) {
    this.#memory = memory;
    this.dtype = dtype;
    this.length = length;
    this.#address = address;
    this.#views = views;
  }

  /** Returns the native tensor over a part of the elements; it lives as long as this buffer. */
  view(_runtime: Runtime, place: Place): Pointer {
    let view = this.#views.get(place.key);
    if (view === undefined) {
      view = this.#memory.createTensor(this.#address, this.dtype, place);
      this.#views.set(place.key, view);
    }
    return view;
  }

  /** Returns some elements in an array of their own. */
  copy(offset: number, length: number): NumericArray {
    return this.#memory.download(this, offset, length);
  }

  release(): void {
    this.#memory.release(this, this.#address, this.#views);
  }
}
