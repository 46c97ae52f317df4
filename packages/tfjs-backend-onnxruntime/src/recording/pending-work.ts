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

  /** Returns the buffers of disposed tensors that no pending operation will read. */
  findUnneeded(): Set<AnyBuffer> {
    const unneeded = new Set(this.retired);
    for (const operation of collectOperations([...this.tensors.values()])) {
      for (const { data } of operation.inputs) if (data.buffer) unneeded.delete(data.buffer);
    }
    return unneeded;
  }
}

/** Returns the pending operations that the tensors depend on, in the order of recording. */
export function collectOperations(tensors: readonly TensorData[]): RecordedOperation[] {
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

export function throwEarlierFailure({ failure }: TensorData): void {
  if (failure) throw failure;
}
