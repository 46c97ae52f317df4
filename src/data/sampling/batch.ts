// Training batches as data: what they are made from, and what they hold. A batch depends on its specification, epoch and
// step alone, so a resumed run and a worker thread make the same bytes.
import type { Augmentation } from '../../config/experiment.js';
import type { PictureSet, Selection } from '../pictures/picture-set.js';
import type { PictureStrokes } from '../strokes/picture-strokes.js';
import type { BatchPictures } from './batch-images.js';

/** What batches are made from: plain data that can be sent to a worker thread (pixels in shared memory are not copied). */
export interface BatchSpec {
  /** The trial's seed. */
  readonly seed: number;
  readonly augmentation: Augmentation;
  /** The training selection; its set holds the pictures at `imageSize`. */
  readonly selection: Selection;
  /** The same pictures at `sourceSize`. */
  readonly source: PictureSet;
  /** Of the selection's pictures, where `augmentation.strokes` draws them anew. */
  readonly strokes?: PictureStrokes;
  /** Pairs (task `verification`) or pictures (`classification`) of a batch; the others make theirs of groups. */
  readonly batchSize: number;
}

/** One training batch: the pictures of a step and what is known of them. */
export interface Batch {
  /** `[n, height, width, 1]`, ink 1 and paper 0; in what order, the task says. Not changed after it was handed over. */
  readonly images: Float32Array;
  /** `[n / 2]` of a batch of pairs: 1 where image i and image n / 2 + i show the same character, 0 elsewhere. */
  readonly labels?: Float32Array;
  /** `[n]` of other batches: the class of each image, numbered over the whole selection (`numberClasses`). */
  readonly classes?: Int32Array;
}

/** A batch as it was drawn. */
export interface DrawnBatch extends Batch, BatchPictures {}

/** The batch of a step of an epoch, both counted from 0. */
export type BatchMaker = (epoch: number, step: number) => DrawnBatch;
