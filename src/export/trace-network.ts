// The trace of a trained network: embeddings of pictures and, with a support set, the scores and probabilities of its classes.
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { channelsOfForm } from '../data/pictures/see-picture.js';
import { buildNetwork } from '../model/network.js';
import { describeNetwork } from '../model/network-shape.js';
import { nearestCalibration } from '../trained/calibration.js';
import type { CarriedSupport } from '../trained/network-file.js';
import type { TrainedNetwork } from '../trained/trained-network.js';
import { BATCH, createRecorder, type Trace, type TracedValue, tracedOf } from './trace.js';

/** What an export computes. */
export interface NetworkTrace extends Trace {
  /** `[batch, imageSize, imageSize, channels]`. */
  readonly input: TracedValue;
  /** By name: `embeddings` [batch, units]; with a support set `scores` and `probabilities`, both [batch, classes]. */
  readonly outputs: ReadonlyMap<string, TracedValue>;
}

/** Name of the input. */
export const INPUT = 'pictures';

/** The trace of a network. Throws a OneshotError('usage') when a layer computes with something that cannot be exported. */
export function traceNetwork(network: TrainedNetwork, support: CarriedSupport | undefined): NetworkTrace {
  const recorder = createRecorder();
  const { imageSize } = network.pictures;
  const shape = describeNetwork(network.model, imageSize, channelsOfForm(network.pictures));
  const parameters = new Map(
    [...network.weights].map(([path, array]) => [path, recorder.constant(path, array.shape, array.values)]),
  );
  const built = buildNetwork(recorder.tf, network.model, shape, parameters);
  const pictures = recorder.input(INPUT, [BATCH, ...shape.input]) as Tensor4D;
  const embeddings = built.embed(pictures);
  const outputs = new Map<string, TracedValue>([['embeddings', tracedOf(embeddings)]]);
  if (support !== undefined) {
    const { tf } = recorder;
    const { ways, labels } = support;
    const [pictureCount, units] = support.embeddings.shape as [number, number];
    const known = recorder.constant('support/embeddings', [1, pictureCount, units], support.embeddings.values);
    // [1, batch, pictures]: the batch as the rows of one group.
    const rows = tf.reshape(embeddings, [1, BATCH, units]) as Tensor3D;
    const pairs = tf.reshape(built.compareAll('logits', rows, known as Tensor3D), [BATCH, pictureCount]) as Tensor2D;
    const scores = tf.matMul(pairs, averageByWay(recorder.constant, ways, labels.length)); // [batch, classes]
    const temperature =
      nearestCalibration(network.calibrations, labels.length, pictureCount / labels.length)?.temperature ?? 1;
    outputs.set('scores', tracedOf(scores));
    outputs.set('probabilities', tracedOf(tf.softmax(tf.div(scores, temperature) as Tensor2D)));
  }
  return { operations: recorder.operations, input: tracedOf(pictures), outputs };
}

/** [pictures, classes]: takes the mean over the pictures of each class. */
function averageByWay(
  constant: (name: string, shape: readonly number[], values: Float32Array) => Tensor,
  ways: readonly number[],
  classes: number,
): Tensor2D {
  const counts = Array.from({ length: classes }, (_, way) => ways.filter((other) => other === way).length);
  const shares = new Float32Array(ways.length * classes);
  for (const [picture, way] of ways.entries()) shares[picture * classes + way] = 1 / counts[way]!;
  return constant('support/classes', [ways.length, classes], shares) as Tensor2D;
}
