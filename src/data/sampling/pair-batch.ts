// Batches of pairs, same or different (task `verification`). An epoch is a random order of pairs x (1 + copies) items. A
// copy's distortion belongs to the pair and the copy, so that copies are a fixed set as in the paper (drawn anew with the
// pairs, when these are).
import { randomStream } from '../../base/random-stream.js';
import type { TaskVerification } from '../../config/experiment.js';
import { createDistorter, distortionProbability } from '../distortion/distort.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { startImages } from './batch-images.js';
import { shuffledIndex } from './shuffled-index.js';
import { createPairSampler } from './verification-pairs.js';

/**
 * The maker of batches of pairs: both pictures of a pair half a batch apart, so that both towers run as one batch; the last
 * one of an epoch may be smaller. Throws a OneshotError('usage') when the selection is too small for pairs.
 */
export function createPairBatches({ pairs }: Pick<TaskVerification, 'pairs'>, spec: BatchSpec): BatchMaker {
  const { seed, augmentation, selection, batchSize } = spec;
  const samplePair = createPairSampler(selection, pairs, seed);
  const distorter = createDistorter({ ...spec, clean: selection.set }, augmentation);
  const probability = distortionProbability(augmentation);
  const hasCopies = augmentation.affine?.copies !== undefined;
  const items = pairs.count * (1 + (augmentation.affine?.copies ?? 0));
  const stepsPerPass = Math.ceil(items / batchSize);
  const copyKeys = (epoch: number) => (pairs.redraw === 'everyEpoch' ? ['copy', epoch] : ['copy']);

  return (epoch, step) => {
    // More steps than an epoch's items go through them again in another order.
    const itemAt = shuffledIndex(items, seed, 'pairs', epoch, Math.floor(step / stepsPerPass));
    const start = (step % stepsPerPass) * batchSize;
    const count = Math.min(batchSize, items - start);
    const images = startImages(selection.set, 2 * count);
    const labels = new Float32Array(count);
    const ofBatch = randomStream(seed, 'batch', epoch, step);
    for (let i = 0; i < count; i++) {
      const item = itemAt(start + i);
      const number = item % pairs.count;
      const copy = Math.floor(item / pairs.count);
      const { first, second, isSame } = samplePair(epoch, number);
      labels[i] = isSame ? 1 : 0;
      const ofCopy = copy > 0 ? randomStream(seed, ...copyKeys(epoch), number, copy) : undefined;
      const chooseStream = () => (hasCopies ? ofCopy : ofBatch.chance(probability) ? ofBatch : undefined);
      images.write(distorter, i, first, chooseStream());
      images.write(distorter, count + i, second, chooseStream());
    }
    return { ...images.finish(), labels };
  };
}
