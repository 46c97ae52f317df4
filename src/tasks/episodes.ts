// Prototypical networks (Snell, Swersky and Zemel 2017): the mean embedding of a class's support is its prototype, and
// queries are told apart by the head's logits to the prototypes of their group. A unit is a group.
//
// Support and queries change roles within a batch: with K drawers there are K turns; in turn t drawers t … t + shots - 1
// (after the last comes the first) are the support and all others ask. The loss is the mean cross-entropy over all turns
// and queries, plus, with a class head, that of a classifier over all characters of the training selection.
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { TaskEpisodes } from '../config/experiment.js';
import { createGroupBatches } from '../data/sampling/group-batch.js';
import type { TensorFlow } from '../layers/layer.js';
import { classifierLoss, classifierParameters } from './classifier.js';
import { embedBatch, slicePictures } from './embed-batch.js';
import { describeGroups, findGroupProblems, GROUP_KEYS } from './groups.js';
import type { TaskContext, TaskType } from './task.js';

/** Batches are [groups, characters, drawers, imageSize, imageSize], with a class for each picture. */
export const episodes: TaskType<TaskEpisodes> = {
  type: 'episodes',
  truth: 'classes',
  losses: [],
  trainsHead: true,
  cancelledHeadParameters: ['bias'],
  sizeKeys: GROUP_KEYS,
  // Every picture meets the prototypes of all characters with each drawer's turn in the support.
  describeBatch: describeGroups,
  readsClasses: ({ classHead }) => classHead !== undefined,
  findSelectionProblems: findGroupProblems,
  createBatches: createGroupBatches,

  /** The support of an episode leaves some pictures of each character as queries. */
  findProblems({ shots, drawers }) {
    if (shots < drawers) return [];
    return [
      {
        code: 'episode',
        keys: [['shots'], ['drawers'], []],
        found: `${shots} shots of ${drawers} drawers`,
        allowed: `at most ${drawers - 1} shots: the other pictures of a character are its queries`,
      },
    ];
  },

  parameters: ({ classHead }, units, classes) =>
    classHead === undefined ? [] : classifierParameters({ softmax: 'cosine' }, units, classes),

  slice({ characters, drawers }, batch, first, count, pixelsPerPicture) {
    const pictures = characters * drawers;
    return slicePictures(batch, first * pictures, count * pictures, pixelsPerPicture);
  },

  loss(config, batch, context) {
    const { tf } = context;
    const embeddings = embedBatch(batch, context);
    const ofPrototypes = prototypeLoss(config, embeddings, context);
    const { classHead } = config;
    if (classHead === undefined) return ofPrototypes;
    const classifier = { softmax: 'cosine', scale: classHead.scale } as const;
    const ofClasses = classifierLoss(classifier, embeddings, context);
    return tf.add(ofPrototypes, tf.mul(ofClasses, classHead.weight));
  },
};

function prototypeLoss(config: TaskEpisodes, embeddings: Tensor2D, { tf, network }: TaskContext): Scalar {
  const { characters, drawers } = config;
  const count = characters * drawers;
  const units = network.shape.encoder.units;
  const pictures = tf.reshape(embeddings, [-1, count, units]) as Tensor3D; // [groups, characters * drawers, units]
  const groups = pictures.shape[0];
  const prototypes = averageSupport(tf, config, embeddings, groups); // [groups, turns * characters, units]
  const logits = network.compareAll('logits', pictures, prototypes); // [groups, count, turns * characters]
  const perTurn = tf.logSoftmax(tf.reshape(logits, [groups, count * drawers, characters]));
  return tf.div(tf.sum(tf.mul(perTurn, truthOfQueries(tf, config))), -groups) as Scalar;
}

/** The prototypes of each turn, [groups, turns * characters, units]. */
function averageSupport(
  tf: TensorFlow,
  { characters, drawers, shots }: TaskEpisodes,
  embeddings: Tensor2D,
  groups: number,
): Tensor3D {
  const units = embeddings.shape[1];
  const byDrawer = tf.transpose(tf.reshape(embeddings, [groups, characters, drawers, units]), [2, 0, 1, 3]);
  const rows = tf.reshape(byDrawer, [drawers, groups * characters * units]) as Tensor2D;
  const means = shots === 1 ? rows : tf.matMul(shareOfSupport(tf, drawers, shots), rows); // [turns, …]
  const byGroup = tf.transpose(tf.reshape(means, [drawers, groups, characters * units]), [1, 0, 2]);
  return tf.reshape(byGroup, [groups, drawers * characters, units]) as Tensor3D;
}

/** [turns, drawers]: 1 / shots for the drawers of a turn's support, 0 for the others. */
function shareOfSupport(tf: TensorFlow, drawers: number, shots: number): Tensor2D {
  const shares = new Float32Array(drawers * drawers);
  for (let turn = 0; turn < drawers; turn++)
    for (let drawer = 0; drawer < drawers; drawer++)
      if (isSupport(turn, drawer, drawers, shots)) shares[turn * drawers + drawer] = 1 / shots;
  return tf.tensor2d(shares, [drawers, drawers]);
}

/**
 * [characters * drawers * turns, characters]: 1 / number of queries at the right character of each picture that asks in a
 * turn, 0 elsewhere.
 */
function truthOfQueries(tf: TensorFlow, { characters, drawers, shots }: TaskEpisodes): Tensor {
  const queries = characters * drawers * (drawers - shots);
  const truth = new Float32Array(characters * drawers * drawers * characters);
  for (let character = 0; character < characters; character++)
    for (let drawer = 0; drawer < drawers; drawer++)
      for (let turn = 0; turn < drawers; turn++) {
        const row = (character * drawers + drawer) * drawers + turn;
        if (!isSupport(turn, drawer, drawers, shots)) truth[row * characters + character] = 1 / queries;
      }
  return tf.tensor2d(truth, [characters * drawers * drawers, characters]);
}

function isSupport(turn: number, drawer: number, drawers: number, shots: number): boolean {
  return (drawer - turn + drawers) % drawers < shots;
}
