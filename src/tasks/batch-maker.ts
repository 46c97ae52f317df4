// What makes the batches of a training, by its task.
import type { Task } from '../config/experiment.js';
import type { BatchMaker, BatchSpec } from '../data/sampling/batch.js';
import { taskTypeOf } from './registry.js';

/** What the batches of a task are made from. */
export interface TaskBatchSpec extends BatchSpec {
  readonly task: Task;
}

/** The maker of a specification's batches. Throws a OneshotError('usage') when the selection is too small for the task. */
export function createBatchMaker(spec: TaskBatchSpec): BatchMaker {
  return taskTypeOf(spec.task).createBatches(spec.task, spec);
}
