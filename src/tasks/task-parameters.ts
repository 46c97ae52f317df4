// The network as it is trained: with what the task learns besides, which is left behind afterwards.
import type { Task } from '../config/experiment.js';
import { TASK_NAME } from '../layers/layer-name.js';
import type { NetworkShape } from '../model/network-shape.js';
import { taskTypeOf } from './registry.js';

/** The shape with the task's parameters behind the network's own, as `task/NAME`; the counts are those of the network. */
export function withTaskParameters(shape: NetworkShape, task: Task, classCount: number): NetworkShape {
  const own = taskTypeOf(task).parameters?.(task, shape.encoder.units, classCount) ?? [];
  const placed = own.map((spec) => ({ ...spec, path: `${TASK_NAME}/${spec.name}`, layer: TASK_NAME, config: task }));
  return { ...shape, parameters: [...shape.parameters, ...placed] };
}
