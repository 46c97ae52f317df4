// Fully connected layer. Pictures that reach it are flattened first.
import type { Tensor2D } from '@tensorflow/tfjs';
import type { LayerDense } from '../config/experiment.js';
import type { LayerType, ParameterSpec } from './layer.js';
import { sizeOf } from './shape.js';

export const dense: LayerType<LayerDense> = {
  type: 'dense',

  outputShape: (config) => [config.units],

  /** `kernel` [inputs, units], `bias` [units]. */
  parameters(config, input) {
    const fanIn = sizeOf(input);
    const fanOut = config.units;
    const kernel: ParameterSpec = {
      name: 'kernel',
      shape: [fanIn, fanOut],
      initializer: config.weightInitializer,
      fanIn,
      fanOut,
      role: 'weight',
    };
    const bias: ParameterSpec = {
      name: 'bias',
      shape: [fanOut],
      initializer: config.biasInitializer,
      fanIn,
      fanOut,
      role: 'bias',
    };
    return config.useBias ? [kernel, bias] : [kernel];
  },

  multiplyAdds: (config, input) => sizeOf(input) * config.units,

  apply(config, input, { tf, parameter }) {
    const vectors = tf.reshape(input, [input.shape[0] as number, -1]) as Tensor2D; // [batch, inputs]
    const output = tf.matMul(vectors, parameter('kernel') as Tensor2D); // [batch, units]
    return config.useBias ? tf.add(output, parameter('bias')) : output;
  },
};
