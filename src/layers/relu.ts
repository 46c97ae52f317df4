// Rectified linear unit: max(0, x).
import type { LayerRelu } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const relu: LayerType<LayerRelu> = {
  type: 'relu',
  isFixed: () => true,
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.relu(input),
};
