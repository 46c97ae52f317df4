// All training tasks. A new one is a file beside this one, a line here and an entry in the schema.
import type { Task } from '../config/experiment.js';
import { allPairs } from './all-pairs.js';
import { classification } from './classification.js';
import { episodes } from './episodes.js';
import type { TaskType } from './task.js';
import { verification } from './verification.js';

/** Every task type by its name in the schema. */
const taskTypes: { readonly [Type in Task['type']]: TaskType<Extract<Task, { type: Type }>> } = {
  verification,
  allPairs,
  episodes,
  classification,
};

/** The type of a task, to be called with that same task as its `config`. */
export function taskTypeOf(task: Task): TaskType<Task> {
  return taskTypes[task.type] as TaskType<Task>;
}

/** The names of the tasks that something holds for. */
export function taskNamesWith(holds: (type: TaskType<Task>) => boolean): Task['type'][] {
  return (Object.keys(taskTypes) as Task['type'][]).filter((name) => holds(taskTypes[name] as TaskType<Task>));
}
