// All losses of pairs and triplets. A new one is a file beside this one, a line here and a word in the schema.
import { OneshotError } from '../../base/problem.js';
import type { Training } from '../../config/experiment.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { contrastive } from './contrastive.js';
import type { LossType, PairLoss } from './loss.js';
import { triplet } from './triplet.js';

export type LossName = Training['loss'];

/** Every loss by its name in the schema. */
const lossTypes: { readonly [Name in LossName]: LossType } = { binaryCrossEntropy, contrastive, triplet };

/** What the schema fills in, for tasks that have a loss of their own, too. */
export const DEFAULT_LOSS: LossName = 'binaryCrossEntropy';

/** The margin of a training that sets none. */
export const DEFAULT_MARGIN = 1;

/** The loss of a name in the schema. */
export function lossTypeOf(name: LossName): LossType {
  return lossTypes[name];
}

/** The names of the losses that something holds for. */
export function lossNamesWith(holds: (loss: LossType) => boolean): LossName[] {
  return (Object.keys(lossTypes) as LossName[]).filter((name) => holds(lossTypes[name]));
}

/** The computation of a loss of pairs. Throws a OneshotError 'usage' for one of triplets. */
export function pairLossOf(loss: LossType): PairLoss {
  if (loss.of === 'pairs') return loss.compute;
  throw new OneshotError('usage', 'training.loss triplet needs groups of pictures: task allPairs');
}
