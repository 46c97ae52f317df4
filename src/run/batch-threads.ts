// How many threads make the batches of a trial beside its engine.

import type { EngineDescription } from '../engine/engine.js';
import type { BatchFeedOptions } from '../tasks/batch-feed.js';

/** They make 500 batches of the all-pairs task a second: 320 pictures of 28 x 28 pixels take one thread 7 ms. */
const MOST_THREADS = 4;

/**
 * The threads, and how many batches they make ahead. The one of every feed is enough beside an engine on processors,
 * where a batch takes a fiftieth of what its step takes. A GPU's step may be shorter than its batch, and leaves the
 * trial's cores free.
 */
export function chooseBatchThreads({ settings, threads }: EngineDescription): BatchFeedOptions {
  if (settings.device !== 'gpu') return {};
  const workers = Math.max(1, Math.min(MOST_THREADS, threads - 1));
  return { workers, ahead: 4 * workers };
}
