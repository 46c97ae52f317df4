// Batches of pictures with their classes, drawn at random from the whole selection (task `classification`): an epoch
// takes every picture once, in every rotation class and every copy, in an order of its own.
import { OneshotError } from '../../base/problem.js';
import { randomStream } from '../../base/random-stream.js';
import { createDistorter, distortionProbability } from '../distortion/distort.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { startImages } from './batch-images.js';
import { numberClasses } from './class-numbers.js';
import { shuffledIndex } from './shuffled-index.js';

/**
 * The maker of batches of pictures; the last one of an epoch may be smaller. Throws a OneshotError('usage') for an empty
 * selection.
 */
export function createClassBatches(spec: BatchSpec): BatchMaker {
  const { seed, augmentation, selection, batchSize } = spec;
  const { set, pictures } = selection;
  if (pictures.length === 0)
    throw new OneshotError('usage', `cannot draw batches from the ${selection.purpose} selection: it is empty`);
  const classNumbers = numberClasses(selection, augmentation);
  const distorter = createDistorter({ ...spec, clean: set }, augmentation);
  const probability = distortionProbability(augmentation);
  const hasCopies = augmentation.affine?.copies !== undefined;
  const turns = augmentation.rotationClasses ? 4 : 1;
  const items = pictures.length * turns * (1 + (augmentation.affine?.copies ?? 0));
  const stepsPerPass = Math.ceil(items / batchSize);

  return (epoch, step) => {
    // More steps than an epoch's items go through them again in another order.
    const itemAt = shuffledIndex(items, seed, 'classes', epoch, Math.floor(step / stepsPerPass));
    const start = (step % stepsPerPass) * batchSize;
    const count = Math.min(batchSize, items - start);
    const images = startImages(set, count);
    const classes = new Int32Array(count);
    const ofBatch = randomStream(seed, 'batch', epoch, step);
    for (let place = 0; place < count; place++) {
      const item = itemAt(start + place);
      const picture = pictures[item % pictures.length]!;
      const version = Math.floor(item / pictures.length);
      const quarterTurns = version % turns;
      const copy = Math.floor(version / turns);
      // A copy's distortion belongs to the picture and the copy, so that copies are a fixed set.
      const ofCopy = copy > 0 ? randomStream(seed, 'class-copy', picture, quarterTurns, copy) : undefined;
      const random = hasCopies ? ofCopy : ofBatch.chance(probability) ? ofBatch : undefined;
      classes[place] = classNumbers.numberOf(set.character[picture]!, quarterTurns);
      images.write(distorter, place, picture, random, quarterTurns);
    }
    return { ...images.finish(), classes };
  };
}
