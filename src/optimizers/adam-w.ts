// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), in the order of PyTorch's `AdamW`: first
// the decay, then the step. Layers may have a learning rate of their own.
import type { OptimizerAdamW } from '../config/experiment.js';
import { MOMENT_NAMES, rateCorrection, scaleByMoments } from './moments.js';
import { layerSetting, type OptimizerType } from './optimizer.js';
import { groupSettings, oncePerGroup } from './settings-groups.js';

/** What the update of a parameter depends on. */
interface AdamWSettings {
  readonly learningRate: number;
  /** 0 for biases and normalisation. */
  readonly weightDecay: number;
}

export const adamW: OptimizerType<OptimizerAdamW> = {
  type: 'adamW',
  slotNames: MOMENT_NAMES,
  layerSettings: ['learningRate'],

  /** w shrinks by rate x decay, then goes down by the rate along the gradient as its moments scale it. */
  build(config, parameters) {
    const settings = groupSettings<AdamWSettings>(parameters, (parameter) => ({
      learningRate: layerSetting(parameter, 'learningRate') ?? config.learningRate,
      weightDecay: parameter.role === 'weight' ? config.weightDecay : 0,
    }));

    return (tf, inputs, scalarAt) => {
      const scale = scaleByMoments(tf, config, scalarAt);
      const scalarsOf = oncePerGroup(({ learningRate, weightDecay }: AdamWSettings) => ({
        stepSize: scalarAt(
          ({ stepsDone, rateFactor }) => (learningRate * rateFactor) / rateCorrection(config, stepsDone),
        ),
        stays:
          weightDecay === 0 ? undefined : scalarAt(({ rateFactor }) => 1 - learningRate * rateFactor * weightDecay),
      }));
      return new Map(
        [...inputs].map(([path, { value, gradient, slots: moments }]) => {
          const { stepSize, stays } = scalarsOf(settings.get(path) as AdamWSettings);
          const { direction, slots } = scale(gradient, moments);
          const decayed = stays === undefined ? value : tf.mul(value, stays);
          return [path, { value: tf.sub(decayed, tf.mul(direction, stepSize)), slots }];
        }),
      );
    };
  },
};
