// Pairs of pictures, same character or not (Koch et al. 2015, section 4.2). A unit is a pair.
import type { Tensor4D } from '@tensorflow/tfjs';
import type { TaskVerification } from '../../config/experiment.js';
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

  loss(_config, { images, labels = new Float32Array() }, { tf, network, loss, training }) {
    const [height, width] = network.shape.input;
    const pictures = tf.tensor4d(images, [2 * labels.length, height, width, 1]) as Tensor4D;
    const embeddings = network.embed(pictures, training); // [2 * pairs, units]
    const [first, second] = tf.split(embeddings, 2, 0) as [typeof embeddings, typeof embeddings]; // [pairs, units] each
    const logits = network.comparePairs('logits', first, second); // [pairs]
    return tf.mean(loss(tf, logits, tf.tensor1d(labels)));
  },
};
