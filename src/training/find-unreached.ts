// Parameters that no gradient reaches although the loss is computed from them: what they add cancels. Their gradients are
// 0 but for rounding, which Adam, dividing by its size, would take for a direction and follow at the full learning rate.
import type { Task } from '../config/experiment.js';
import { HEAD_NAME } from '../layers/layer-name.js';
import type { NetworkShape } from '../model/network-shape.js';
import { taskTypeOf } from '../tasks/registry.js';

/** Their paths: what cancels in the task's loss, and each bias that batch normalisation takes away again with the mean. */
export function findUnreached(
  { encoder, parameters }: Pick<NetworkShape, 'encoder' | 'parameters'>,
  task: Task,
): ReadonlySet<string> {
  const ofHead = (taskTypeOf(task).cancelledHeadParameters ?? []).map((name) => `${HEAD_NAME}/${name}`);
  const ofLayers = encoder.layers
    .filter((_, index) => encoder.layers[index + 1]?.config.type === 'batchNorm')
    .map(({ name }) => `${name}/bias`);
  const paths = new Set(parameters.map(({ path }) => path));
  return new Set([...ofHead, ...ofLayers].filter((path) => paths.has(path)));
}
