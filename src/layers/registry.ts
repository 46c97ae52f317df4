// All layer types. A new one is a file beside this one, a line here, and an entry in the schema.
import type { Layer } from '../config/experiment.js';
import { batchNorm } from './batch-norm.js';
import { conv } from './conv.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import type { LayerType } from './layer.js';
import { maxPool } from './max-pool.js';
import { relu } from './relu.js';
import { sigmoid } from './sigmoid.js';

/** Every layer type by its name in the schema. */
export const layerTypes: { readonly [Type in Layer['type']]: LayerType<Extract<Layer, { type: Type }>> } = {
  conv,
  dense,
  batchNorm,
  relu,
  sigmoid,
  maxPool,
  flatten,
  dropout,
};

/** The type of a layer, to be called with that same layer as its `config`. */
export function layerTypeOf(layer: Layer): LayerType<Layer> {
  return layerTypes[layer.type] as LayerType<Layer>;
}
