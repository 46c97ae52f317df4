// Networks of somebody's own, in ONNX files, in front of a network: run by ONNX Runtime, compared with what they compute.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encodeModel,
  FloatAttribute,
  type ModelValue,
} from '../../packages/tfjs-backend-onnxruntime/src/runtime/onnx-model.js';
import type { LayerFile, Model } from '../../src/config/experiment.js';
import { fileNetworksBeside } from '../../src/engine/open-file-network.js';
import { encodeOnnxModel } from '../../src/export/onnx/encode-onnx-model.js';
import { countFixedLayers, digestArray } from '../../src/model/front.js';
import { initializeNetwork } from '../../src/model/initializers.js';
import { loadNetwork } from '../../src/model/load-network.js';
import { hashArrays, type NamedArrays } from '../../src/model/named-arrays.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import type { TrainedNetwork } from '../../src/trained/trained-network.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-encoder-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const host = {
  tf,
  openFile: fileNetworksBeside({
    description: { name: 'cpu', version: '', tensorflowJsVersion: '', threads: 1, settings: {} },
  }),
};
const COSINE = { type: 'cosine', scale: 10 } as unknown as Model['head'];

/** A file whose network is one operator, from `pictures` to `output`. */
function writeFile(
  name: string,
  operator: string,
  input: ModelValue['shape'],
  output: ModelValue['shape'],
  attributes = {},
): string {
  const path = join(folder, name);
  const node = { name: 'only', operator, domain: '', inputs: ['pictures'], outputs: ['output'], attributes };
  const graph = {
    nodes: [node],
    constants: [],
    inputs: [{ name: 'pictures', dtype: 'float32' as const, shape: input }],
    outputs: [{ name: 'output', dtype: 'float32' as const, shape: output }],
  };
  writeFileSync(path, encodeModel(graph));
  return path;
}

const layer = (path: string, settings: Partial<LayerFile> = {}): LayerFile => ({
  type: 'file',
  name: 'features',
  path,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  ...settings,
});

/** Embeddings of pictures [count, size, size, channels] by an encoder of this layer and others. */
async function embed(
  first: LayerFile,
  pictures: readonly number[],
  count: number,
  { imageSize = 2, channels = 3 } = {},
): Promise<number[]> {
  await tf.setBackend('cpu');
  const model = { encoder: [first], head: COSINE } as unknown as Model;
  const arrays = initializeNetwork(
    describeNetwork(model, imageSize, channels),
    1,
    new Map([['features/digest', digestArray(first)]]),
  );
  const network = await loadNetwork(host, model, { imageSize, channels }, arrays);
  try {
    return [...(await network.functions.embed(Float32Array.from(pictures), count))];
  } finally {
    network.dispose();
  }
}

// Two pictures of 2 x 2: red, green and blue of each place.
const PICTURES = [
  ...[1, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0.5, 0.5, 0, 0.5],
  ...[0, 1, 0.25, 0, 1, 0.25, 0, 0, 0.25, 0, 0, 0.25],
];

