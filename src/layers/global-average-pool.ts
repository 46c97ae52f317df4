// The mean of each channel over the whole picture (Lin et al. 2014, "Network in network").
import type { LayerGlobalAveragePool } from '../config/experiment.js';
import type { LayerType } from './layer.js';
import { pictureShape } from './shape.js';

export const globalAveragePool: LayerType<LayerGlobalAveragePool> = {
  type: 'globalAveragePool',
  isFixed: () => true,
  outputShape: (_config, input) => [pictureShape(input, 'global average pooling')[2]],
  parameters: () => [],
  multiplyAdds: () => 0,
  apply: (_config, input, { tf }) => tf.mean(input, [1, 2]),
};
