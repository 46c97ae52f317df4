// What a batch of a task consists of: units that are independent of each other. Plan and check count with it; the tasks
// themselves (src/training/tasks) compute with it.
import type { Task, Training } from '../config/experiment.js';

/** Pairs of a batch when `training.batchSize` is left out (Koch et al. 2015, section 3.2). */
export const DEFAULT_BATCH_SIZE = 128;

export interface BatchStructure {
  /** Pairs (task `verification`) or groups (task `allPairs`) of a batch. */
  readonly units: number;
  /** Pictures of one unit. */
  readonly picturesPerUnit: number;
  /** Pairs of pictures that the head compares in one unit. */
  readonly pairsPerUnit: number;
}

/** The structure of the batches of a training. */
export function describeBatch({ task, batchSize }: Pick<Training, 'task' | 'batchSize'>): BatchStructure {
  const units = task.type === 'verification' ? (batchSize ?? DEFAULT_BATCH_SIZE) : task.alphabets;
  const pictures = picturesPerUnit(task);
  return {
    units,
    picturesPerUnit: pictures,
    pairsPerUnit: task.type === 'verification' ? 1 : pictures * pictures,
  };
}

/** Pictures of one unit: the two of a pair, or all of a group. */
export function picturesPerUnit(task: Task): number {
  return task.type === 'verification' ? 2 : task.characters * task.drawers;
}