describe('the network of an ONNX file', () => {
  test('gives what the network gave that it was exported from', async () => {
    await tf.setBackend('cpu');
    const conv = { type: 'conv', filters: 3, kernelSize: 3, stride: 1, padding: 'valid', useBias: true };
    const initializers = {
      weightInitializer: { type: 'heNormal' },
      biasInitializer: { type: 'normal', mean: 0, standardDeviation: 0.5 },
    };
    const model = {
      encoder: [{ ...conv, ...initializers }, { type: 'relu' }, { type: 'flatten' }],
      head: COSINE,
    } as unknown as Model;
    const weights: NamedArrays = initializeNetwork(describeNetwork(model, 8, 3), 7);
    const network = { model, weights, weightHash: hashArrays(weights), calibrations: [], accuracies: [] };
    const path = join(folder, 'exported.onnx');
    const pictures = {
      imageSize: 8,
      sourceSize: 8,
      color: 'rgb',
      fit: 'crop',
      ink: 'auto',
      inkGain: 1,
      background: '#fff',
    };
    const origin = { experiment: 'tiny', trial: 'seed=1' };
    writeFileSync(path, encodeOnnxModel({ ...network, pictures, origin } as unknown as TrainedNetwork, undefined));

    const ink = Array.from({ length: 3 * 8 * 8 * 3 }, (_, i) => ((i * 37) % 101) / 101);
    const own = await loadNetwork(host, model, { imageSize: 8, channels: 3 }, weights);
    const wanted = await own.functions.embed(Float32Array.from(ink), 3);
    own.dispose();
    // What it takes is known: pictures as they are.
    const found = await embed({ type: 'file', name: 'features', path }, ink, 3, { imageSize: 8 });
    expect(found).toHaveLength(wanted.length);
    expect(Math.max(...found)).toBeGreaterThan(0.5);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(wanted[i]!, 5);
  });

  test('sees channels first or last, as the file or the layer says, less the mean and by the deviation', async () => {
    const settings = { pool: 'flatten' as const, mean: [0.5, 0, 0.25], std: [0.5, 1, 0.25] };
    const planar = writeFile('planar.onnx', 'Identity', ['batch', 3, 2, 2], ['batch', 3, 2, 2]);
    const red = [1, -1, 0, 0];
    const blue = [1, 1, 1, 1];
    expect(await embed(layer(planar, settings), PICTURES.slice(0, 12), 1)).toEqual([...red, 0, 0, 0, 0, ...blue]);
    const last = writeFile('last.onnx', 'Identity', ['batch', 2, 2, 3], ['batch', 2, 2, 3]);
    expect(await embed(layer(last, settings), PICTURES.slice(0, 12), 1)).toEqual(
      red.flatMap((value, place) => [value, 0, blue[place]!]),
    );
  });

  test('takes the mean over places, or the first vector', async () => {
    const planar = writeFile('planar.onnx', 'Identity', ['batch', 3, 2, 2], ['batch', 3, 2, 2]);
    expect(await embed(layer(planar, { pool: 'mean' }), PICTURES, 2)).toEqual([0.5, 0, 0.5, 0, 0.5, 0.25]);
    const tokens = writeFile('tokens.onnx', 'Identity', ['batch', 2, 2, 3], ['batch', 4, 3]);
    const known = layer(tokens, { pool: 'first' });
    // The file says less of its output than it gives: four vectors of three numbers.
    expect(await embed(known, PICTURES, 2)).toEqual([1, 0, 0.5, 0, 1, 0.25]);
  });

  test('is fed a fixed number of pictures where the file fixes it, and the rest is filled up', async () => {
    const pairs = writeFile('pairs.onnx', 'Identity', [2, 2, 2, 3], [2, 2, 2, 3]);
    expect(await embed(layer(pairs, { pool: 'flatten' }), [...PICTURES, ...PICTURES.slice(0, 12)], 3)).toEqual([
      ...PICTURES,
      ...PICTURES.slice(0, 12),
    ]);
  });

  test('sees ink as black on white, or as ink where it takes one channel', async () => {
    const colors = writeFile('colors.onnx', 'Identity', ['batch', 3, 2, 2], ['batch', 3, 2, 2]);
    expect(await embed(layer(colors, { pool: 'mean' }), [1, 0, 0, 0], 1, { channels: 1 })).toEqual([0.75, 0.75, 0.75]);
    const ink = writeFile('ink.onnx', 'Identity', ['batch', 1, 2, 2], ['batch', 1, 2, 2]);
    const settings = { pool: 'flatten' as const, mean: [0], std: [0.5] };
    expect(await embed(layer(ink, settings), [1, 0, 0, 0.5], 1, { channels: 1 })).toEqual([2, 0, 0, 1]);
  });

  test('has its lengths from the layer where the file leaves them open', async () => {
    const open = writeFile('open.onnx', 'Flatten', ['n', 'c', 'h', 'w'], ['n', 'm']);
    expect(() => describeNetwork({ encoder: [layer(open)], head: COSINE } as unknown as Model, 2, 3)).toThrow(
      'open.onnx does not say how many numbers output [n, m] has for a picture: say units',
    );
    expect(await embed(layer(open, { units: 12 }), PICTURES, 2)).toHaveLength(24);
    await expect(embed(layer(open, { units: 5 }), PICTURES, 2)).rejects.toThrow(
      'gives 12 numbers for a picture; expected 5',
    );
  });

  test('says with the words of the library what it cannot run', async () => {
    const wrong = writeFile('wrong.onnx', 'LeakyRelu', ['n', 3, 2, 2], ['n', 3, 2, 2], {
      alpha: new FloatAttribute(1),
    });
    expect(await embed(layer(wrong, { pool: 'flatten' }), PICTURES, 2)).toHaveLength(24);
    const unknown = writeFile('unknown.onnx', 'NoSuchOperator', ['n', 3, 2, 2], ['n', 3, 2, 2]);
    await expect(embed(layer(unknown, { pool: 'flatten' }), PICTURES, 2)).rejects.toThrow(
      /ONNX Runtime cannot run .*unknown\.onnx: .*NoSuchOperator/,
    );
  });

  test('is known by its content: another file of the same name is refused', async () => {
    const path = writeFile('changed.onnx', 'Identity', ['n', 3, 2, 2], ['n', 3, 2, 2]);
    const first = layer(path, { pool: 'flatten' });
    const model = { encoder: [first], head: COSINE } as unknown as Model;
    const digest = digestArray(first);
    const arrays = initializeNetwork(describeNetwork(model, 2, 3), 1, new Map([['features/digest', digest]]));
    writeFile('changed.onnx', 'Relu', ['n', 3, 2, 2], ['n', 3, 2, 2]);
    await expect(loadNetwork(host, model, { imageSize: 2, channels: 3 }, arrays)).rejects.toMatchObject({
      code: 'corrupt',
    });
  });
});

