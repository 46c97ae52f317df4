// Pairs of pictures, same character or not (Koch et al. 2015, section 4.2). A unit is a pair.
import type { TaskVerification } from '../../config/experiment.js';
import { pairLossOf } from '../losses/registry.js';
import { embedBatch } from './pictures.js';
import type { TaskType } from './task.js';

/** Batches hold the first pictures of all pairs, then the second ones: `images` is [2, pairs, imageSize, imageSize]. */
export const verification: TaskType<TaskVerification> = {
  type: 'verification',

  slice(_config, { images, labels = new Float32Array() }, first, count, pictureNumbers) {
    if (first === 0 && count === labels.length) return { images, labels };
    const length = count * pictureNumbers;
    const sliced = new Float32Array(2 * length);
    const half = labels.length * pictureNumbers;
    const start = first * pictureNumbers;
    sliced.set(images.subarray(start, start + length));
    sliced.set(images.subarray(half + start, half + start + length), length);
    return { images: sliced, labels: labels.subarray(first, first + count) };
  },

  loss(_config, batch, context) {
    const { tf, network, loss, margin } = context;
    const embeddings = embedBatch(batch, context); // [2 * pairs, units]
    const [first, second] = tf.split(embeddings, 2, 0) as [typeof embeddings, typeof embeddings]; // [pairs, units] each
    const values = network.comparePairs(loss.measure, first, second); // [pairs]
    return tf.mean(pairLossOf(loss)(tf, values, tf.tensor1d(batch.labels ?? new Float32Array()), margin));
  },
};
