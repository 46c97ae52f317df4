// Stochastic gradient descent with momentum, with a learning rate, momentum and L2 penalty for each layer (Koch et al.
// 2015, section 3.2). The paper prints the update as w + dw + 2 lambda |w|, which makes weights grow; here the penalty
// pulls towards 0, either through the gradient (`coupled`) or beside it (`decoupled`).
import type { OptimizerSgd } from '../config/experiment.js';
import { layerSetting, type OptimizerType } from './optimizer.js';
import { groupSettings, oncePerGroup } from './settings-groups.js';

/** What the update of a parameter depends on. */
interface SgdSettings {
  readonly learningRate: number;
  /** Momentum at the end of the ramp. */
  readonly momentum: number;
  /** lambda of lambda w^2; 0 for biases and normalisation. */
  readonly l2: number;
}

/**
 * The momentum of a layer in an epoch: constant, or rising linearly per epoch from `from` to the layer's own momentum,
 * which it has after `rampEpochs` epochs ("Learning schedule": from 0.5 to mu_j; the paper does not state the length).
 */
export function momentumAt(momentum: OptimizerSgd['momentum'], layerMomentum: number, epochsDone: number): number {
  if (typeof momentum === 'number') return layerMomentum;
  return momentum.from + (layerMomentum - momentum.from) * Math.min(1, epochsDone / momentum.rampEpochs);
}

export const sgd: OptimizerType<OptimizerSgd> = {
  type: 'sgd',
  slotNames: ['velocity'],
  layerSettings: ['learningRate', 'momentum', 'l2'],

  /** Momentum rises along its ramp. */
  findProblems({ momentum }) {
    if (typeof momentum === 'number' || momentum.from <= momentum.to) return [];
    return [
      {
        code: 'conflict',
        keys: [['momentum', 'from']],
        found: `${momentum.from}, above to: ${momentum.to}`,
        allowed: `a number from 0 to ${momentum.to}`,
      },
    ];
  },

  /**
   * v = m v - rate (gradient + 2 lambda w), w = w + v with coupled L2;
   * v = m v - rate gradient, w = w + v - 2 lambda rate w with decoupled L2.
   */
  build(config, parameters) {
    const finalMomentum = typeof config.momentum === 'number' ? config.momentum : config.momentum.to;
    const settings = groupSettings<SgdSettings>(parameters, (parameter) => ({
      learningRate: layerSetting(parameter, 'learningRate') ?? config.learningRate,
      momentum: layerSetting(parameter, 'momentum') ?? finalMomentum,
      l2: parameter.role === 'weight' ? (layerSetting(parameter, 'l2') ?? config.l2.value) : 0,
    }));
    const isCoupled = config.l2.coupling === 'coupled';

    return (tf, inputs, scalarAt) => {
      const scalarsOf = oncePerGroup(({ learningRate, momentum, l2 }: SgdSettings) => ({
        rate: scalarAt(({ rateFactor }) => learningRate * rateFactor),
        momentum: scalarAt(({ epochsDone }) => momentumAt(config.momentum, momentum, epochsDone)),
        // What the penalty takes from w: as a part of the gradient, or of the weight itself.
        penalty:
          l2 === 0
            ? undefined
            : scalarAt(({ rateFactor }) => (isCoupled ? 2 * l2 : 2 * l2 * (learningRate * rateFactor))),
      }));
      return new Map(
        [...inputs].map(([path, { value, gradient, slots }]) => {
          const { rate, momentum, penalty } = scalarsOf(settings.get(path) as SgdSettings);
          const isPulled = penalty !== undefined;
          const slope = isPulled && isCoupled ? tf.add(gradient, tf.mul(value, penalty)) : gradient;
          const velocity = tf.sub(tf.mul(slots[0] as typeof value, momentum), tf.mul(slope, rate));
          const moved = tf.add(value, velocity);
          const shrunk = isPulled && !isCoupled ? tf.sub(moved, tf.mul(value, penalty)) : moved;
          return [path, { value: shrunk, slots: [velocity] }];
        }),
      );
    };
  },
};
