// Leaky rectified linear unit: x where x > 0, otherwise slope x (Maas et al. 2013).
import type { LayerLeakyRelu } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const leakyRelu: LayerType<LayerLeakyRelu> = {
  type: 'leakyRelu',
  isFixed: () => true,
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: ({ slope }, input, { tf }) => tf.leakyRelu(input, slope),
};
