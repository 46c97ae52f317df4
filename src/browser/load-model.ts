// The library of pages, `oneshot-runner/browser`: opens an exported network, embeds pictures and names them. Nothing of Node
// in it: bundle.js makes one file of it with all that it needs.
import { channelsOfForm, createViewer, type SeenPicture } from '../data/pictures/see-picture.js';
import { loadNetwork } from '../model/load-network.js';
import { type Answer, answerQuery } from '../trained/answer.js';
import { type Calibration, nearestCalibration } from '../trained/calibration.js';
import { decodeNetworkFile, describeNetworkFile } from '../trained/network-file.js';
import { decodePicture, type PictureLike } from './decode-picture.js';
import { startEngine } from './start-engine.js';

export type { Answer, NamedClass } from '../trained/answer.js';
export type { Calibration } from '../trained/calibration.js';
export type { PictureLike, SeenPicture };

/** A file that `oneshot export --format safetensors` wrote: its address, the file, or its bytes. */
export type ModelFile = string | URL | Blob | ArrayBuffer | Uint8Array;

/** Embedded pictures with the classes that they show. */
export interface Support {
  readonly labels: readonly string[];
  /** Class of each picture, by its number in `labels`. */
  readonly ways: readonly number[];
  /** Of each picture, as `embed` returns them. */
  readonly embeddings: readonly Float32Array[];
}

export interface ClassifyOptions {
  /** The pictures that are known; those that the export brings along when left out. */
  readonly support?: Support;
  /** The score below which the answer has no name; calibrated when left out. `none`: there is always a name. */
  readonly threshold?: number | 'none';
}

export interface CalibratedAnswer extends Answer {
  /** What the answer was read by: of the ways and shots nearest to the support set's. */
  readonly calibration: Calibration | undefined;
}

/** A network in a page. */
export interface Model {
  /** What the export says of itself: architecture, form of its pictures, origin, accuracies, calibrations, licence. */
  readonly description: ReturnType<typeof describeNetworkFile>;
  /** The support set that the export brings along. */
  readonly support: Support | undefined;
  /** Length of an embedding. */
  readonly units: number;
  /** The picture as the network sees it. */
  see(picture: PictureLike): Promise<SeenPicture>;
  /** The embeddings of pictures, or of what `see` made of them, in their order. */
  embed(pictures: readonly (PictureLike | SeenPicture)[]): Promise<Float32Array[]>;
  /** The answer to a picture, to what `see` made of it, or to its embedding. */
  classify(query: PictureLike | SeenPicture | Float32Array, options?: ClassifyOptions): Promise<CalibratedAnswer>;
  /** Frees its memory; it must not be used any more. */
  dispose(): void;
}

/** The network of an export. Rejects when it cannot be fetched or is none. */
export async function loadModel(exported: ModelFile): Promise<Model> {
  const { bytes, name } = await readFile(exported);
  const file = decodeNetworkFile(bytes, name);
  const { model, pictures: form, weights, calibrations } = file.network;
  const channels = channelsOfForm(form);
  const host = { tf: await startEngine(), openFile: refuseFile };
  const network = await loadNetwork(host, model, { imageSize: form.imageSize, channels }, weights);
  const { units, functions, batchSize } = network;
  const view = createViewer(form);

  const see = async (picture: PictureLike) => view(await decodePicture(picture));
  const embed = async (pictures: readonly (PictureLike | SeenPicture)[]) => {
    const embeddings: Float32Array[] = [];
    for (let first = 0; first < pictures.length; first += batchSize) {
      const batch: SeenPicture[] = [];
      for (const picture of pictures.slice(first, first + batchSize))
        batch.push(isSeen(picture) ? picture : await see(picture));
      const values = await functions.embed(toInk(batch), batch.length);
      for (let row = 0; row < batch.length; row++) embeddings.push(values.slice(row * units, (row + 1) * units));
    }
    return embeddings;
  };

  const support = file.support && {
    labels: file.support.labels,
    ways: file.support.ways,
    embeddings: file.support.ways.map((_, row) =>
      file.support!.embeddings.values.slice(row * units, (row + 1) * units),
    ),
  };

  return {
    description: describeNetworkFile(file),
    support,
    units,
    see,
    embed,
    async classify(query, options = {}) {
      const known = options.support ?? support;
      if (known === undefined || known.embeddings.length === 0)
        throw new Error('there is no support set: embed one picture at least of each class that may be named');
      const [embedding] = query instanceof Float32Array ? [query] : await embed([query]);
      const scores = await functions.scoreQueries(embedding!, join(known.embeddings, units), units);
      const calibration = nearestCalibration(
        calibrations,
        known.labels.length,
        known.embeddings.length / known.labels.length,
      );
      const threshold = options.threshold === 'none' ? undefined : (options.threshold ?? calibration?.threshold);
      return { ...answerQuery(scores, known, { threshold, temperature: calibration?.temperature }), calibration };
    },
    dispose: network.dispose,
  };
}

// No export has such a layer.
async function refuseFile(): Promise<never> {
  throw new Error('a network that begins with a file of its own cannot be used in a page');
}

async function readFile(file: ModelFile): Promise<{ bytes: Uint8Array; name: string }> {
  if (file instanceof Uint8Array) return { bytes: file, name: 'the export' };
  if (file instanceof ArrayBuffer) return { bytes: new Uint8Array(file), name: 'the export' };
  if (file instanceof Blob) {
    const name = file instanceof File ? file.name : 'the export';
    return { bytes: new Uint8Array(await file.arrayBuffer()), name };
  }
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`${file} cannot be fetched: ${answer.status} ${answer.statusText}`);
  return { bytes: new Uint8Array(await answer.arrayBuffer()), name: String(file) };
}

function isSeen(picture: PictureLike | SeenPicture): picture is SeenPicture {
  return 'pixels' in picture;
}

/** `[pictures, imageSize, imageSize, channels]`, from 0 to 1. */
function toInk(seen: readonly SeenPicture[]): Float32Array {
  const size = seen[0]?.pixels.length ?? 0;
  const ink = new Float32Array(seen.length * size);
  for (const [i, { pixels }] of seen.entries()) for (let p = 0; p < size; p++) ink[i * size + p] = pixels[p]! / 255;
  return ink;
}

/** `[rows, units]`. */
function join(rows: readonly Float32Array[], units: number): Float32Array {
  const joined = new Float32Array(rows.length * units);
  for (const [row, values] of rows.entries()) joined.set(values, row * units);
  return joined;
}
