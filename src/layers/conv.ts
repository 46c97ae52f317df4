// Two-dimensional convolution (cross-correlation, as in all of deep learning) with an optional bias per output channel.
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerConv } from '../config/experiment.js';
import type { LayerType, ParameterSpec, Shape } from './layer.js';
import { countWindows, pairOf, pictureShape, sizeOf, type Window } from './shape.js';

function windowOf(config: LayerConv): Window {
  return { size: pairOf(config.kernelSize), stride: pairOf(config.stride), padding: config.padding };
}

function outputShape(config: LayerConv, input: Shape): Shape {
  const [height, width] = pictureShape(input, 'a convolution');
  return [...countWindows(windowOf(config), height, width, 'kernel'), config.filters];
}

export const conv: LayerType<LayerConv> = {
  type: 'conv',
  outputShape,

  /** `kernel` [rows, columns, channels, filters], `bias` [filters]. */
  parameters(config, input) {
    const [, , channels] = pictureShape(input, 'a convolution');
    const [rows, columns] = pairOf(config.kernelSize);
    const fanIn = rows * columns * channels;
    const fanOut = rows * columns * config.filters;
    const kernel: ParameterSpec = {
      name: 'kernel',
      shape: [rows, columns, channels, config.filters],
      initializer: config.weightInitializer,
      fanIn,
      fanOut,
      role: 'weight',
    };
    const bias: ParameterSpec = {
      name: 'bias',
      shape: [config.filters],
      initializer: config.biasInitializer,
      fanIn,
      fanOut,
      role: 'bias',
    };
    return config.useBias ? [kernel, bias] : [kernel];
  },

  multiplyAdds(config, input) {
    const [, , channels] = pictureShape(input, 'a convolution');
    return sizeOf(outputShape(config, input)) * sizeOf(pairOf(config.kernelSize)) * channels;
  },

  apply(config, input, { tf, parameter }) {
    const [rowStride, columnStride] = pairOf(config.stride);
    const kernel = parameter('kernel') as Tensor4D;
    const output = tf.conv2d(input as Tensor4D, kernel, [rowStride, columnStride], config.padding);
    return config.useBias ? tf.add(output, parameter('bias') as Tensor1D) : output;
  },
};
