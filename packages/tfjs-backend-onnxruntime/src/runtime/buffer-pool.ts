/**
 * Memory of tensors, recycled by type and length. The steps of a training need the same sizes again and again, so after the
 * first steps nothing is allocated.
 */
import type { DeviceBuffer, DeviceMemory } from './device-memory.js';
import type { Runtime } from './runtime.js';
import { type NumericType, TensorBuffer } from './tensor-buffer.js';

/** Runs after which a buffer that nobody took again is given back to the system. */
const MAX_IDLE_RUNS = 32;

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
