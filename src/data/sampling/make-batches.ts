// The makers of batches by task: a new task is a file like pair-batch.ts, a line here and an entry in the schema.
import type { Task } from '../../config/experiment.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { countClassItems, createClassBatches } from './class-batch.js';
import { createGroupBatches } from './group-batch.js';
import { createPairBatches } from './pair-batch.js';

/** The maker of a specification's batches. Throws a OneshotError('usage') when the selection is too small for the task. */
export function createBatchMaker(spec: BatchSpec): BatchMaker {
  return batchMakers[spec.task.type](spec);
}

/** What makes the batches of each task. */
const batchMakers: { readonly [Type in Task['type']]: (spec: BatchSpec) => BatchMaker } = {
  verification: createPairBatches,
  allPairs: createGroupBatches,
  episodes: createGroupBatches,
  classification: createClassBatches,
};

/**
 * Steps of an epoch where the experiment sets none: every pair as drawn and in every copy once, or as many pictures as the selection has
 * (four times as many with rotation classes), again with their copies.
 */
export function countEpochSteps({
  task,
  augmentation,
  selection,
  batchSize,
}: Omit<BatchSpec, 'source' | 'seed'>): number {
  const copies = 1 + (augmentation.affine?.copies ?? 0);
  if (task.type === 'classification') return Math.ceil(countClassItems({ selection, augmentation }) / batchSize);
  if (task.type === 'verification') return Math.ceil((task.pairs.count * copies) / batchSize);
  const classes = augmentation.rotationClasses ? 4 : 1;
  return Math.ceil((selection.pictures.length * classes * copies) / (task.alphabets * task.characters * task.drawers));
}
