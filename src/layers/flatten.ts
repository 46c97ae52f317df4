// [height, width, channels] to one vector, channels fastest.
import type { LayerFlatten } from '../config/experiment.js';
import type { LayerType } from './layer.js';
import { sizeOf } from './shape.js';

export const flatten: LayerType<LayerFlatten> = {
  type: 'flatten',
  isFixed: () => true,
  outputShape: (_config, input) => [sizeOf(input)],
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.reshape(input, [input.shape[0] as number, -1]),
};
