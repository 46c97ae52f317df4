// A small computation that uses what training uses: gradients of a convolutional network with fixed weights on fixed
// pictures. An engine that works gives what the plain `cpu` engine gives.
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Engine } from './engine.js';

/** Pictures of a batch, their side, and the filters and units of the two layers. */
const BATCH = 4;
const SIDE = 8;
const FILTERS = 8;
const UNITS = 4;
/** Side after a 3 x 3 convolution without padding and 2 x 2 pooling. */
const POOLED = (SIDE - 2) / 2;

/** Loss and gradients of all weights, one after the other. Rejects with what the engine throws. */
export async function probeEngine({ tf, flush }: Engine): Promise<Float32Array> {
  const wave = (shape: number[], frequency: number) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(frequency * (i + 1))),
      shape,
    );
  };
  const results = tf.tidy(() => {
    const pictures = wave([BATCH, SIDE, SIDE, 1], 0.7) as Tensor4D;
    const kernel = wave([3, 3, 1, FILTERS], 1.1) as Tensor4D;
    const weights = wave([POOLED * POOLED * FILTERS, UNITS], 1.3) as Tensor2D;
    const loss = (kernelNow: Tensor4D, weightsNow: Tensor2D): Scalar => {
      // [BATCH, POOLED, POOLED, FILTERS]
      const features = tf.maxPool(tf.relu(tf.conv2d(pictures, kernelNow, 1, 'valid')), 2, 2, 'valid');
      const embedding = tf.sigmoid(tf.matMul(tf.reshape(features, [BATCH, -1]), weightsNow)); // [BATCH, UNITS]
      return tf.mean(tf.square(embedding)) as Scalar;
    };
    const { value, grads } = tf.valueAndGrads((kernelNow, weightsNow) =>
      loss(kernelNow as Tensor4D, weightsNow as Tensor2D),
    )([kernel, weights]);
    const flat = tf.concat([value, ...grads].map((tensor) => tf.reshape(tensor, [-1])));
    return tf.keep(flat);
  });
  try {
    flush();
    return Float32Array.from(await results.data());
  } finally {
    results.dispose();
  }
}

/** The largest difference of two probes, as a share of the largest number in the first. NaN anywhere gives NaN. */
export function compareProbes(reference: Float32Array, found: Float32Array): number {
  if (reference.length !== found.length) return Number.NaN;
  const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return reference.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!) / largest), 0);
}
