// Batches for training, made in worker threads while the engine computes. The bytes are those of the synchronous way,
// since a batch is a function of (epoch, step); a request also starts the batches that are likely to come next.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { findOwnProgram } from '../base/own-files.js';
import { OneshotError } from '../base/problem.js';
import type { DrawnBatch } from '../data/sampling/batch.js';
import { createBatchMaker, type TaskBatchSpec } from './batch-maker.js';
import { countEpochSteps } from './describe-batch.js';

export interface BatchFeed {
  /**
   * The batch of a step. Asking in the order of training is fastest; any order is right. Rejects when the feed was
   * closed or a worker failed.
   */
  next(epoch: number, step: number): Promise<DrawnBatch>;
  /**
   * Starts on the batches from a step on, as `next` does, and waits for none: called as soon as it is known where
   * training begins.
   */
  begin(epoch: number, step: number): void;
  /** Stops the workers. Batches still asked for are rejected. */
  close(): Promise<void>;
}

export interface BatchFeedOptions {
  /**
   * Worker threads: 0 makes batches when they are asked for, on this thread. 1 when left out, or 0 on a machine with a
   * single core.
   */
  readonly workers?: number;
  /** Batches that are made ahead, for all workers together. Default 4. */
  readonly ahead?: number;
  /** Steps of an epoch, to know where the next one begins; those of `countEpochSteps` when left out. */
  readonly stepsPerEpoch?: number;
}

/** What the main thread asks of a worker. */
export interface BatchRequest {
  readonly id: string;
  readonly epoch: number;
  readonly step: number;
}

/** What a worker answers. */
export interface BatchReply {
  readonly id: string;
  readonly batch: DrawnBatch;
}

/**
 * A feed of a specification's batches; close it when done. Throws a OneshotError('usage') when the selection is too
 * small for the task.
 */
export function openBatchFeed(spec: TaskBatchSpec, options: BatchFeedOptions = {}): BatchFeed {
  const workers = options.workers ?? (availableParallelism() > 1 ? 1 : 0);
  const makeBatch = createBatchMaker(spec); // finds mistakes before a thread is started
  return workers > 0
    ? openThreads(spec, findOwnProgram('batch-worker'), {
        ahead: 4,
        stepsPerEpoch: countEpochSteps(spec, spec.augmentation, spec.selection.pictures.length),
        ...options,
        workers,
      })
    : openSynchronous(makeBatch);
}

function openSynchronous(makeBatch: (epoch: number, step: number) => DrawnBatch): BatchFeed {
  let isClosed = false;
  return {
    async next(epoch, step) {
      if (isClosed) throw closedError();
      return makeBatch(epoch, step);
    },
    begin() {},
    async close() {
      isClosed = true;
    },
  };
}

interface PendingBatch {
  readonly promise: Promise<DrawnBatch>;
  readonly resolve: (batch: DrawnBatch) => void;
  readonly reject: (error: Error) => void;
  /** Whether a caller waits for it; otherwise it was made ahead. */
  isAwaited: boolean;
}

function openThreads(spec: TaskBatchSpec, script: string, options: Required<BatchFeedOptions>): BatchFeed {
  const pending = new Map<string, PendingBatch>();
  let failure: Error | undefined;
  let turn = 0;

  function fail(error: Error): void {
    failure ??= error;
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
  }

  // Started with the first request: a training that is over asks for none.
  let threads: Worker[] | undefined;
  const startThread = () => {
    const thread = new Worker(script, { workerData: spec });
    thread.on('message', ({ id, batch }: BatchReply) => pending.get(id)?.resolve(batch));
    thread.on('error', (error) => fail(new OneshotError('internal', 'making a batch failed', { cause: error })));
    thread.on('exit', () => fail(new OneshotError('internal', 'the thread that makes batches has ended')));
    return thread;
  };

  function request(epoch: number, step: number): PendingBatch {
    const id = `${epoch}/${step}`;
    const known = pending.get(id);
    if (known) return known;
    const batch = createPending();
    pending.set(id, batch);
    threads ??= Array.from({ length: options.workers }, startThread);
    threads[turn++ % threads.length]!.postMessage({ id, epoch, step } satisfies BatchRequest);
    return batch;
  }

  /** Starts on a batch and those that are likely to be asked for after it. */
  function requestFrom(epoch: number, step: number, isAwaited: boolean): PendingBatch {
    const asked = request(epoch, step);
    asked.isAwaited ||= isAwaited;
    const likely = new Set([asked]);
    for (let i = 1, at = { epoch, step }; i <= options.ahead; i++) {
      at = at.step + 1 < options.stepsPerEpoch ? { ...at, step: at.step + 1 } : { epoch: at.epoch + 1, step: 0 };
      likely.add(request(at.epoch, at.step));
    }
    // After a jump, what was made ahead for nobody is let go.
    for (const [id, batch] of pending) if (!batch.isAwaited && !likely.has(batch)) pending.delete(id);
    return asked;
  }

  return {
    async next(epoch, step) {
      if (failure) throw failure;
      const asked = requestFrom(epoch, step, true);
      const batch = await asked.promise;
      pending.delete(`${epoch}/${step}`);
      return batch;
    },
    begin(epoch, step) {
      if (!failure) requestFrom(epoch, step, false);
    },
    async close() {
      fail(closedError());
      await Promise.all((threads ?? []).map((thread) => thread.terminate()));
    },
  };
}

function createPending(): PendingBatch {
  let resolve: PendingBatch['resolve'] = () => {};
  let reject: PendingBatch['reject'] = () => {};
  const promise = new Promise<DrawnBatch>((...settle) => {
    [resolve, reject] = settle;
  });
  promise.catch(() => {}); // a batch made ahead may fail without anybody waiting for it
  return { promise, resolve, reject, isAwaited: false };
}

function closedError(): OneshotError {
  return new OneshotError('interrupted', 'the feed of batches was closed');
}
