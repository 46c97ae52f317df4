// Batch normalisation over all axes but the last (Ioffe and Szegedy 2015, algorithms 1 and 2): in training with the
// batch's own mean and variance, in evaluation with running ones.
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Initializer, LayerBatchNorm } from '../config/experiment.js';
import type { LayerContext, LayerType, ParameterSpec, Shape } from './layer.js';
import { sizeOf } from './shape.js';

const ZERO: Initializer = { type: 'zeros' };
const ONE: Initializer = { type: 'constant', value: 1 };

function channelsOf(input: Shape): number {
  return input[input.length - 1] as number;
}

export const batchNorm: LayerType<LayerBatchNorm> = {
  type: 'batchNorm',
  needsWholeBatches: true,

  outputShape: (_config, input) => input,

  /** `scale`, `offset`, `runningMean`, `runningVariance`, each [channels]. The scale carries no L2 penalty or decay. */
  parameters(_config, input) {
    const channels = channelsOf(input);
    const spec = (name: string, initializer: Initializer, role: ParameterSpec['role']): ParameterSpec => {
      return { name, shape: [channels], initializer, fanIn: channels, fanOut: channels, role };
    };
    return [
      spec('scale', ONE, 'bias'),
      spec('offset', ZERO, 'bias'),
      spec('runningMean', ZERO, 'statistic'),
      spec('runningVariance', ONE, 'statistic'),
    ];
  },

  /** One multiplication and one addition for each number: scale and offset with the statistics folded in. */
  multiplyAdds: (_config, input) => sizeOf(input),

  apply(config, input, context) {
    const { tf, parameter } = context;
    const { mean, variance } = context.training
      ? batchStatistics(config, input, context)
      : { mean: parameter('runningMean'), variance: parameter('runningVariance') };
    const normalize = (x: Tensor2D | Tensor4D) =>
      tf.batchNorm(
        x as Tensor4D,
        mean as Tensor1D,
        variance as Tensor1D,
        parameter('offset') as Tensor1D,
        parameter('scale') as Tensor1D,
        config.epsilon,
      );
    return normalize(input as Tensor4D);
  },
};

/** Mean and variance of the batch, each [channels]; hands in the running statistics that follow from them. */
function batchStatistics(
  config: LayerBatchNorm,
  input: Tensor,
  { tf, parameter, updateStatistic }: LayerContext,
): { mean: Tensor; variance: Tensor } {
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  const { mean, variance } = tf.moments(input, axes);
  const count = sizeOf(input.shape.slice(0, -1));
  // Algorithm 2, step 10: the population's variance is estimated by m / (m - 1) times the batch's.
  const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
  const stays = config.statisticsMomentum;
  const mix = (running: Tensor, batch: Tensor) => tf.add(tf.mul(running, stays), tf.mul(batch, 1 - stays));
  updateStatistic('runningMean', mix(parameter('runningMean'), mean));
  updateStatistic('runningVariance', mix(parameter('runningVariance'), unbiased));
  return { mean, variance };
}
