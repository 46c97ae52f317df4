// Vectors brought to length 1, for cosines.
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../layers/layer.js';

/** Added to the squared length, so that the slope at 0 is finite and a vector of zeros stays one. */
const EPSILON = 1e-12;

/** `vectors` [..., units] divided by their Euclidean lengths. */
export function toUnitLength(tf: TensorFlow, vectors: Tensor): Tensor {
  const squaredLengths = tf.sum(tf.square(vectors), -1, true); // [..., 1]
  return tf.div(vectors, tf.sqrt(tf.add(squaredLengths, EPSILON)));
}
