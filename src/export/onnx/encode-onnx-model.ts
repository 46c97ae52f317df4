// A trained network as an ONNX file: one file with weights, support set, and all that others have to know in its metadata.
import { encodeModel } from 'tfjs-backend-onnxruntime/onnx-model';
import { type CarriedSupport, describeNetworkFile } from '../../trained/network-file.js';
import type { TrainedNetwork } from '../../trained/trained-network.js';
import { nameNetwork } from '../../trained/trained-network.js';
import { BATCH } from '../trace.js';
import { INPUT, traceNetwork } from '../trace-network.js';
import { lowerTrace } from './lower.js';

/**
 * The bytes of the file (opset 17). Input `pictures` float32 [batch, imageSize, imageSize, channels], ink 1 on paper 0 or
 * red, green and blue in [0, 1]; output `embeddings` [batch, units], and with a support set `scores` and `probabilities`,
 * both [batch, classes]. Metadata: `description` (JSON: model, pictures, origin, accuracies, calibrations, licence), and
 * `labels` (JSON) with a support set. Throws a OneshotError('usage') when a layer cannot be exported.
 */
export function encodeOnnxModel(network: TrainedNetwork, support?: CarriedSupport): Uint8Array {
  const trace = traceNetwork(network, support);
  const dimensions = (shape: readonly number[]) => shape.map((length) => (length === BATCH ? 'batch' : length));
  return encodeModel(
    {
      ...lowerTrace(trace),
      inputs: [{ name: INPUT, dtype: 'float32', shape: dimensions(trace.input.shape) }],
      outputs: [...trace.outputs].map(([name, { shape }]) => ({ name, dtype: 'float32', shape: dimensions(shape) })),
    },
    {
      producer: 'oneshot-runner',
      producerVersion: network.origin.program,
      documentation: `${nameNetwork(network)}: a network that turns pictures into embeddings for one-shot recognition`,
      metadata: {
        description: JSON.stringify(describeNetworkFile({ network, support })),
        ...(support === undefined ? {} : { labels: JSON.stringify(support.labels) }),
      },
    },
  );
}
