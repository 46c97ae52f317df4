// What the layers in front of an encoder that nothing changes make of pictures: computed once for each picture as drawn and
// kept as long as a trial trains, and anew for each distorted one. Steps and validations begin behind them.
import type { Tensor } from '@tensorflow/tfjs';
import type { Augmentation, Model } from '../config/experiment.js';
import { makesNewPictures } from '../data/distortion/distort.js';
import type { LoadedData } from '../data/loaded-data.js';
import type { DrawnBatch } from '../data/sampling/batch.js';
import type { Engine } from '../engine/engine.js';
import { fileNetworksBeside } from '../engine/open-file-network.js';
import { embedPictures, type PictureFeatures } from '../evaluation/scorers/network.js';
import type { TensorFlow } from '../layers/layer.js';
import { countFixedLayers, shapeBehind } from '../model/front.js';
import { initializeNetwork } from '../model/initializers.js';
import { type LoadedNetwork, loadNetwork } from '../model/load-network.js';
import type { NamedArrays } from '../model/named-arrays.js';
import { buildNetwork } from '../model/network.js';
import { makeNetworkFunctions } from '../model/network-functions.js';
import { describeNetwork, type NetworkShape } from '../model/network-shape.js';
import type { MeasuredFeatures } from './given-weights.js';

export interface FixedFront {
  /** Layers that it stands for. */
  readonly layers: number;
  /** A batch with features in place of its pictures. */
  replacePictures(batch: DrawnBatch): Promise<DrawnBatch>;
  /** The features of pictures of the data set as drawn; each is computed the first time that it is asked for. */
  featuresOf(pictures: Int32Array): Promise<PictureFeatures>;
  dispose(): void;
}

export interface FixedFrontOptions {
  readonly model: Model;
  readonly augmentation: Augmentation;
  readonly engine: Engine;
  readonly data: LoadedData;
  /** Those of the whole network by path. */
  readonly weights: NamedArrays;
  /** Features of some pictures that are known already. */
  readonly measured?: MeasuredFeatures | undefined;
}

/** The fixed layers of a network, ready to be used; undefined where its first layer learns. */
export async function openFixedFront(options: FixedFrontOptions): Promise<FixedFront | undefined> {
  const { model, augmentation, data, engine, weights, measured } = options;
  const layers = countFixedLayers(model);
  if (layers === 0) return undefined;
  const { imageSize, channels } = data.description;
  const part: Model = { ...model, encoder: model.encoder.slice(0, layers) as Model['encoder'] };
  const shape = describeNetwork(part, imageSize, channels);
  const names = shape.encoder.layers.map(({ name }) => `${name}/`);
  const own = new Map([...weights].filter(([path]) => names.some((name) => path.startsWith(name))));
  const host = { tf: engine.tf, openFile: fileNetworksBeside(engine) };
  const network = await loadNetwork(host, part, { imageSize, channels }, initializeNetwork(shape, 0, own));
  const features = new KnownFeatures(network, data);
  const isEachNew = makesNewPictures(augmentation);
  if (measured !== undefined && measured.layers < layers && !isEachNew)
    features.take(measured.pictures, await passOn(engine.tf, part, shape, own, measured));
  return {
    layers,
    async replacePictures(batch) {
      const { pictures, images } = batch;
      const count = pictures.length;
      if (isEachNew) return { ...batch, images: await embedInPieces(network, images, count) };
      const known = await features.of(pictures);
      const replaced = new Float32Array(count * known.length);
      for (const [place, picture] of pictures.entries()) replaced.set(known.at(picture), place * known.length);
      return { ...batch, images: replaced };
    },
    featuresOf: (pictures) => features.of(pictures),
    dispose: network.dispose,
  };
}

/** Features by picture, found once. */
class KnownFeatures {
  readonly #rows = new Map<number, Float32Array>();
  readonly #network: LoadedNetwork;
  readonly #data: LoadedData;

  constructor(network: LoadedNetwork, data: LoadedData) {
    this.#network = network;
    this.#data = data;
  }

  /** What is known of pictures already: [pictures, units]. */
  take(pictures: Int32Array, embeddings: Float32Array): void {
    const { units } = this.#network;
    for (const [row, picture] of pictures.entries())
      this.#rows.set(picture, embeddings.subarray(row * units, (row + 1) * units));
  }

  async of(pictures: Int32Array): Promise<PictureFeatures> {
    const missing = [...new Set(pictures)].filter((picture) => !this.#rows.has(picture)).sort((a, b) => a - b);
    if (missing.length > 0) {
      const { functions, batchSize } = this.#network;
      const sets = { clean: this.#data.split.train.set, source: this.#data.source };
      const numbers = Int32Array.from(missing);
      this.take(numbers, (await embedPictures(functions, { batchSize }, sets, numbers)).embeddings);
    }
    return { length: this.#network.units, at: (picture) => this.#rows.get(picture)! };
  }
}

/** What the layers behind those of `measured` make of its features. */
async function passOn(
  tf: TensorFlow,
  part: Model,
  shape: NetworkShape,
  arrays: NamedArrays,
  { layers, pictures, features }: MeasuredFeatures,
): Promise<Float32Array> {
  const behind = shapeBehind(shape, layers);
  const tensors = new Map(
    behind.encoder.layers.flatMap(({ name, parameters }) =>
      parameters.map((parameter): [string, Tensor] => {
        const { shape: dimensions, values } = arrays.get(`${name}/${parameter.name}`)!;
        return [`${name}/${parameter.name}`, tf.tensor(values, [...dimensions])];
      }),
    ),
  );
  try {
    return await makeNetworkFunctions(tf, buildNetwork(tf, part, behind, tensors)).embed(features, pictures.length);
  } finally {
    tf.dispose([...tensors.values()]);
  }
}

async function embedInPieces(
  { functions, batchSize, units }: LoadedNetwork,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const size = images.length / count;
  const embeddings = new Float32Array(count * units);
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(count, first + batchSize);
    embeddings.set(await functions.embed(images.subarray(first * size, last * size), last - first), first * units);
  }
  return embeddings;
}
