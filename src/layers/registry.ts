// All layer types. A new one is a file beside this one, a line here, and an entry in the schema.
import type { Layer } from '../config/experiment.js';
import { avgPool } from './avg-pool.js';
import { batchNorm } from './batch-norm.js';
import { center } from './center.js';
import { conv } from './conv.js';
import { dense } from './dense.js';
import { depthwiseConv } from './depthwise-conv.js';
import { dropout } from './dropout.js';
import { file } from './file.js';
import { flatten } from './flatten.js';
import { globalAveragePool } from './global-average-pool.js';
import type { LayerType } from './layer.js';
import { leakyRelu } from './leaky-relu.js';
import { maxPool } from './max-pool.js';
import { createPretrained } from './pretrained.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { createResidual } from './residual.js';
import { sigmoid } from './sigmoid.js';
import { tanh } from './tanh.js';

/** Every layer type by its name in the schema. */
const layerTypes: { readonly [Type in Layer['type']]: LayerType<Extract<Layer, { type: Type }>> } = {
  conv,
  depthwiseConv,
  dense,
  batchNorm,
  relu,
  relu6,
  leakyRelu,
  sigmoid,
  tanh,
  maxPool,
  avgPool,
  globalAveragePool,
  flatten,
  dropout,
  residual: createResidual(layerTypeOf),
  center,
  pretrained: createPretrained(layerTypeOf),
  file,
};

/** The type of a layer, to be called with that same layer as its `config`. */
export function layerTypeOf(layer: Layer): LayerType<Layer> {
  return layerTypes[layer.type] as LayerType<Layer>;
}
