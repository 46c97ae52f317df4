// What the batches of a training consist of, and how many an epoch has: plan, check and training count with the same functions.
import type { Augmentation, Training } from '../config/experiment.js';
import { taskTypeOf } from './registry.js';
import type { BatchStructure } from './task.js';

/** The structure of the batches of a training. */
export function describeBatch({ task, batchSize }: Pick<Training, 'task' | 'batchSize'>): BatchStructure {
  return taskTypeOf(task).describeBatch(task, batchSize);
}

/**
 * Steps of an epoch: as the training says, or as many as show everything once as drawn and in every copy: the task's own
 * number of pictures, or the `pictures` of the training selection, four times as many with rotation classes.
 */
export function countEpochSteps(
  training: Pick<Training, 'task' | 'batchSize' | 'stepsPerEpoch'>,
  { affine, rotationClasses }: Augmentation,
  pictures: number,
): number {
  if (training.stepsPerEpoch !== undefined) return training.stepsPerEpoch;
  const { task } = training;
  const { units, picturesPerUnit } = describeBatch(training);
  const drawn = taskTypeOf(task).picturesPerEpoch?.(task) ?? pictures * (rotationClasses ? 4 : 1);
  return Math.ceil((drawn * (1 + (affine?.copies ?? 0))) / (units * picturesPerUnit));
}
