// Which character of the training selection a picture shows, among all of them. A unit is a picture. The classifier is
// left behind after training: its embeddings tell new characters apart by the head.
import type { TaskClassification } from '../config/experiment.js';
import { createClassBatches } from '../data/sampling/class-batch.js';
import { classifierLoss, classifierParameters } from './classifier.js';
import { embedBatch, slicePictures } from './embed-batch.js';
import type { TaskType } from './task.js';

/** Batches are [pictures, imageSize, imageSize] with a class for each. */
export const classification: TaskType<TaskClassification> = {
  type: 'classification',
  truth: 'classes',
  losses: [],
  trainsHead: false,
  describeBatch: (_config, batchSize = 256) => ({ units: batchSize, picturesPerUnit: 1, pairsPerUnit: 0 }),
  readsClasses: () => true,
  createBatches: (_config, spec) => createClassBatches(spec),
  parameters: classifierParameters,
  slice: (_config, ...piece) => slicePictures(...piece),
  loss: (config, batch, context) => classifierLoss(config, embedBatch(batch, context), context),
};