describe('what does not fit is refused before anything runs', () => {
  const shapeOf = (first: LayerFile, imageSize = 2, channels = 3) =>
    describeNetwork({ encoder: [first], head: COSINE } as unknown as Model, imageSize, channels);

  test.each<[string, () => LayerFile, string]>([
    ['no file', () => layer(join(folder, 'none.onnx')), 'none.onnx is missing'],
    ['a text', () => layer(writeText('text.onnx', 'no network at all')), 'text.onnx is no ONNX file'],
    [
      'weights alone',
      () => layer(writeText('model.safetensors', '{}')),
      'holds weights without the layers that compute with them; export the network as ONNX',
    ],
    [
      'another size',
      () => layer(writeFile('large.onnx', 'Identity', ['n', 3, 224, 224], ['n', 3])),
      'takes pictures [n, 3, 224, 224], but 2x2 pictures reach it: set data.imageSize: 224',
    ],
    [
      'no pictures',
      () => layer(writeFile('vector.onnx', 'Identity', ['n', 10], ['n', 10])),
      'takes pictures [n, 10], and no pictures [batch, channels, height, width]',
    ],
    [
      'other channels',
      () => layer(writeFile('four.onnx', 'Identity', ['n', 4, 2, 2], ['n', 4])),
      'as nchw that is 4 channels, and pictures with 3 reach it',
    ],
    [
      'many vectors',
      () => layer(writeFile('many.onnx', 'Identity', ['n', 3, 2, 2], ['n', 5, 7])),
      'gives output [n, 5, 7], many vectors for a picture: say pool: first (its class token), mean or flatten',
    ],
    [
      'another output',
      () => layer(writeFile('named.onnx', 'Identity', ['n', 3, 2, 2], ['n', 3]), { output: 'image_embeds' }),
      'named.onnx has no output image_embeds; it has output [n, 3]',
    ],
    [
      'unknown colours',
      () => layer(writeFile('colours.onnx', 'Identity', ['n', 3, 2, 2], ['n', 3]), { mean: undefined, std: undefined }),
      'nothing says what colours.onnx makes of colours, no preprocessor_config.json beside it: say mean and std',
    ],
    [
      'too few colours',
      () => layer(writeFile('few.onnx', 'Identity', ['n', 3, 2, 2], ['n', 3]), { mean: [0.5] }),
      'few.onnx takes 3 channels: say mean and std with as many numbers',
    ],
  ])('%s', (_, make, message) => {
    expect(() => shapeOf(make())).toThrow(message);
  });

  test('the colours may stand in a preprocessor_config.json beside the file', () => {
    const path = writeFile('beside.onnx', 'Identity', ['n', 3, 2, 2], ['n', 3]);
    writeText('preprocessor_config.json', JSON.stringify({ image_mean: [0.1, 0.2, 0.3], image_std: [1, 2, 3] }));
    const found = shapeOf(layer(path, { mean: undefined, std: undefined }));
    rmSync(join(folder, 'preprocessor_config.json'));
    expect(found.encoder.units).toBe(3);
  });

  function writeText(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }
});

test('layers are fixed as far as nothing in them learns, where one of them takes time', () => {
  const pretrained = { type: 'pretrained', network: 'efficientnet-lite0', trainLast: 0, rateDecay: 1 };
  const center = { type: 'center', whiten: false, shrinkage: 0.1 };
  const dense = { type: 'dense', units: 4 };
  const count = (...layers: unknown[]) => countFixedLayers({ encoder: layers as Model['encoder'] });
  expect(count(pretrained, center, dense)).toBe(2);
  expect(count({ ...pretrained, trainLast: 2 }, center, dense)).toBe(0);
  expect(count({ type: 'flatten' }, dense)).toBe(0);
  expect(count(layer('any.onnx'))).toBe(1);
});
