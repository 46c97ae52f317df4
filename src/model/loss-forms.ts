// What each loss looks at: what the check asks and training computes with (src/training/losses).
import type { Training } from '../config/experiment.js';
import type { Measure } from './heads/head.js';

export interface LossForm {
  /** What of the head it is a function of. */
  readonly measure: Measure;
  /** What it relates: two pictures, or a picture with one of its own character and one of another. */
  readonly of: 'pairs' | 'triplets';
}

/** The form of every loss by its name in the schema. */
export const lossForms: { readonly [Name in Training['loss']]: LossForm } = {
  binaryCrossEntropy: { measure: 'logits', of: 'pairs' },
  contrastive: { measure: 'distances', of: 'pairs' },
  triplet: { measure: 'distances', of: 'triplets' },
};
