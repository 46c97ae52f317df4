// The largest value of each window, channel by channel.
import type { Tensor4D } from '@tensorflow/tfjs';
import type { LayerMaxPool } from '../config/experiment.js';
import type { LayerType } from './layer.js';
import { countWindows, pairOf, pictureShape, type Window } from './shape.js';

function windowOf(config: LayerMaxPool): Window {
  return { size: pairOf(config.size), stride: pairOf(config.stride ?? config.size), padding: config.padding };
}

export const maxPool: LayerType<LayerMaxPool> = {
  type: 'maxPool',
  isFixed: () => true,

  outputShape(config, input) {
    const [height, width, channels] = pictureShape(input, 'max pooling');
    return [...countWindows(windowOf(config), height, width, 'window'), channels];
  },

  parameters: () => [],

  multiplyAdds: () => 0,

  apply(config, input, { tf }) {
    const { size, stride, padding } = windowOf(config);
    return tf.maxPool(input as Tensor4D, [size[0], size[1]], [stride[0], stride[1]], padding);
  },
};
