// Contrastive loss (Hadsell, Chopra and LeCun 2006, equation 4, without its factor 1/2): same pairs are drawn together,
// different ones pushed apart as far as the margin.
import type { LossType } from './loss.js';

export const contrastive = {
  of: 'pairs',
  measure: 'distances',
  hasMargin: true,
  makesProbabilities: false,
  squaresDistances: true,

  /** y d^2 + (1 - y) max(0, margin - d)^2 of distances d. */
  compute(tf, distances, labels, margin) {
    const together = tf.mul(labels, tf.square(distances));
    const apart = tf.mul(tf.sub(1, labels), tf.square(tf.relu(tf.sub(margin, distances))));
    return tf.add(together, apart);
  },
} as const satisfies LossType;
