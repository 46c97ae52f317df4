// Training batches: what to make them from, and the function from (epoch, step) to a batch. Pure: a batch depends on
// its specification, epoch and step alone, so a resumed run and a worker thread make the same bytes.
import { randomStream } from '../../base/random-stream.js';
import type { Augmentation, Task } from '../../config/experiment.js';
import { createDistorter, type DistortionPictures, distortionProbability } from '../distortion/distort.js';
import type { PictureSet, Selection } from '../pictures/picture-set.js';
import { createAllPairsSampler } from './all-pairs-batch.js';
import { type BatchPictures, startImages } from './batch-images.js';
import { countClassItems, createClassBatches } from './class-batch.js';
import { numberClasses } from './class-numbers.js';
import { shuffledIndex } from './shuffled-index.js';
import { createPairSampler } from './verification-pairs.js';

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

// An epoch is a random order of pairs x (1 + copies) items. A copy's distortion belongs to the pair and the copy, so that
// copies are a fixed set as in the paper (drawn anew with the pairs, when these are). Its last batch may be smaller.
function createPairBatches(spec: BatchSpec): BatchMaker {
  const { seed, task, augmentation, selection, batchSize } = spec;
  if (task.type !== 'verification') throw new TypeError(`expected task verification, got ${task.type}`);
  const samplePair = createPairSampler(selection, task.pairs, seed);
  const distorter = createDistorter(distortionPictures(spec), augmentation);
  const probability = distortionProbability(augmentation);
  const hasCopies = augmentation.affine?.copies !== undefined;
  const items = task.pairs.count * (1 + (augmentation.affine?.copies ?? 0));
  const stepsPerPass = Math.ceil(items / batchSize);
  const copyKeys = (epoch: number) => (task.pairs.redraw === 'everyEpoch' ? ['copy', epoch] : ['copy']);

  return (epoch, step) => {
    // More steps than an epoch's items go through them again in another order.
    const itemAt = shuffledIndex(items, seed, 'pairs', epoch, Math.floor(step / stepsPerPass));
    const start = (step % stepsPerPass) * batchSize;
    const pairs = Math.min(batchSize, items - start);
    const images = startImages(selection.set, 2 * pairs);
    const isSame = new Float32Array(pairs);
    const ofBatch = randomStream(seed, 'batch', epoch, step);
    for (let i = 0; i < pairs; i++) {
      const item = itemAt(start + i);
      const number = item % task.pairs.count;
      const copy = Math.floor(item / task.pairs.count);
      const { first, second, isSame: same } = samplePair(epoch, number);
      isSame[i] = same ? 1 : 0;
      const ofCopy = copy > 0 ? randomStream(seed, ...copyKeys(epoch), number, copy) : undefined;
      const chooseStream = () => (hasCopies ? ofCopy : ofBatch.chance(probability) ? ofBatch : undefined);
      images.write(distorter, i, first, chooseStream());
      images.write(distorter, pairs + i, second, chooseStream());
    }
    return { kind: 'pairs', ...images.finish(), isSame };
  };
}

function createGroupBatches(spec: BatchSpec): BatchMaker {
  const { seed, task, augmentation, selection } = spec;
  if (task.type !== 'allPairs' && task.type !== 'episodes')
    throw new TypeError(`expected groups, got task ${task.type}`);
  const { alphabets, characters, drawers } = task;
  const draw = createAllPairsSampler(selection, task, augmentation);
  const classNumbers = numberClasses(selection, augmentation);
  const distorter = createDistorter(distortionPictures(spec), augmentation);
  const probability = distortionProbability(augmentation);

  return (epoch, step) => {
    const random = randomStream(seed, 'batch', epoch, step);
    const { pictures, quarterTurns } = draw(random);
    const images = startImages(selection.set, pictures.length);
    const classes = new Int32Array(pictures.length);
    pictures.forEach((picture, place) => {
      const turns = quarterTurns[Math.floor(place / (characters * drawers))]!;
      classes[place] = classNumbers.numberOf(selection.set.character[picture]!, turns);
      images.write(distorter, place, picture, random.chance(probability) ? random : undefined, turns);
    });
    return { kind: 'groups', ...images.finish(), alphabets, characters, drawers, classes };
  };
}

function distortionPictures({ selection, source }: BatchSpec): DistortionPictures {
  return { clean: selection.set, source };
}
