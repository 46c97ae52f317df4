// Hyperbolic tangent.
import type { LayerTanh } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const tanh: LayerType<LayerTanh> = {
  type: 'tanh',
  isFixed: () => true,
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.tanh(input),
};
