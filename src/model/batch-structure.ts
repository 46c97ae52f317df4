// What a batch of a task consists of: units that are independent of each other. Plan and check count with it; the tasks
// themselves (src/training/tasks) compute with it.
import type { Task, TaskAllPairs, TaskEpisodes, Training } from '../config/experiment.js';

export interface BatchStructure {
  /** Pairs (task `verification`), groups (`allPairs`, `episodes`) or pictures (`classification`) of a batch. */
  readonly units: number;
  /** Pictures of one unit. */
  readonly picturesPerUnit: number;
  /** Pairs of embeddings that the head compares in one unit. */
  readonly pairsPerUnit: number;
}

/** A task whose batches are groups: characters of an alphabet, several drawers of each. */
export type GroupTask = TaskAllPairs | TaskEpisodes;

/** The structure of each task's batches, with the batch size of the training where it is given. */
const structures: {
  readonly [Type in Task['type']]: (task: Extract<Task, { type: Type }>, batchSize?: number) => BatchStructure;
} = {
  // 128: Koch et al. 2015, section 3.2.
  verification: (_task, batchSize = 128) => ({ units: batchSize, picturesPerUnit: 2, pairsPerUnit: 1 }),
  allPairs: groupStructure,
  // Every picture meets the prototypes of all characters with each drawer's turn in the support.
  episodes: groupStructure,
  classification: (_task, batchSize = 256) => ({ units: batchSize, picturesPerUnit: 1, pairsPerUnit: 0 }),
};

function groupStructure({ alphabets, characters, drawers }: GroupTask): BatchStructure {
  const pictures = characters * drawers;
  return { units: alphabets, picturesPerUnit: pictures, pairsPerUnit: pictures * pictures };
}

/** The structure of the batches of a training. */
export function describeBatch({ task, batchSize }: Pick<Training, 'task' | 'batchSize'>): BatchStructure {
  return (structures[task.type] as (task: Task, batchSize?: number) => BatchStructure)(task, batchSize);
}

/** Pictures of one unit: the two of a pair, all of a group, or one. */
export function picturesPerUnit(task: Task): number {
  return describeBatch({ task }).picturesPerUnit;
}

/** Whether batches of the task are groups, and so have no batch size of their own. */
export function isGroupTask(task: Task): task is GroupTask {
  return task.type === 'allPairs' || task.type === 'episodes';
}
