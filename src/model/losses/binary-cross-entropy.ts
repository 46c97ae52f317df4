// Binary cross-entropy of the pair's probability p = sigmoid(z) (Koch et al. 2015, section 3.2, "Loss function"; the
// paper prints y log p + (1 - y) log(1 - p) without the minus sign that makes it a loss).
import type { LossType } from './loss.js';

export const binaryCrossEntropy = {
  of: 'pairs',
  measure: 'logits',
  hasMargin: false,
  makesProbabilities: true,
  squaresDistances: false,

  /**
   * -log p for same pairs and -log(1 - p) for different ones, both from the logit: softplus((1 - 2 y) z), which neither
   * overflows nor loses digits where p rounds to 0 or 1. Labels must be 0 or 1.
   */
  compute: (tf, logits, labels) => tf.softplus(tf.mul(logits, tf.sub(1, tf.mul(labels, 2)))),
} as const satisfies LossType;
