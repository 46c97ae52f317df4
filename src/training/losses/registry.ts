// All losses of pairs and triplets. A new one is a file beside this one, a line here, its form in src/model/loss-forms.ts,
// and a word in the schema.
import { OneshotError } from '../../base/problem.js';
import type { Training } from '../../config/experiment.js';
import { lossForms } from '../../model/loss-forms.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { contrastive } from './contrastive.js';
import type { LossType, PairLoss } from './loss.js';
import { triplet } from './triplet.js';

const computations: { readonly [Name in Training['loss']]: LossType['compute'] } = {
  binaryCrossEntropy,
  contrastive,
  triplet,
};

/** The margin of a training that sets none. */
export const DEFAULT_MARGIN = 1;

/** The loss of a name in the schema. */
export function lossTypeOf(name: Training['loss']): LossType {
  return { ...lossForms[name], compute: computations[name] } as LossType;
}

/** The computation of a loss of pairs. Throws a OneshotError 'usage' for one of triplets. */
export function pairLossOf(loss: LossType): PairLoss {
  if (loss.of === 'pairs') return loss.compute;
  throw new OneshotError('usage', 'training.loss triplet needs groups of pictures: task allPairs');
}
