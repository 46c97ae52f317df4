// Batches of pairs, same or different (task `verification`). An epoch is a random order of pairs x (1 + copies) items. A
// copy's distortion belongs to the pair and the copy, so that copies are a fixed set as in the paper (drawn anew with the
// pairs, when these are).
import { randomStream } from '../../base/random-stream.js';
import { createDistorter, distortionProbability } from '../distortion/distort.js';
import type { BatchMaker, BatchSpec } from './batch.js';
import { startImages } from './batch-images.js';
import { shuffledIndex } from './shuffled-index.js';
import { createPairSampler } from './verification-pairs.js';

/** The maker of a specification's batches; the last one of an epoch may be smaller. Throws a OneshotError('usage') when the selection is too small for pairs. */
export function createPairBatches(spec: BatchSpec): BatchMaker {
  const { seed, task, augmentation, selection, source, batchSize } = spec;
  if (task.type !== 'verification') throw new TypeError(`expected task verification, got ${task.type}`);
  const samplePair = createPairSampler(selection, task.pairs, seed);
  const distorter = createDistorter({ clean: selection.set, source }, augmentation);
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
