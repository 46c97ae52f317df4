// Rectified linear unit that stops at 6: min(max(0, x), 6) (Krizhevsky 2010; the activation of mobile networks).
import type { LayerRelu6 } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const relu6: LayerType<LayerRelu6> = {
  type: 'relu6',
  isFixed: () => true,
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.relu6(input),
};
