// Batches of groups (an alphabet each) of characters x drawers, in which every two pictures of one group are a pair:
// each picture is embedded once and meets all others of its group. A unit is a group.
//
// Loss = 1/2 mean over same pairs of l(z, 1) + 1/2 mean over rows i of sum_j w_ij l(z_ij, 0), where j runs over the
// pictures of other characters in row i and l is the loss of a pair. `hard`: w_i is the softmax of row i's logits (or
// negative distances) over these j, taken as a constant, so that the most confused count most. `balanced`: w_ij = 1 /
// their number. A loss of triplets is a mean over rows and their positives instead.
import type { Scalar, Tensor, Tensor3D } from '@tensorflow/tfjs';
import type { TaskAllPairs } from '../config/experiment.js';
import { createGroupBatches } from '../data/sampling/group-batch.js';
import type { TensorFlow } from '../layers/layer.js';
import type { TripletLoss } from '../model/losses/loss.js';
import { pairLossOf } from '../model/losses/registry.js';
import { embedBatch, slicePictures } from './embed-batch.js';
import { describeGroups, findGroupProblems, GROUP_KEYS } from './groups.js';
import type { TaskContext, TaskType } from './task.js';

/** Added to the logits of pairs that are no negatives, so that their softmax is exactly 0. */
const EXCLUDED = -1e9;

/** Batches are [groups, characters, drawers, imageSize, imageSize]; the characters of a group differ. */
export const allPairs: TaskType<TaskAllPairs> = {
  type: 'allPairs',
  truth: 'classes',
  losses: ['pairs', 'triplets'],
  trainsHead: true,
  sizeKeys: GROUP_KEYS,
  describeBatch: describeGroups,
  findSelectionProblems: findGroupProblems,
  createBatches: createGroupBatches,

  slice({ characters, drawers }, batch, first, count, pixelsPerPicture) {
    const pictures = characters * drawers;
    return slicePictures(batch, first * pictures, count * pictures, pixelsPerPicture);
  },

  loss(config, batch, context) {
    const { tf, network, loss } = context;
    const groups = tf.reshape(embedBatch(batch, context), [
      -1,
      config.characters * config.drawers,
      network.shape.encoder.units,
    ]) as Tensor3D;
    const values = network.compareAll(loss.measure, groups, groups); // [groups, count, count]
    return loss.of === 'pairs'
      ? lossOfPairs(config, values, context)
      : lossOfTriplets(config, values, loss.compute, context);
  },
};

function lossOfPairs(config: TaskAllPairs, values: Tensor3D, { tf, loss, margin }: TaskContext): Scalar {
  const { same, positives, negatives } = relatePictures(tf, config);
  const losses = pairLossOf(loss)(tf, values, same, margin);
  const rows = values.shape[0] * values.shape[1];
  const likeness = loss.measure === 'logits' ? values : tf.neg(values);
  const weights = tf.add(
    tf.mul(positives, 0.5 / (rows * (config.drawers - 1))),
    tf.mul(negativeWeights(tf, config, likeness, negatives), 0.5 / rows),
  );
  return tf.sum(tf.mul(losses, weights));
}

/**
 * The mean over rows and their positives of the loss with the row's nearest negative (`hard`), or of its mean over all
 * negatives (`balanced`).
 */
function lossOfTriplets(
  config: TaskAllPairs,
  distances: Tensor3D,
  ofTriplets: TripletLoss,
  { tf, margin }: TaskContext,
): Scalar {
  const { positives, negatives } = relatePictures(tf, config);
  const [groups, count] = distances.shape;
  const pairs = groups * count * (config.drawers - 1);
  if (config.negatives === 'hard') {
    const nearest = tf.min(tf.sub(distances, tf.mul(tf.sub(1, negatives), EXCLUDED)), -1, true); // [groups, count, 1]
    return tf.div(tf.sum(tf.mul(ofTriplets(tf, distances, nearest, margin), positives)), pairs) as Scalar;
  }
  const toSame = tf.reshape(distances, [groups, count, count, 1]);
  const toOther = tf.reshape(distances, [groups, count, 1, count]);
  const weights = tf.mul(tf.reshape(positives, [count, count, 1]), tf.reshape(negatives, [count, 1, count]));
  const others = (config.characters - 1) * config.drawers;
  const losses = ofTriplets(tf, toSame, toOther, margin); // [groups, count, count, count]
  return tf.div(tf.sum(tf.mul(losses, weights)), pairs * others) as Scalar;
}

/**
 * Which pictures of a group are of one character: `same` with the picture itself, `positives` without it, `negatives` of
 * different ones; each [count, count] of 0 and 1.
 */
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
function negativeWeights(tf: TensorFlow, config: TaskAllPairs, likeness: Tensor, negatives: Tensor): Tensor {
  if (config.negatives === 'balanced') return tf.mul(negatives, 1 / ((config.characters - 1) * config.drawers));
  return withoutGradient(tf, likeness, (z) => {
    const excluded = tf.mul(tf.sub(1, negatives), EXCLUDED); // [count, count]
    return tf.softmax(tf.add(tf.mul(z, negatives), excluded), -1);
  });
}

/** The value of `compute(x)` as a constant: no gradient flows through it to x. TensorFlow.js has no stop-gradient of its own. */
function withoutGradient<T extends Tensor>(tf: TensorFlow, x: Tensor, compute: (x: Tensor) => T): T {
  const constant = tf.customGrad((input) => ({
    value: compute(input as Tensor),
    // By shape: the input itself may be disposed of by then.
    gradFunc: () => tf.fill(x.shape, 0),
  }));
  return constant(x) as T;
}
