// Dropout (Srivastava et al. 2014), inverted: in training each number is 0 with probability `rate` and the others are
// scaled by 1 / (1 - rate), so that nothing is left to do in evaluation.
import type { LayerDropout } from '../config/experiment.js';
import type { LayerType } from './layer.js';

export const dropout: LayerType<LayerDropout> = {
  type: 'dropout',
  outputShape: (_config, input) => input,
  parameters: () => [],
  multiplyAdds: () => 0,

  apply({ rate }, input, { tf, training, uniformNoise }) {
    if (!training || rate === 0) return input;
    const kept = tf.cast(tf.greaterEqual(uniformNoise(input.shape), rate), 'float32');
    return tf.mul(input, tf.mul(kept, 1 / (1 - rate)));
  },
};
