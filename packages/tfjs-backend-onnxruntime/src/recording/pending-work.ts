/** What was recorded and not computed yet: written by the recorder, computed by the scheduler. */
import type { AnyBuffer } from '../runtime/buffer-pool.js';
import type { RecordedOperation, TensorData } from './recorded-operation.js';

export class PendingWork {
  /** Pending tensors that tfjs still holds, in the order of recording. */
  readonly tensors = new Map<number, TensorData>();
  /** Buffers of disposed tensors that pending operations may still read. */
  readonly retired = new Set<AnyBuffer>();
  operationsSinceRun = 0;
  bytesSinceRun = 0;

  /** Returns the buffers of disposed tensors that no pending operation will read, once `computed` is no longer pending. */
  findUnneeded(computed: ReadonlySet<TensorData> = new Set()): Set<AnyBuffer> {
    const unneeded = new Set(this.retired);
    for (const operation of collectOperations([...this.tensors.values()], computed)) {
      for (const { data } of operation.inputs) if (data.buffer) unneeded.delete(data.buffer);
    }
    return unneeded;
  }
}

/** Returns the pending operations that the tensors depend on, in the order of recording; `computed` counts as known. */
export function collectOperations(
  tensors: readonly TensorData[],
  computed: ReadonlySet<TensorData> = new Set(),
): RecordedOperation[] {
  const found = new Set<RecordedOperation>();
  const producerOf = (data: TensorData) => (computed.has(data) ? null : data.producer);
  const stack = tensors.flatMap((data) => producerOf(data) ?? []);
  while (stack.length > 0) {
    const operation = stack.pop()!;
    if (found.has(operation)) continue;
    found.add(operation);
    for (const { data } of operation.inputs) {
      const producer = producerOf(data);
      if (producer) stack.push(producer);
    }
  }
  return [...found].sort((a, b) => a.serial - b.serial);
}

export function throwEarlierFailure({ failure }: TensorData): void {
  if (failure) throw failure;
}
