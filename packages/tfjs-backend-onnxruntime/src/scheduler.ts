/** Decides when pending work is computed, and has it computed as one graph: at a read, a `flush()`, or a limit. */
import type { DataId } from '@tensorflow/tfjs';
import { sizeOf } from './base/shapes.js';
import type { TensorFlow } from './base/tensorflow.js';
import { findReplaced, type GraphCache, type GraphRun } from './graph/graph-cache.js';
import { collectOperations, type PendingWork, throwEarlierFailure } from './recording/pending-work.js';
import type { RecordedOperation, TensorData } from './recording/recorded-operation.js';
import type { Demand } from './recording/recorder.js';
import type { AnyBuffer, BufferPool } from './runtime/buffer-pool.js';
import type { DeviceMemory } from './runtime/device-memory.js';
import { TensorBuffer } from './runtime/tensor-buffer.js';

/** Part of the limit after which a pending graph is computed at the next border between outermost tidy() calls. */
const BORDER_PART = 1 / 4;

export interface SchedulerOptions {
  readonly engine: ReturnType<TensorFlow['engine']>;
  readonly work: PendingWork;
  readonly graphs: GraphCache;
  readonly pool: BufferPool;
  /** Null where results lie in the memory of this process. */
  readonly device: DeviceMemory | null;
  readonly maxPendingOperations: number;
  readonly maxPendingBytes: number;
  /** Returns the data of an id, or undefined where it lies in another backend. */
  find(dataId: DataId): TensorData | undefined;
}

