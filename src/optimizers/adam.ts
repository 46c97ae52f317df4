// Adam (Kingma and Ba 2015, algorithm 1) with an L2 penalty that goes through the gradient, as regularisers of Keras do.
// Layers may have a learning rate and a penalty of their own.
import type { Tensor } from '@tensorflow/tfjs';
import type { OptimizerAdam } from '../config/experiment.js';
import { type BuiltOptimizer, layerSetting, type OptimizerBuilder } from './optimizer.js';
import { groupSettings, oncePerGroup } from './settings-groups.js';

/** What the update of a parameter depends on. */
interface AdamSettings {
  readonly learningRate: number;
  /** lambda of lambda w^2; 0 for biases and normalisation. */
  readonly l2: number;
}

/**
 * With g the gradient + 2 lambda w and t the number of this step from 1: m = beta1 m + (1 - beta1) g,
 * s = beta2 s + (1 - beta2) g^2, w = w - rate / (1 - beta1^t) m / (sqrt(s / (1 - beta2^t)) + epsilon).
 */
export const adam: OptimizerBuilder<OptimizerAdam> = (config, parameters): BuiltOptimizer => {
  const { beta1, beta2, epsilon } = config;
  const settings = groupSettings<AdamSettings>(parameters, (parameter) => ({
    learningRate: layerSetting(parameter, 'learningRate') ?? config.learningRate,
    l2: parameter.role === 'weight' ? (layerSetting(parameter, 'l2') ?? config.l2) : 0,
  }));

  return {
    slotNames: ['firstMoment', 'secondMoment'],
    update(tf, inputs, { stepsDone, rateFactor }) {
      const t = stepsDone + 1;
      const rootCorrection = tf.scalar(1 / Math.sqrt(1 - beta2 ** t));
      const scalarsOf = oncePerGroup(({ learningRate, l2 }: AdamSettings) => ({
        stepSize: tf.scalar((learningRate * rateFactor) / (1 - beta1 ** t)),
        penalty: l2 === 0 ? undefined : tf.scalar(2 * l2),
      }));
      return new Map(
        [...inputs].map(([path, { value, gradient, slots }]) => {
          const { stepSize, penalty } = scalarsOf(settings.get(path) as AdamSettings);
          const [oldFirst, oldSecond] = slots as [Tensor, Tensor];
          const slope = penalty === undefined ? gradient : tf.add(gradient, tf.mul(value, penalty));
          const firstMoment = tf.add(tf.mul(oldFirst, beta1), tf.mul(slope, 1 - beta1));
          const secondMoment = tf.add(tf.mul(oldSecond, beta2), tf.mul(tf.square(slope), 1 - beta2));
          const scale = tf.add(tf.mul(tf.sqrt(secondMoment), rootCorrection), epsilon);
          const moved = tf.sub(value, tf.mul(tf.div(firstMoment, scale), stepSize));
          return [path, { value: moved, slots: [firstMoment, secondMoment] }];
        }),
      );
    },
  };
};
