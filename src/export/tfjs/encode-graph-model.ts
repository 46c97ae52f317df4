// A trained network as a graph model of TensorFlow.js: `model.json` with all that others have to know, `weights.bin` beside it.
import { type CarriedSupport, describeNetworkFile } from '../../trained/network-file.js';
import type { TrainedNetwork } from '../../trained/trained-network.js';
import { INPUT, traceNetwork } from '../trace-network.js';
import { tensorShape } from './graph-def.js';
import { freeBatch, lowerToGraphDef } from './lower.js';

/** The files of a graph model by name, each in pieces to be written one after the other. */
export interface GraphModelFiles {
  readonly 'model.json': string;
  readonly 'weights.bin': readonly Uint8Array[];
}

/**
 * The files that `tf.loadGraphModel('…/model.json')` reads. Input `pictures` float32 [batch, imageSize, imageSize,
 * channels], ink 1 on paper 0 or red, green and blue in [0, 1]; output `embeddings` [batch, units], and with a support
 * set `scores` and `probabilities`, both [batch, classes]. `userDefinedMetadata` (`model.metadata`) has `description`
 * (model, pictures, origin, accuracies, calibrations, licence), and `labels` with a support set. Throws a
 * OneshotError('usage') when a layer cannot be exported.
 */
export function encodeGraphModel(network: TrainedNetwork, support?: CarriedSupport): GraphModelFiles {
  const trace = traceNetwork(network, support);
  const { nodes, constants } = lowerToGraphDef(trace);
  const tensor = (name: string, shape: readonly number[]) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: tensorShape(freeBatch(shape)),
  });
  const model = {
    format: 'graph-model',
    generatedBy: `oneshot-runner ${network.origin.program}`,
    convertedBy: null,
    signature: {
      inputs: { [INPUT]: tensor(INPUT, trace.input.shape) },
      outputs: Object.fromEntries([...trace.outputs].map(([name, { shape }]) => [name, tensor(name, shape)])),
    },
    userDefinedMetadata: {
      description: describeNetworkFile({ network, support }),
      ...(support === undefined ? {} : { labels: support.labels }),
    },
    modelTopology: { node: nodes, library: {}, versions: { producer: 1645 } },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: constants.map(({ name, shape, values }) => ({
          name,
          shape,
          dtype: values instanceof Int32Array ? 'int32' : 'float32',
        })),
      },
    ],
  };
  const bytes = constants.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return { 'model.json': JSON.stringify(model), 'weights.bin': bytes };
}
