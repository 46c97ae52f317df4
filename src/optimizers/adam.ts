// Adam (Kingma and Ba 2015, algorithm 1) with an L2 penalty that goes through the gradient, as regularisers of Keras do.
// Layers may have a learning rate and a penalty of their own.
import type { OptimizerAdam } from '../config/experiment.js';
import { MOMENT_NAMES, rateCorrection, scaleByMoments } from './moments.js';
import { layerSetting, type OptimizerType } from './optimizer.js';
import { groupSettings, oncePerGroup } from './settings-groups.js';

/** What the update of a parameter depends on. */
interface AdamSettings {
  readonly learningRate: number;
  /** lambda of lambda w^2; 0 for biases and normalisation. */
  readonly l2: number;
}

export const adam: OptimizerType<OptimizerAdam> = {
  type: 'adam',
  slotNames: MOMENT_NAMES,
  layerSettings: ['learningRate', 'l2'],

  /** The penalty 2 lambda w is added to the gradient, the gradient scaled by its moments, and w goes down by the rate. */
  build(config, parameters) {
    const settings = groupSettings<AdamSettings>(parameters, (parameter) => ({
      learningRate: layerSetting(parameter, 'learningRate') ?? config.learningRate,
      l2: parameter.role === 'weight' ? (layerSetting(parameter, 'l2') ?? config.l2) : 0,
    }));

    return (tf, inputs, scalarAt) => {
      const scale = scaleByMoments(tf, config, scalarAt);
      const scalarsOf = oncePerGroup(({ learningRate, l2 }: AdamSettings) => ({
        stepSize: scalarAt(
          ({ stepsDone, rateFactor }) => (learningRate * rateFactor) / rateCorrection(config, stepsDone),
        ),
        penalty: l2 === 0 ? undefined : tf.scalar(2 * l2),
      }));
      return new Map(
        [...inputs].map(([path, { value, gradient, slots: moments }]) => {
          const { stepSize, penalty } = scalarsOf(settings.get(path) as AdamSettings);
          const penalised = penalty === undefined ? gradient : tf.add(gradient, tf.mul(value, penalty));
          const { direction, slots } = scale(penalised, moments);
          return [path, { value: tf.sub(value, tf.mul(direction, stepSize)), slots }];
        }),
      );
    };
  },
};
