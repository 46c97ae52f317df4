// Which character of the training selection a picture shows, among all of them. A unit is a picture. The classifier is
// left behind after training: its embeddings tell new characters apart by the head.
import type { TaskClassification } from '../../config/experiment.js';
import { classifierLoss, classifierParameters } from './classifier.js';
import { embedBatch, slicePictures } from './pictures.js';
import type { TaskType } from './task.js';

/** Batches are [pictures, imageSize, imageSize] with a class for each. */
export const classification: TaskType<TaskClassification> = {
  type: 'classification',
  parameters: classifierParameters,
  slice: (_config, batch, first, count, pictureNumbers) => slicePictures(batch, first, count, pictureNumbers),
  loss: (config, batch, context) =>
    classifierLoss(config, embedBatch(batch, context), batch.classes ?? new Int32Array(), context),
};
