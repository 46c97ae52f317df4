// Depthwise convolution: each channel has filters of its own (Howard et al. 2017, "MobileNets", section 3.1).
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerDepthwiseConv } from '../config/experiment.js';
import type { LayerType, ParameterSpec, Shape } from './layer.js';
import { countWindows, pairOf, pictureShape, sizeOf } from './shape.js';

function outputShape(config: LayerDepthwiseConv, input: Shape): Shape {
  const [height, width, channels] = pictureShape(input, 'a depthwise convolution');
  const window = { size: pairOf(config.kernelSize), stride: pairOf(config.stride), padding: config.padding };
  return [...countWindows(window, height, width, 'kernel'), channels * config.multiplier];
}

export const depthwiseConv: LayerType<LayerDepthwiseConv> = {
  type: 'depthwiseConv',
  outputShape,

  /** `kernel` [rows, columns, channels, multiplier], `bias` [channels * multiplier]. */
  parameters(config, input) {
    const [, , channels] = pictureShape(input, 'a depthwise convolution');
    const [rows, columns] = pairOf(config.kernelSize);
    // Each output sees the window of one channel.
    const fans = { fanIn: rows * columns, fanOut: rows * columns * config.multiplier };
    const kernel: ParameterSpec = {
      name: 'kernel',
      shape: [rows, columns, channels, config.multiplier],
      initializer: config.weightInitializer,
      ...fans,
      role: 'weight',
    };
    const bias: ParameterSpec = {
      name: 'bias',
      shape: [channels * config.multiplier],
      initializer: config.biasInitializer,
      ...fans,
      role: 'bias',
    };
    return config.useBias ? [kernel, bias] : [kernel];
  },

  multiplyAdds: (config, input) => sizeOf(outputShape(config, input)) * sizeOf(pairOf(config.kernelSize)),

  apply(config, input, { tf, parameter }) {
    const [rowStride, columnStride] = pairOf(config.stride);
    const kernel = parameter('kernel') as Tensor4D;
    const output = tf.depthwiseConv2d(input as Tensor4D, kernel, [rowStride, columnStride], config.padding);
    return config.useBias ? tf.add(output, parameter('bias') as Tensor1D) : output;
  },
};
