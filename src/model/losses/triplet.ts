// Triplet loss (Schroff, Kalenichenko and Philbin 2015, equation 2; squared distances by the head `l2` with `squared`): a
// picture is nearer to one of its own character than to one of another by the margin.
import type { LossType } from './loss.js';

export const triplet = {
  of: 'triplets',
  measure: 'distances',
  hasMargin: true,
  makesProbabilities: false,
  squaresDistances: false,

  /** max(0, d(same) - d(other) + margin). */
  compute: (tf, toSame, toOther, margin) => tf.relu(tf.add(tf.sub(toSame, toOther), margin)),
} as const satisfies LossType;
