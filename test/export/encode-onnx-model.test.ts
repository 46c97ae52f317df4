// Exported ONNX files in ONNX Runtime itself: the numbers of every layer and head are those of this program.
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { Head, Layer } from '../../src/config/experiment.js';
import { encodeOnnxModel } from '../../src/export/onnx/encode-onnx-model.js';
import { initializeNetwork } from '../../src/model/initializers.js';
import { loadNetwork } from '../../src/model/load-network.js';
import { hashArrays } from '../../src/model/named-arrays.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import type { CarriedSupport } from '../../src/trained/network-file.js';
import type { TrainedNetwork } from '../../src/trained/trained-network.js';

const SIZE = 12;
const normal = { type: 'normal', mean: 0, standardDeviation: 0.2 } as const;
const conv = (filters: number, more: object = {}) =>
  ({
    type: 'conv',
    filters,
    kernelSize: 3,
    stride: 1,
    padding: 'same',
    useBias: true,
    weightInitializer: normal,
    biasInitializer: normal,
    ...more,
  }) as Layer;
const dense = (units: number) =>
  ({ type: 'dense', units, useBias: true, weightInitializer: normal, biasInitializer: normal }) as Layer;
const norm = { type: 'batchNorm', epsilon: 1e-3, statisticsMomentum: 0.9 } as Layer;

const ENCODERS: Readonly<Record<string, readonly Layer[]>> = {
  'strides, padding, pooling and batch normalisation': [
    conv(4, { stride: 2 }),
    norm,
    { type: 'leakyRelu', slope: 0.2 },
    { type: 'maxPool', size: 2, padding: 'valid' },
    conv(6, { kernelSize: [1, 3], padding: 'valid' }),
    { type: 'relu' },
    { type: 'flatten' },
    dense(8),
    norm,
    { type: 'sigmoid' },
  ] as Layer[],
  'padded means, residual blocks and global pooling': [
    conv(4),
    { type: 'avgPool', size: 3, stride: 2, padding: 'same' },
    { type: 'residual', layers: [conv(6, { stride: 2 }), norm], projectionInitializer: normal },
    { type: 'residual', layers: [conv(6), { type: 'tanh' }], projectionInitializer: normal },
    { type: 'dropout', rate: 0.5 },
    { type: 'globalAveragePool' },
  ] as Layer[],
};

const HEADS = [
  { type: 'weightedL1', weightInitializer: normal, biasInitializer: normal },
  { type: 'l1', scale: 1, bias: 0.5 },
  { type: 'l2', squared: true, scale: 1, bias: 0 },
  { type: 'cosine', scale: 5, bias: -1 },
] as Head[];

function makeNetwork(encoder: readonly Layer[], head: Head): TrainedNetwork {
  const model = { encoder: [...encoder], head };
  const weights = initializeNetwork(describeNetwork(model, SIZE), 1);
  // Running statistics that do something.
  for (const [path, { values }] of weights)
    if (/running/.test(path)) values.set(values.map((_, i) => 0.5 + (i % 3) / 4));
  return {
    model,
    pictures: {
      imageSize: SIZE,
      sourceSize: SIZE,
      color: 'grey',
      fit: 'pad',
      ink: 'auto',
      inkGain: 1,
      background: '#ffffff',
    },
    weights,
    weightHash: hashArrays(weights),
    origin: {
      experiment: 'e',
      trial: 't',
      seed: 1,
      uid: 'u',
      fingerprint: 'f',
      dataset: 'glyphs',
      dataIdentity: 'd',
      split: 's',
      program: '0',
    },
    accuracies: [],
    calibrations: [],
  };
}

const ink = (count: number, step: number) =>
  Float32Array.from({ length: count * SIZE * SIZE }, (_, i) => ((i * step) % 97) / 96);

async function runOnnx(network: TrainedNetwork, pictures: Float32Array, support?: CarriedSupport) {
  const session = await InferenceSession.create(encodeOnnxModel(network, support));
  return session.run({ pictures: new Tensor('float32', pictures, [pictures.length / SIZE ** 2, SIZE, SIZE, 1]) });
}

const noFiles = () => Promise.reject(new Error('these networks have no files'));

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('encodeOnnxModel', () => {
  test.each(Object.entries(ENCODERS))(
    'computes the embeddings of %s, for any number of pictures',
    async (_, encoder) => {
      const network = makeNetwork(encoder, HEADS[0]!);
      await tf.setBackend('cpu');
      const { functions, units, dispose } = await loadNetwork(
        { tf, openFile: noFiles },
        network.model,
        { imageSize: SIZE },
        network.weights,
      );
      for (const count of [1, 3]) {
        const { embeddings } = await runOnnx(network, ink(count, 31));
        expect(embeddings!.dims).toEqual([count, units]);
        const ours = await functions.embed(ink(count, 31), count);
        expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.05);
        expect(largestDifference(ours, embeddings!.data as Float32Array)).toBeLessThan(1e-5);
      }
      dispose();
    },
  );

  test.each(HEADS)('scores a support set with the head $type', async (head) => {
    const network = makeNetwork([conv(2, { stride: 2 }), { type: 'flatten' } as Layer, dense(5)], head);
    await tf.setBackend('cpu');
    const { functions, units, dispose } = await loadNetwork(
      { tf, openFile: noFiles },
      network.model,
      { imageSize: SIZE },
      network.weights,
    );
    const known = await functions.embed(ink(3, 17), 3);
    const support = {
      labels: ['oak', 'fir'],
      ways: [0, 0, 1],
      embeddings: { shape: [3, units], values: known },
      pictures: { shape: [3, SIZE, SIZE, 1], values: ink(3, 17) },
    };
    const { scores, probabilities } = await runOnnx(network, ink(2, 31), support);
    const pairs = await functions.scoreQueries(await functions.embed(ink(2, 31), 2), known, units);
    const means = [0, 1].flatMap((row) => [(pairs[3 * row]! + pairs[3 * row + 1]!) / 2, pairs[3 * row + 2]!]);
    expect(scores!.dims).toEqual([2, 2]);
    expect(largestDifference(means, scores!.data as Float32Array)).toBeLessThan(1e-4);
    const [first, second] = probabilities!.data as Float32Array;
    expect(first! + second!).toBeCloseTo(1, 5);
    expect(Math.log(first! / second!)).toBeCloseTo(means[0]! - means[1]!, 3);
    dispose();
  });
});
