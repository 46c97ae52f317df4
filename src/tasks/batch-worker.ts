// The worker thread of batch-feed.ts: gets a specification at its start, then answers requests for batches in turn.
import { constants, getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { BatchReply, BatchRequest } from './batch-feed.js';
import { createBatchMaker, type TaskBatchSpec } from './batch-maker.js';

if (!parentPort) throw new Error('batch-worker.js runs as a worker thread of a batch feed');
/** Niceness on top of the process's: a third of the weight of its other threads, where a batch takes a fiftieth of their time. */
const LOWER_BY = 5;

const port = parentPort;
yieldToTraining();
const makeBatch = createBatchMaker(workerData as TaskBatchSpec);

port.on('message', ({ id, epoch, step }: BatchRequest) => {
  const batch = makeBatch(epoch, step);
  const reply: BatchReply = { id, batch };
  port.postMessage(reply, [batch.images.buffer as ArrayBuffer]);
});

// A thread that wakes up for a batch would interrupt the one that trains, where the engine keeps all cores busy; made ahead,
// a batch has time. Linux has a priority for each thread, others for the whole process.
function yieldToTraining(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + LOWER_BY));
  } catch {
    // A sandbox may not allow it: then batches interrupt.
  }
}
