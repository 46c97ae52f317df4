// What a network has before it learns, beside what is drawn: weights that were learned elsewhere, and arrays that come
// from the training pictures themselves, layer by layer.
import { OneshotError } from '../base/problem.js';
import type { Model } from '../config/experiment.js';
import { type DataPlace, resolveDataFolder } from '../data/files/data-folder.js';
import { readPretrainedFile } from '../data/files/pretrained-files.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { Engine } from '../engine/engine.js';
import { fileNetworksBeside } from '../engine/open-file-network.js';
import { embedPictures } from '../evaluation/scorers/network.js';
import { layerTypeOf } from '../layers/registry.js';
import { digestArray } from '../model/front.js';
import { listTakenLayers } from '../model/initial-weights.js';
import { initializeNetwork } from '../model/initializers.js';
import { loadNetwork } from '../model/load-network.js';
import { hashArrays, type NamedArrays, type NumberArray } from '../model/named-arrays.js';
import { describeNetwork } from '../model/network-shape.js';
import { readPretrainedWeights } from '../model/pretrained/read-weights.js';
import type { TrainedNetwork } from '../trained/trained-network.js';
import { writeWeightsCheckpoint } from '../training/checkpoint.js';

export interface GivenWeightsOptions {
  readonly model: Model;
  readonly seed: number;
  readonly engine: Engine;
  readonly data: LoadedData;
  readonly place: DataPlace;
  /** The network that `model.initialWeights` names. */
  readonly learned: TrainedNetwork | undefined;
  readonly log: (line: string) => void;
}

/** What a network has before it learns. */
export interface GivenWeights {
  /** By path; empty for most networks. */
  readonly arrays: NamedArrays;
  /** What was measured on the way, for whoever needs the same features again. */
  readonly measured?: MeasuredFeatures;
}

/** What the first `layers` of an encoder make of pictures as drawn: [pictures, units]. */
export interface MeasuredFeatures {
  readonly layers: number;
  readonly pictures: Int32Array;
  readonly features: Float32Array;
}

/** Training pictures that arrays are measured on at most: the spread of a mean over more is nothing. */
const MOST_PICTURES = 4096;

/**
 * The arrays that are not drawn, and the features that the first of them was measured on. Throws a OneshotError('data') when a file of weights is
 * missing or damaged.
 */
export async function prepareGivenWeights(options: GivenWeightsOptions): Promise<GivenWeights> {
  const { model, data, place, log } = options;
  const { imageSize, channels } = data.description;
  const { encoder } = describeNetwork(model, imageSize, channels);
  const given = new Map<string, NumberArray>(takeLearned(options));
  const taken = new Set([...given.keys()].map((path) => path.slice(0, path.indexOf('/'))));
  let first: MeasuredFeatures | undefined;
  for (const { index, name, config, parameters } of encoder.layers) {
    if (taken.has(name)) continue;
    if (config.type === 'file') given.set(`${name}/digest`, digestArray(config));
    if (config.type === 'pretrained') {
      const file = await readPretrainedFile(config.network, resolveDataFolder(undefined, place));
      for (const [array, value] of readPretrainedWeights(config.network, parameters, file))
        given.set(`${name}/${array}`, value);
    }
    const type = layerTypeOf(config);
    if (type.fit === undefined) continue;
    log(`measures what reaches ${name}`);
    const measured = await embedTraining(options, index, given);
    first ??= measured;
    const fitted = type.fit(config, measured.features, measured.pictures.length);
    for (const { name: array, shape } of parameters) {
      const values = fitted.get(array);
      if (values !== undefined) given.set(`${name}/${array}`, { shape, values });
    }
  }
  return { arrays: given, ...(first && { measured: first }) };
}

/**
 * The arrays of the layers that come from another network, in the order of this one. Throws OneshotError('corrupt') when
 * one does not fit.
 */
function takeLearned({ model, learned, data }: GivenWeightsOptions): [string, NumberArray][] {
  if (model.initialWeights === undefined || learned === undefined) return [];
  const { imageSize, channels } = data.description;
  const shape = describeNetwork(model, imageSize, channels);
  const layers = new Set(listTakenLayers(model.initialWeights, shape));
  return shape.parameters.flatMap(({ path, layer, shape: wanted }): [string, NumberArray][] => {
    if (!layers.has(layer)) return [];
    const array = learned.weights.get(path);
    if (array?.shape.join() !== wanted.join())
      throw new OneshotError('corrupt', `the initial weights have no ${path} of shape [${wanted.join(', ')}]`);
    return [[path, array]];
  });
}

/** Writes a network that learns nothing as the best weights of its run. */
export function writeUntrainedNetwork(
  path: string,
  { model, seed, data }: GivenWeightsOptions,
  given: NamedArrays,
): void {
  const { imageSize, channels } = data.description;
  const arrays = initializeNetwork(describeNetwork(model, imageSize, channels), seed, given);
  writeWeightsCheckpoint(path, { epoch: 0, weightHash: hashArrays(arrays), arrays });
}

// What the first `count` layers make of the training pictures.
async function embedTraining(
  { model, seed, engine, data }: GivenWeightsOptions,
  layers: number,
  given: NamedArrays,
): Promise<MeasuredFeatures> {
  const { imageSize, channels } = data.description;
  const part: Model = { ...model, encoder: model.encoder.slice(0, layers) as Model['encoder'] };
  const arrays = initializeNetwork(describeNetwork(part, imageSize, channels), seed, given);
  const host = { tf: engine.tf, openFile: fileNetworksBeside(engine) };
  const { functions, batchSize, dispose } = await loadNetwork(host, part, { imageSize, channels }, arrays);
  try {
    const { set, pictures } = data.split.train;
    const every = Math.ceil(pictures.length / MOST_PICTURES);
    const sample = pictures.filter((_, i) => i % every === 0);
    const { embeddings } = await embedPictures(functions, { batchSize }, { clean: set, source: data.source }, sample);
    return { layers, pictures: sample, features: embeddings };
  } finally {
    dispose();
  }
}
