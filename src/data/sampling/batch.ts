// Training batches as data: what they are made from, and what they hold. A batch depends on its specification, epoch and
// step alone, so a resumed run and a worker thread make the same bytes.
import type { Augmentation, Task } from '../../config/experiment.js';
import type { PictureSet, Selection } from '../pictures/picture-set.js';
import type { BatchPictures } from './batch-images.js';

/** What batches are made from: plain data that can be sent to a worker thread (pixels in shared memory are not copied). */
export interface BatchSpec {
  /** The trial's seed. */
  readonly seed: number;
  readonly task: Task;
  readonly augmentation: Augmentation;
  /** The training selection; its set holds the pictures at `imageSize`. */
  readonly selection: Selection;
  /** The same pictures at `sourceSize`. */
  readonly source: PictureSet;
  /** Pairs (task `verification`) or pictures (`classification`) of a batch; the others make theirs of groups. */
  readonly batchSize: number;
}

/** A batch of pairs: image i and image pairs + i belong together, so that both towers run as one batch of n = 2 pairs. */
export interface PairBatch extends BatchPictures {
  readonly kind: 'pairs';
  /** `[pairs]`: 1 where both images show the same character, 0 elsewhere. */
  readonly isSame: Float32Array;
}

/** A batch of groups: images in the order `[alphabets, characters, drawers]`; every two of a group are a pair. */
export interface GroupBatch extends BatchPictures {
  readonly kind: 'groups';
  readonly alphabets: number;
  readonly characters: number;
  readonly drawers: number;
  /** `[n]`: the class of each image, numbered over the whole selection (`numberClasses`). */
  readonly classes: Int32Array;
}

/** A batch of single images with their classes. */
export interface ClassBatch extends BatchPictures {
  readonly kind: 'classes';
  /** `[n]`: the class of each image, numbered over the whole selection (`numberClasses`). */
  readonly classes: Int32Array;
}

export type Batch = PairBatch | GroupBatch | ClassBatch;

/** The batch of a step of an epoch, both counted from 0. */
export type BatchMaker = (epoch: number, step: number) => Batch;