export class Scheduler implements Demand {
  readonly #options: SchedulerOptions;
  readonly #work: PendingWork;
  #outermostScope: number | undefined;
  #observer: { run(run: GraphRun, outputs: readonly TensorData[]): void; read(data: TensorData): void } | null = null;
  #isFlushScheduled = false;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#work = options.work;
  }

  /**
   * A graph that nobody reads must not grow without end. It is computed at a border between outermost tidy() calls,
   * where the same structure comes again and again, or, in one endless tidy(), at the limit itself.
   */
  beforeRecording(): void {
    const { engine, maxPendingOperations, maxPendingBytes } = this.#options;
    const scope = engine.state.scopeStack[0]?.id;
    const isBorder = scope === undefined || scope !== this.#outermostScope;
    this.#outermostScope = scope;
    const { operationsSinceRun, bytesSinceRun } = this.#work;
    const part = Math.max(operationsSinceRun / maxPendingOperations, bytesSinceRun / maxPendingBytes);
    if (operationsSinceRun > 0 && (part >= 1 || (isBorder && part >= BORDER_PART))) this.#run(null, part >= 1);
  }

  /** Computes what is pending when the synchronous code has ended, so that `model.fit` runs batch by batch. */
  afterRecording(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      if (this.#isStopped || this.#work.tensors.size === 0) return;
      try {
        this.#run(null);
      } catch {
        // The failure is kept with the tensors and thrown when one of them is read.
      }
    });
  }

  beforeReading(data: TensorData): void {
    this.#observer?.read(data);
  }

  /**
   * Calls `onRun` before each run with what it computes, until `end`. `wasRead` says whether JavaScript has looked at data
   * of some kind since then.
   */
  observe(onRun: (run: GraphRun, outputs: readonly TensorData[]) => void) {
    const read = new Set<TensorData>();
    this.#observer = { run: onRun, read: (data) => read.add(data) };
    return {
      end: () => {
        this.#observer = null;
      },
      wasRead: (isMeant: (data: TensorData) => boolean) => [...read].some(isMeant),
    };
  }

  compute(data: TensorData): void {
    this.#run(data);
  }

  computeAlone(data: TensorData): void {
    this.#work.tensors.delete(data.serial);
    this.#computeApart(collectOperations([data]), [data], true);
    if (data.failure) throw data.failure;
  }

  /** Whether nothing is pending. */
  get isIdle(): boolean {
    return this.#work.tensors.size === 0;
  }

  /** Computes everything recorded and alive. */
  flush(): void {
    this.#run(null);
  }

  /** Nothing is computed any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Computes `asked` and what is alive. Tensors of a tidy() that is still open usually die unread: they stay pending,
   * unless asked for or needed a second time.
   */
  #run(asked: TensorData | null, includeOpenScopes = false): void {
    const { tensors } = this.#work;
    const open = includeOpenScopes ? new Set<TensorData>() : this.#tensorsOfOpenScopes();
    const outputs = [...tensors.values()].filter((data) => data === asked || !open.has(data));
    if (asked && !outputs.includes(asked)) outputs.push(asked);
    if (outputs.length > 0) {
      const operations = collectOperations(outputs);
      for (const { output } of operations) {
        if (output.isPassedOver && output !== asked && open.has(output)) outputs.push(output);
      }
      for (const data of outputs) tensors.delete(data.serial);
      for (const data of tensors.values()) data.isPassedOver = true;
      this.#computeApart(operations, outputs);
    }
    this.#work.operationsSinceRun = 0;
    this.#work.bytesSinceRun = 0;
    this.#recycle();
    const failed = asked ? asked.failure : outputs.find(({ failure }) => failure)?.failure;
    if (failed) throw failed;
  }

  /** Computes the outputs together; where that fails, in halves, so that those that cannot be computed fail alone. */
  #computeApart(operations: readonly RecordedOperation[], outputs: readonly TensorData[], isRetried = false): void {
    try {
      this.#compute(operations, outputs, isRetried);
    } catch (error) {
      if (outputs.length === 1) {
        outputs[0]!.failure = error as Error;
        outputs[0]!.producer = null;
        return;
      }
      const half = outputs.length >> 1;
      for (const part of [outputs.slice(0, half), outputs.slice(half)]) {
        this.#computeApart(collectOperations(part), part, true);
      }
    }
  }

  /** After a failure nothing is written over old values: what is computed next may need them. */
  #compute(operations: readonly RecordedOperation[], outputs: readonly TensorData[], keepsOldValues: boolean): void {
    const { graphs, pool, device } = this.#options;
    const { retired } = this.#work;
    for (const { inputs } of operations) for (const { data } of inputs) throwEarlierFailure(data);
    const run = graphs.prepare(operations, outputs);
    const unneeded = keepsOldValues ? new Set<AnyBuffer>() : this.#work.findUnneeded(new Set(outputs));
    const taken: AnyBuffer[] = [];
    const buffers = outputs.map((data, index) => {
      const replaced = findReplaced(run, index)?.buffer;
      if (replaced && unneeded.has(replaced) && replaced.length === sizeOf(data.shape)) return replaced;
      const buffer = pool.takeForResult(data.dtype, sizeOf(data.shape));
      taken.push(buffer);
      return buffer;
    });
    if (device) this.#moveWhatIsReadAgain(device, run.leaves);
    this.#observer?.run(run, outputs);
    try {
      graphs.run(run, buffers);
    } catch (error) {
      for (const buffer of taken) pool.give(buffer);
      throw error;
    }
    outputs.forEach((data, index) => {
      data.producer = null;
      data.buffer = buffers[index]!;
      retired.delete(data.buffer);
    });
  }

  /** What is read once, a batch above all, is handed over with the run; weights move to the device. */
  #moveWhatIsReadAgain(device: DeviceMemory, leaves: readonly TensorData[]): void {
    for (const data of leaves) {
      const { buffer, wasRead } = data;
      data.wasRead = true;
      if (!wasRead || !(buffer instanceof TensorBuffer) || this.#work.retired.has(buffer)) continue;
      data.buffer = device.upload(buffer);
      this.#options.pool.give(buffer);
    }
  }

  /** Gives buffers of disposed tensors back to the pool, but for those that a pending operation will read. */
  #recycle(): void {
    for (const buffer of this.#work.findUnneeded()) {
      this.#options.pool.give(buffer);
      this.#work.retired.delete(buffer);
    }
    this.#options.pool.endRun();
  }

  #tensorsOfOpenScopes(): Set<TensorData> {
    const { engine, find } = this.#options;
    const { scopeStack, registeredVariables } = engine.state;
    const assigned = new Set(Object.values(registeredVariables).map((variable) => variable.dataId));
    const open = new Set<TensorData>();
    for (const scope of scopeStack) {
      for (const tensor of scope.track) {
        if (tensor.kept || assigned.has(tensor.dataId)) continue;
        const data = find(tensor.dataId);
        if (data) open.add(data);
      }
    }
    return open;
  }
}
