// The worker thread of batch-source.ts: gets a specification at its start, then answers requests for batches in turn.
import { parentPort, workerData } from 'node:worker_threads';
import type { BatchSpec } from './batch.js';
import type { BatchReply, BatchRequest } from './batch-source.js';
import { createBatchMaker } from './make-batches.js';

if (!parentPort) throw new Error('batch-worker.js runs as a worker thread of a batch source');
const port = parentPort;
const makeBatch = createBatchMaker(workerData as BatchSpec);

port.on('message', ({ id, epoch, step }: BatchRequest) => {
  const batch = makeBatch(epoch, step);
  const reply: BatchReply = { id, batch };
  port.postMessage(reply, [batch.images.buffer as ArrayBuffer]);
});
