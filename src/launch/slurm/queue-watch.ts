// The queue as several may ask for it: squeue is called once in a while, whatever their number. A Slurm that does not answer
// for a time stops nobody.
import { listQueue, type QueuedTask } from './slurm-commands.js';

export interface QueueWatch {
  /** The queue, not older than the watch's interval; undefined where Slurm does not answer. `version` counts the answers. */
  look(): Promise<{ readonly tasks: readonly QueuedTask[]; readonly version: number } | undefined>;
}

/** A watch that asks at most once every `intervalMs`. */
export function watchQueue(
  intervalMs: number,
  list: () => Promise<QueuedTask[]> = listQueue,
  now: () => number = () => performance.now(),
): QueueWatch {
  let last: { tasks: readonly QueuedTask[]; version: number } | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  return {
    async look() {
      if (asking === undefined && now() - lastAt >= intervalMs) {
        lastAt = now();
        asking = list()
          .then((tasks) => {
            last = { tasks, version: (last?.version ?? 0) + 1 };
          })
          .catch(() => undefined)
          .finally(() => {
            asking = undefined;
          });
      }
      await asking;
      return last;
    },
  };
}
