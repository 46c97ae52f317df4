// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), in the order of PyTorch's `AdamW`: first
// the decay, then the step. Layers may have a learning rate of their own.
import type { Tensor } from '@tensorflow/tfjs';
import type { OptimizerAdamW } from '../config/experiment.js';
import { type BuiltOptimizer, layerSetting, type OptimizerBuilder } from './optimizer.js';
import { groupSettings, oncePerGroup } from './settings-groups.js';

/** What the update of a parameter depends on. */
interface AdamWSettings {
  readonly learningRate: number;
  /** 0 for biases and normalisation. */
  readonly weightDecay: number;
}

/**
 * With t the number of this step from 1: m = beta1 m + (1 - beta1) g, s = beta2 s + (1 - beta2) g^2,
 * w = w - rate decay w - rate / (1 - beta1^t) m / (sqrt(s / (1 - beta2^t)) + epsilon).
 */
export const adamW: OptimizerBuilder<OptimizerAdamW> = (config, parameters): BuiltOptimizer => {
  const { beta1, beta2, epsilon, weightDecay } = config;
  const settings = groupSettings<AdamWSettings>(parameters, (parameter) => ({
    learningRate: layerSetting(parameter, 'learningRate') ?? config.learningRate,
    weightDecay: parameter.role === 'weight' ? weightDecay : 0,
  }));

  return {
    slotNames: ['firstMoment', 'secondMoment'],
    update(tf, inputs, { stepsDone, rateFactor }) {
      const t = stepsDone + 1;
      const rootCorrection = tf.scalar(1 / Math.sqrt(1 - beta2 ** t));
      const scalarsOf = oncePerGroup(({ learningRate, weightDecay: decay }: AdamWSettings) => {
        const rate = learningRate * rateFactor;
        return {
          stepSize: tf.scalar(rate / (1 - beta1 ** t)),
          stays: decay === 0 ? undefined : tf.scalar(1 - rate * decay),
        };
      });
      return new Map(
        [...inputs].map(([path, { value, gradient, slots }]) => {
          const { stepSize, stays } = scalarsOf(settings.get(path) as AdamWSettings);
          const [oldFirst, oldSecond] = slots as [Tensor, Tensor];
          const firstMoment = tf.add(tf.mul(oldFirst, beta1), tf.mul(gradient, 1 - beta1));
          const secondMoment = tf.add(tf.mul(oldSecond, beta2), tf.mul(tf.square(gradient), 1 - beta2));
          const scale = tf.add(tf.mul(tf.sqrt(secondMoment), rootCorrection), epsilon);
          const decayed = stays === undefined ? value : tf.mul(value, stays);
          const moved = tf.sub(decayed, tf.mul(tf.div(firstMoment, scale), stepSize));
          return [path, { value: moved, slots: [firstMoment, secondMoment] }];
        }),
      );
    },
  };
};
