// Batches one step ahead: the next one is asked for before the current step computes, so that whoever draws and distorts
// pictures elsewhere works at the same time.
import type { TrainingPosition } from './checkpoint.js';
import type { Batch } from './tasks/task.js';

/** The batch of a step, a function of its position alone: `epoch` from 1, `step` from 0. */
export type BatchSource = (epoch: number, step: number) => Promise<Batch>;

/** A source that, when asked for the batch of a position, also asks for that of the position after it. */
export function prefetchBatches(
  batches: BatchSource,
  nextPosition: (position: TrainingPosition) => TrainingPosition | undefined,
): BatchSource {
  let ahead: (TrainingPosition & { batch: Promise<Batch> }) | undefined;

  function start(epoch: number, step: number): Promise<Batch> {
    const batch = batches(epoch, step);
    // A failure is reported when the batch is used; until then it must not count as unhandled.
    batch.catch(() => {});
    return batch;
  }

  return async (epoch, step) => {
    const isAhead = ahead?.epoch === epoch && ahead.step === step;
    const batch = await (isAhead ? ahead?.batch : start(epoch, step));
    const next = nextPosition({ epoch, step });
    ahead = next === undefined ? undefined : { ...next, batch: start(next.epoch, next.step) };
    return batch as Batch;
  };
}
