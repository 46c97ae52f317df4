// Classification of embeddings among all classes of the training selection, by a vector for each class.
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { ParameterSpec } from '../layers/layer.js';
import { toUnitLength } from '../model/unit-length.js';
import type { TaskContext } from './task.js';

/** How the logit of a class is made of an embedding h and the vector w of the class: scale cos(h, w), or h.w + bias. */
export interface ClassifierConfig {
  readonly softmax: 'cosine' | 'linear';
  /** Factor on the cosine. */
  readonly scale: number;
}

/** `classes` [classes, units], and `classBias` [classes] where the logits are linear. */
export function classifierParameters(
  { softmax }: Pick<ClassifierConfig, 'softmax'>,
  units: number,
  classes: number,
): ParameterSpec[] {
  const fans = { fanIn: units, fanOut: classes };
  const vectors: ParameterSpec = {
    name: 'classes',
    shape: [classes, units],
    initializer: { type: 'glorotUniform' },
    ...fans,
    role: 'weight',
  };
  if (softmax === 'cosine') return [vectors];
  return [vectors, { name: 'classBias', shape: [classes], initializer: { type: 'zeros' }, ...fans, role: 'bias' }];
}

/** The mean cross-entropy of the classes of a batch's pictures, by their embeddings [pictures, units]. */
export function classifierLoss(
  { softmax, scale }: ClassifierConfig,
  embeddings: Tensor2D,
  { tf, feed, parameter }: Pick<TaskContext, 'tf' | 'feed' | 'parameter'>,
): Scalar {
  const vectors = parameter('classes') as Tensor2D;
  const logits =
    softmax === 'cosine'
      ? tf.mul(tf.matMul(toUnitLength(tf, embeddings), toUnitLength(tf, vectors), false, true), scale)
      : tf.add(tf.matMul(embeddings, vectors, false, true), parameter('classBias')); // [pictures, classes]
  const pictures = embeddings.shape[0];
  const classes = feed((batch) => batch.classes ?? new Int32Array(), [pictures], 'int32');
  const truth = tf.cast(tf.oneHot(classes as Tensor1D, vectors.shape[0]), 'float32');
  return tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), truth)), -pictures) as Scalar;
}
