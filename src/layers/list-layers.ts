// All layers of an encoder, those within others as well, with their places: for rules that look at each.
import type { Layer } from '../config/experiment.js';
import { layerTypeOf } from './registry.js';

/** A list of layers: the encoder itself, or what one of its layers is made of. */
export interface LayerGroup {
  /** Key path of the list below the encoder: `[]`, or `[3, 'layers']`. */
  readonly place: readonly (string | number)[];
  readonly layers: readonly Layer[];
}

/** The encoder and every list of layers in it, outer ones first. */
export function listLayerGroups(layers: readonly Layer[], place: readonly (string | number)[] = []): LayerGroup[] {
  const within = layers.flatMap((layer, index) => {
    const inner = layerTypeOf(layer).layersWithin?.(layer);
    return inner === undefined ? [] : listLayerGroups(inner, [...place, index, 'layers']);
  });
  return [{ place, layers }, ...within];
}
