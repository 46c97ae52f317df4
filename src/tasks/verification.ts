// Pairs of pictures, same character or not (Koch et al. 2015, section 4.2). A unit is a pair.
import type { TaskVerification } from '../config/experiment.js';
import type { SettingProblem } from '../config/setting-problem.js';
import { createPairBatches } from '../data/sampling/pair-batch.js';
import { pairLossOf } from '../model/losses/registry.js';
import { embedBatch } from './embed-batch.js';
import type { TaskType } from './task.js';

/** Batches hold the first pictures of all pairs, then the second ones: `images` is [2, pairs, imageSize, imageSize]. */
export const verification: TaskType<TaskVerification> = {
  type: 'verification',
  truth: 'labels',
  losses: ['pairs'],
  trainsHead: true,
  // 128: Koch et al. 2015, section 3.2.
  describeBatch: (_config, batchSize = 128) => ({ units: batchSize, picturesPerUnit: 2, pairsPerUnit: 1 }),
  picturesPerEpoch: ({ pairs }) => 2 * pairs.count,
  createBatches: createPairBatches,

  /** Pairs of one character take two drawers, pairs of different ones two characters. */
  findSelectionProblems({ pairs }, train) {
    const problems: SettingProblem[] = [];
    if (train.some(({ drawers }) => drawers < 2)) {
      problems.push({
        code: 'episode',
        keys: [[]],
        found: 'characters by one drawer only',
        allowed: 'two drawers of each character of the training selection',
      });
    }
    const single = train.find(({ characters }) => characters < 2);
    if (single && (pairs.different === 'within-alphabet' || train.length < 2)) {
      problems.push({
        code: 'episode',
        keys: [[]],
        found: `${single.name} with a single character`,
        allowed: 'two characters in each alphabet of the training selection',
      });
    }
    return problems;
  },

  slice(_config, { images, labels = new Float32Array() }, first, count, pixelsPerPicture) {
    if (first === 0 && count === labels.length) return { images, labels };
    const length = count * pixelsPerPicture;
    const sliced = new Float32Array(2 * length);
    const half = labels.length * pixelsPerPicture;
    const start = first * pixelsPerPicture;
    sliced.set(images.subarray(start, start + length));
    sliced.set(images.subarray(half + start, half + start + length), length);
    return { images: sliced, labels: labels.subarray(first, first + count) };
  },

  loss(_config, batch, context) {
    const { tf, feed, network, loss, margin } = context;
    const embeddings = embedBatch(batch, context); // [2 * pairs, units]
    const [first, second] = tf.split(embeddings, 2, 0) as [typeof embeddings, typeof embeddings]; // [pairs, units] each
    const values = network.comparePairs(loss.measure, first, second); // [pairs]
    const labels = feed(({ labels: own = new Float32Array() }) => own, [batch.labels?.length ?? 0]);
    return tf.mean(pairLossOf(loss)(tf, values, labels, margin));
  },
};
