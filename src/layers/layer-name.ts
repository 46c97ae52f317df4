// Names of layers: they prefix the names of weights (`conv1/kernel`), key paths and metrics.
import type { Layer } from '../config/experiment.js';

/** The name under which the head's parameters are stored; no layer may have it. */
export const HEAD_NAME = 'head';

/** The name under which the training task's parameters are stored; no layer may have it. */
export const TASK_NAME = 'task';

/** What no layer may be called, with whose name it is. */
export const reservedNames: ReadonlyMap<string, string> = new Map([
  [HEAD_NAME, "the head's"],
  [TASK_NAME, "the training task's"],
]);

/** The layer's own name, or its type and its position counted from 0: `relu1` for `model.encoder[1]`. */
export function layerName(layer: Layer, index: number): string {
  return layer.name ?? `${layer.type}${index}`;
}

/** Positions of the layers whose name an earlier layer, the head or the task already has, ascending; empty when all differ. */
export function findRepeatedLayerNames(layers: readonly Layer[]): number[] {
  const taken = new Set(reservedNames.keys());
  return layers.flatMap((layer, index) => {
    const name = layerName(layer, index);
    if (taken.has(name)) return [index];
    taken.add(name);
    return [];
  });
}
