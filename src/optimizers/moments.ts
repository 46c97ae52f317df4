// The moments of Adam (Kingma and Ba 2015, algorithm 1), which AdamW has, too: a gradient becomes a direction. Rates,
// penalties and decays come before or after, as each optimizer composes them.
import type { Tensor } from '@tensorflow/tfjs';
import type { OptimizerAdam } from '../config/experiment.js';
import type { TensorFlow } from '../layers/layer.js';
import type { ScalarAt } from './optimizer.js';

/** What is kept for each parameter. */
export const MOMENT_NAMES = ['firstMoment', 'secondMoment'] as const;

export type MomentSettings = Pick<OptimizerAdam, 'beta1' | 'beta2' | 'epsilon'>;

export interface ScaledGradient {
  readonly direction: Tensor;
  /** The new moments. */
  readonly slots: readonly [firstMoment: Tensor, secondMoment: Tensor];
}

/** 1 - beta1^t, which divides the rate of step t = `stepsDone` + 1: the first moment starts at 0. */
export function rateCorrection({ beta1 }: Pick<MomentSettings, 'beta1'>, stepsDone: number): number {
  return 1 - beta1 ** (stepsDone + 1);
}

/**
 * Scales gradients at step t, `stepsDone` + 1: with m = beta1 m + (1 - beta1) g and s = beta2 s + (1 - beta2) g^2 the
 * direction is m / (sqrt(s / (1 - beta2^t)) + epsilon). Called inside `tf.tidy`.
 */
export function scaleByMoments(
  tf: TensorFlow,
  { beta1, beta2, epsilon }: MomentSettings,
  scalarAt: ScalarAt,
): (gradient: Tensor, moments: readonly Tensor[]) => ScaledGradient {
  const rootCorrection = scalarAt(({ stepsDone }) => 1 / Math.sqrt(1 - beta2 ** (stepsDone + 1)));
  return (gradient, moments) => {
    const [oldFirst, oldSecond] = moments as [Tensor, Tensor];
    const firstMoment = tf.add(tf.mul(oldFirst, beta1), tf.mul(gradient, 1 - beta1));
    const secondMoment = tf.add(tf.mul(oldSecond, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const scale = tf.add(tf.mul(tf.sqrt(secondMoment), rootCorrection), epsilon);
    return { direction: tf.div(firstMoment, scale), slots: [firstMoment, secondMoment] };
  };
}
