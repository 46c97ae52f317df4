// A trained network as one file that needs nothing else: the weights as safetensors, and in its metadata the architecture,
// the form of its pictures, where it comes from, what it reached, and a support set where one was given. Without Node: the
// page of `oneshot demo` and other people's pages read the same bytes.
import { OneshotError } from '../base/problem.js';
import type { NumberArray } from '../model/named-arrays.js';
import { decodeTensors, type TensorFile } from '../model/tensor-bytes.js';
import type { TrainedNetwork } from './trained-network.js';

/** Version of the layout; another one is refused. */
export const NETWORK_FILE_VERSION = 1;

/** A support set as it is carried along. */
export interface CarriedSupport {
  readonly labels: readonly string[];
  /** Class of each picture. */
  readonly ways: readonly number[];
  /** `[pictures, units]`. */
  readonly embeddings: NumberArray;
  /** `[pictures, imageSize, imageSize]`: ink in [0, 1], as the network sees it. */
  readonly pictures: NumberArray;
}

/** What a network file holds. */
export interface NetworkFile {
  readonly network: TrainedNetwork;
  readonly support: CarriedSupport | undefined;
}

const SUPPORT_EMBEDDINGS = 'support/embeddings';
const SUPPORT_PICTURES = 'support/pictures';

/** What others have to know of licences, in every export. */
export const LICENCE_NOTES =
  'The weights were learned from the data set that `origin` names; its licence holds for them as far as it reaches. ' +
  'The program that trained them, oneshot-runner, is under the MIT licence.';

/** The description of a network as plain data: all of it but the weights. */
export function describeNetworkFile({ network, support }: NetworkFile): Description {
  // Named one by one: a run's network knows more, its folders for one, which is nobody else's business.
  const { model, pictures, weightHash, origin, accuracies, calibrations } = network;
  return {
    model,
    pictures,
    weightHash,
    origin,
    accuracies,
    calibrations,
    licence: LICENCE_NOTES,
    ...(support === undefined ? {} : { support: { labels: support.labels, ways: support.ways } }),
  };
}

/**
 * Arrays and texts of a network file. Throws a OneshotError('usage') for a network that begins with a file of somebody
 * else's: its weights are not this program's to hand on.
 */
export function composeNetworkFile(file: NetworkFile): TensorFile {
  const [first] = file.network.model.encoder;
  if (first?.type === 'file')
    throw new OneshotError('usage', `the network begins with ${first.path}, which is no part of an exported file`, {
      hint: 'use the run folder where that file is; `oneshot embed` writes its embeddings',
    });
  const arrays = new Map(file.network.weights);
  if (file.support !== undefined) {
    arrays.set(SUPPORT_EMBEDDINGS, file.support.embeddings);
    arrays.set(SUPPORT_PICTURES, file.support.pictures);
  }
  return {
    arrays,
    metadata: {
      format: 'oneshot',
      kind: 'network',
      version: String(NETWORK_FILE_VERSION),
      description: JSON.stringify(describeNetworkFile(file)),
    },
  };
}

/**
 * What a file of `composeNetworkFile` holds; `name` is what messages call it. Throws a OneshotError 'corrupt' when it
 * is none, or of another version.
 */
export function readNetworkFile({ arrays, metadata }: TensorFile, name: string): NetworkFile {
  if (metadata.format !== 'oneshot' || metadata.kind !== 'network')
    throw new OneshotError('corrupt', `${name} holds no exported network`, {
      hint: 'name a run folder, or a file that `oneshot export --format safetensors` wrote',
    });
  if (metadata.version !== String(NETWORK_FILE_VERSION))
    throw new OneshotError(
      'corrupt',
      `${name} is of version ${metadata.version}; this program reads version ${NETWORK_FILE_VERSION}`,
      { hint: 'export the run again' },
    );
  const { support, licence: _, ...description } = parseDescription(metadata.description, name);
  const weights = new Map(arrays);
  const embeddings = weights.get(SUPPORT_EMBEDDINGS);
  const pictures = weights.get(SUPPORT_PICTURES);
  weights.delete(SUPPORT_EMBEDDINGS);
  weights.delete(SUPPORT_PICTURES);
  return {
    network: { ...description, weights },
    support: support && embeddings && pictures ? { ...support, embeddings, pictures } : undefined,
  };
}

type Description = Omit<TrainedNetwork, 'weights'> & {
  readonly licence: string;
  readonly support?: Pick<CarriedSupport, 'labels' | 'ways'>;
};

function parseDescription(text: string | undefined, name: string): Description {
  try {
    return JSON.parse(text ?? '') as Description;
  } catch (error) {
    throw new OneshotError('corrupt', `${name} is not a whole network: its description is not JSON`, { cause: error });
  }
}

/** What the bytes of a network file hold. */
export function decodeNetworkFile(bytes: Uint8Array, name: string): NetworkFile {
  return readNetworkFile(decodeTensors(bytes, name), name);
}
