// Networks with every layer and head, for the tests of what is written for other programs.
import type { Head, Layer } from '../../../src/config/experiment.js';
import { initializeNetwork } from '../../../src/model/initializers.js';
import { hashArrays } from '../../../src/model/named-arrays.js';
import { describeNetwork } from '../../../src/model/network-shape.js';
import type { TrainedNetwork } from '../../../src/trained/trained-network.js';

/** Height and width of their pictures. */
export const SIZE = 12;
const normal = { type: 'normal', mean: 0, standardDeviation: 0.2 } as const;
export const conv = (filters: number, more: object = {}) =>
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
export const dense = (units: number) =>
  ({ type: 'dense', units, useBias: true, weightInitializer: normal, biasInitializer: normal }) as Layer;
const norm = { type: 'batchNorm', epsilon: 1e-3, statisticsMomentum: 0.9 } as Layer;

export const ENCODERS: Readonly<Record<string, readonly Layer[]>> = {
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
  'depthwise convolutions, clipped, and whitened embeddings': [
    { ...conv(0, { stride: 2 }), type: 'depthwiseConv', multiplier: 3 },
    { type: 'relu6' },
    { ...conv(0, { padding: 'valid', useBias: false }), type: 'depthwiseConv', multiplier: 2 },
    { type: 'center', whiten: true, shrinkage: 0.1 },
  ] as Layer[],
  'a pretrained network and centred embeddings': [
    { type: 'pretrained', network: 'efficientnet-lite0', trainLast: 0 },
    { type: 'center', whiten: false, shrinkage: 0.1 },
  ] as Layer[],
};

export const HEADS = [
  { type: 'weightedL1', weightInitializer: normal, biasInitializer: normal },
  { type: 'l1', scale: 1, bias: 0.5 },
  { type: 'l2', squared: true, scale: 1, bias: 0 },
  { type: 'cosine', scale: 5, bias: -1 },
] as Head[];

export function makeNetwork(encoder: readonly Layer[], head: Head): TrainedNetwork {
  const model = { encoder: [...encoder], head };
  const weights = initializeNetwork(describeNetwork(model, SIZE), 1);
  // Statistics that do something.
  for (const [path, { values }] of weights) {
    if (/running/.test(path)) values.set(values.map((_, i) => 0.5 + (i % 3) / 4));
    if (/center/.test(path)) values.set(values.map((_, i) => ((i * 31) % 17) / 17 - 0.5));
  }
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

/** `count` pictures `[count, SIZE, SIZE, 1]`. */
export const ink = (count: number, step: number) =>
  Float32Array.from({ length: count * SIZE * SIZE }, (_, i) => ((i * step) % 97) / 96);

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

/** For networks without a layer `file`. */
export const noFiles = () => Promise.reject(new Error('these networks have no files'));
