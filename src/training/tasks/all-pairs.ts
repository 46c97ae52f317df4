// Batches of groups (an alphabet each) of characters x drawers, in which every two pictures of one group are a pair:
// each picture is embedded once and meets all others of its group. A unit is a group.
//
// Loss = 1/2 mean over same pairs of l(z, 1) + 1/2 mean over rows i of sum_j w_ij l(z_ij, 0), where j runs over the
// pictures of other characters in row i and l is binary cross-entropy. `hard`: w_i is the softmax of row i's logits over
// these j, taken as a constant, so that the most confused count most. `balanced`: w_ij = 1 / their number.
import type { Scalar, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { TaskAllPairs } from '../../config/experiment.js';
import type { TensorFlow } from '../../layers/layer.js';
import { picturesPerUnit } from '../../model/batch-structure.js';
import { withoutGradient } from './stop-gradient.js';
import type { TaskType } from './task.js';

/** Added to the logits of pairs that are no negatives, so that their softmax is exactly 0. */
const EXCLUDED = -1e9;

/** Batches are [groups, characters, drawers, imageSize, imageSize]; the characters of a group differ. */
export const allPairs: TaskType<TaskAllPairs> = {
  type: 'allPairs',

  slice(config, { images }, first, count, pictureNumbers) {
    const groupNumbers = picturesPerUnit(config) * pictureNumbers;
    return { images: images.subarray(first * groupNumbers, (first + count) * groupNumbers) };
  },

  loss(config, { images }, { tf, network, loss, training }) {
    const [height, width] = network.shape.input;
    const pictures = tf.tensor4d(images, [images.length / (height * width), height, width, 1]) as Tensor4D;
    const count = picturesPerUnit(config);
    const embeddings = network.embed(pictures, training);
    const groups = tf.reshape(embeddings, [-1, count, network.shape.encoder.units]) as Tensor3D;
    const logits = network.compareAll('logits', groups, groups); // [groups, count, count]
    const { same, positives, negatives } = relatePictures(tf, config);
    const losses = loss(tf, logits, same);
    const rows = groups.shape[0] * count;
    const positiveWeight = 0.5 / (rows * (config.drawers - 1));
    const weights = tf.add(
      tf.mul(positives, positiveWeight),
      tf.mul(negativeWeights(tf, config, logits, negatives), 0.5 / rows),
    );
    return tf.sum(tf.mul(losses, weights)) as Scalar;
  },
};

/** Which pictures of a group are of one character: `same` with the picture itself, `positives` without it, `negatives` of different ones; each [count, count] of 0 and 1. */
function relatePictures(
  tf: TensorFlow,
  { characters, drawers }: TaskAllPairs,
): { same: Tensor; positives: Tensor; negatives: Tensor } {
  const count = characters * drawers;
  const same = new Float32Array(count * count);
  const positives = new Float32Array(count * count);
  const negatives = new Float32Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const isSame = Math.floor(row / drawers) === Math.floor(column / drawers);
      same[row * count + column] = isSame ? 1 : 0;
      positives[row * count + column] = isSame && row !== column ? 1 : 0;
      negatives[row * count + column] = isSame ? 0 : 1;
    }
  }
  const upload = (values: Float32Array) => tf.tensor2d(values, [count, count]);
  return { same: upload(same), positives: upload(positives), negatives: upload(negatives) };
}

/** The weight of each pair as a negative of its row, [groups, count, count] or broadcasting to it; rows sum to 1. */
function negativeWeights(tf: TensorFlow, config: TaskAllPairs, logits: Tensor, negatives: Tensor): Tensor {
  if (config.negatives === 'balanced') return tf.mul(negatives, 1 / ((config.characters - 1) * config.drawers));
  return withoutGradient(tf, logits, (z) => {
    const excluded = tf.mul(tf.sub(1, negatives), EXCLUDED); // [count, count]
    return tf.softmax(tf.add(tf.mul(z, negatives), excluded), -1);
  });
}
