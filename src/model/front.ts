// The layers in front that nothing changes: what they make of a picture is computed once instead of in each step, and a
// network of somebody's own (layer `file`) is run there, since no engine computes it as layers.
import { OneshotError } from '../base/problem.js';
import type { Layer, LayerFile, Model } from '../config/experiment.js';
import { describeEncoderFile, digestEncoderFile, readEncoderFile } from '../layers/file/encoder-file.js';
import type { OpenFileNetwork } from '../layers/file/file-network.js';
import type { Shape } from '../layers/layer.js';
import { layerName } from '../layers/layer-name.js';
import { layerTypeOf } from '../layers/registry.js';
import { sizeOf } from '../layers/shape.js';
import type { NumberArray } from './named-arrays.js';
import type { NetworkShape } from './network-shape.js';

/** Pictures, or what some layers have made of them, as embeddings: both one behind the other. */
export interface PictureEncoder {
  embed(pictures: Float32Array, count: number): Promise<Float32Array>;
  dispose(): void;
}

/** Layers with which a front is worth its while: the others cost little. */
const HEAVY: readonly Layer['type'][] = ['pretrained', 'file'];

/** How many layers at the beginning of a network nothing changes; 0 where none of them takes time. */
export function countFixedLayers({ encoder, initialWeights }: Pick<Model, 'encoder' | 'initialWeights'>): number {
  const frozen = new Set(initialWeights?.frozen);
  const isFrozen = (layer: Layer, index: number) => frozen.has(layerName(layer, index));
  const first = encoder.findIndex(
    (layer, index) => !isFrozen(layer, index) && layerTypeOf(layer).isFixed?.(layer) !== true,
  );
  const count = first < 0 ? encoder.length : first;
  const front = encoder.slice(0, count);
  return front.some((layer, index) => HEAVY.includes(layer.type) || isFrozen(layer, index)) ? count : 0;
}

/** The network as it is where its input has been through the first `count` layers already. Its parameters stay all there. */
export function shapeBehind(shape: NetworkShape, count: number): NetworkShape {
  if (count === 0) return shape;
  const { encoder } = shape;
  const input = encoder.layers[count - 1]!.output;
  return { ...shape, input, encoder: { ...encoder, layers: encoder.layers.slice(count) } };
}

/** The layer `file` of an encoder, which is its first; undefined in others. */
export function fileLayerOf(encoder: readonly Layer[]): LayerFile | undefined {
  const [first] = encoder;
  return first?.type === 'file' ? first : undefined;
}

/** The digest of a layer `file` as its parameter. Throws a OneshotError('data') when its file is missing or no network. */
export function digestArray({ path }: LayerFile): NumberArray {
  const digest = digestEncoderFile(path);
  return { shape: [digest.length], values: Float32Array.from(digest) };
}

/**
 * The network of a layer `file` for pictures of the shape `input`; `digest` is its parameter. Rejects with a
 * OneshotError: 'data' when the file is missing, no network or one that the library does not run, 'corrupt' when it is
 * another than the digest says.
 */
export async function openFileEncoder(
  layer: LayerFile,
  input: Shape,
  digest: NumberArray | undefined,
  open: OpenFileNetwork,
): Promise<PictureEncoder> {
  const { path } = layer;
  if (digest?.values.join() !== digestArray(layer).values.join())
    throw new OneshotError('corrupt', `${path} is another file than the one that the network was made with`, {
      hint: 'put that one back; its content counts, not its name',
    });
  const form = describeEncoderFile(layer, input);
  const network = await open(readEncoderFile(path), form).catch((error: Error) => {
    throw new OneshotError('data', `ONNX Runtime cannot run ${path}: ${error.message}`, { cause: error });
  });
  const prepare = createPreparation(form, input);
  const [height, width] = input as [number, number, number];
  const shape = form.layout === 'nchw' ? [form.channels, height, width] : [height, width, form.channels];
  const size = sizeOf(input);
  const run = (pictures: Float32Array, count: number) => {
    try {
      return network.run(prepare(pictures, count), [count, ...shape]);
    } catch (error) {
      throw new OneshotError(
        'data',
        `${path} does not take pictures of ${height} x ${width}: ${(error as Error).message}`,
        {
          hint: 'set data.imageSize to the size that it was trained with',
          cause: error,
        },
      );
    }
  };
  return {
    async embed(pictures, count) {
      const embeddings = new Float32Array(count * form.units);
      const atOnce = form.batch ?? count;
      for (let first = 0; first < count; first += atOnce) {
        const given = Math.min(atOnce, count - first);
        // A batch of a fixed size is filled up with black pictures, whose embeddings nobody reads.
        const batch = new Float32Array(atOnce * size);
        batch.set(pictures.subarray(first * size, (first + given) * size));
        const output = run(batch, atOnce);
        poolOutput(output.subarray(0, (output.length / atOnce) * given), given, form, embeddings, first, path);
      }
      return embeddings;
    },
    dispose: () => network.dispose(),
  };
}

type Form = ReturnType<typeof describeEncoderFile>;

/** What makes pictures [count, height, width, channels] in [0, 1] into the network's input. */
function createPreparation(
  { layout, channels, mean, std }: Form,
  [height, width, given]: Shape,
): (pictures: Float32Array, count: number) => Float32Array {
  const places = height! * width!;
  // Ink becomes black on white, where the network knows colours.
  const valueAt =
    given === channels
      ? (pictures: Float32Array, picture: number, place: number, channel: number) =>
          pictures[(picture * places + place) * channels + channel]!
      : (pictures: Float32Array, picture: number, place: number) => 1 - pictures[picture * places + place]!;
  return (pictures, count) => {
    const prepared = new Float32Array(count * places * channels);
    for (let picture = 0; picture < count; picture++) {
      const start = picture * places * channels;
      for (let channel = 0; channel < channels; channel++) {
        const [offset, step] = layout === 'nchw' ? [channel * places, 1] : [channel, channels];
        const [centre, scale] = [mean[channel]!, std[channel]!];
        for (let place = 0; place < places; place++)
          prepared[start + offset + place * step] = (valueAt(pictures, picture, place, channel) - centre) / scale;
      }
    }
    return prepared;
  };
}

function poolOutput(
  output: Float32Array,
  count: number,
  { pool, units }: Form,
  embeddings: Float32Array,
  first: number,
  path: string,
): void {
  const perPicture = output.length / count;
  const vectors = pool.type === 'none' ? 1 : perPicture / units;
  if (perPicture !== vectors * units || !Number.isInteger(vectors) || vectors === 0)
    throw new OneshotError('data', `${path} gives ${perPicture} numbers for a picture; expected ${units}`, {
      hint: 'say units, the length of its embedding',
    });
  const taken = pool.type === 'mean' ? vectors : 1;
  const isPlanar = pool.type !== 'none' && pool.isPlanar;
  for (let picture = 0; picture < count; picture++)
    for (let unit = 0; unit < units; unit++) {
      let sum = 0;
      for (let vector = 0; vector < taken; vector++)
        sum += output[picture * perPicture + (isPlanar ? unit * vectors + vector : vector * units + unit)]!;
      embeddings[(first + picture) * units + unit] = sum / taken;
    }
}
