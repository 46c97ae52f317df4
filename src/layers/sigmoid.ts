// Logistic function: 1 / (1 + exp(-x)).
import type { LayerSigmoid } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const sigmoid: LayerType<LayerSigmoid> = {
  type: 'sigmoid',
  isFixed: () => true,
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.sigmoid(input),
};
