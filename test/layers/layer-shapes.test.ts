import { describe, expect, it } from 'vitest';
import type { Layer } from '../../src/config/experiment.js';
import type { Shape } from '../../src/layers/layer.js';
import { findRepeatedLayerNames, layerName } from '../../src/layers/layer-name.js';
import { layerTypeOf } from '../../src/layers/registry.js';

const zeros = { type: 'zeros' } as const;
const initializers = { useBias: false, weightInitializer: zeros, biasInitializer: zeros };

const padded = { type: 'conv', kernelSize: 3, stride: 1, padding: 'same', ...initializers } as const;
const residual = (layers: Layer[]): Layer => ({ type: 'residual', layers, projectionInitializer: zeros });

interface Case {
  readonly title: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: Record<string, Shape>;
}

const cases: Case[] = [
  {
    title: 'an unpadded convolution shrinks by its kernel',
    layer: { type: 'conv', filters: 8, kernelSize: [3, 5], stride: 1, padding: 'valid', ...initializers },
    input: [10, 12, 2],
    output: [8, 8, 8],
    parameters: { kernel: [3, 5, 2, 8] },
  },
  {
    title: 'a padded convolution with stride has ceil(input / stride) rows and columns',
    layer: { type: 'conv', filters: 4, kernelSize: 3, stride: [2, 3], padding: 'same', ...initializers, useBias: true },
    input: [9, 10, 1],
    output: [5, 4, 4],
    parameters: { kernel: [3, 3, 1, 4], bias: [4] },
  },
  {
    title: 'a stride drops what does not fill a window',
    layer: { type: 'conv', filters: 1, kernelSize: 4, stride: 3, padding: 'valid', ...initializers },
    input: [9, 10, 1],
    output: [2, 3, 1],
    parameters: { kernel: [4, 4, 1, 1] },
  },
  {
    title: 'a dense layer flattens a picture',
    layer: { type: 'dense', units: 7, ...initializers, useBias: true },
    input: [3, 3, 2],
    output: [7],
    parameters: { kernel: [18, 7], bias: [7] },
  },
  {
    title: 'max pooling moves by its size',
    layer: { type: 'maxPool', size: 2, padding: 'valid' },
    input: [9, 8, 3],
    output: [4, 4, 3],
    parameters: {},
  },
  {
    title: 'max pooling moves by its stride',
    layer: { type: 'maxPool', size: 3, stride: 2, padding: 'same' },
    input: [9, 8, 3],
    output: [5, 4, 3],
    parameters: {},
  },
  {
    title: 'batch normalisation keeps the shape and has four numbers per channel',
    layer: { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 },
    input: [4, 4, 6],
    output: [4, 4, 6],
    parameters: { scale: [6], offset: [6], runningMean: [6], runningVariance: [6] },
  },
  {
    title: 'average pooling moves by its stride',
    layer: { type: 'avgPool', size: [3, 2], stride: 2, padding: 'same' },
    input: [9, 8, 3],
    output: [5, 4, 3],
    parameters: {},
  },
  {
    title: 'global average pooling leaves the channels',
    layer: { type: 'globalAveragePool' },
    input: [9, 8, 3],
    output: [3],
    parameters: {},
  },
  {
    title: 'a residual block that keeps the shape has the parameters of its layers',
    layer: residual([{ type: 'relu' }, { ...padded, filters: 4, name: 'inner' }]),
    input: [9, 8, 4],
    output: [9, 8, 4],
    parameters: { 'inner/kernel': [3, 3, 4, 4] },
  },
  {
    title: 'a residual block that changes the shape has a projection besides',
    layer: residual([
      { ...padded, filters: 6, stride: [2, 3] },
      { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 },
    ]),
    input: [9, 8, 4],
    output: [5, 3, 6],
    parameters: {
      'conv0/kernel': [3, 3, 4, 6],
      'batchNorm1/scale': [6],
      'batchNorm1/offset': [6],
      'batchNorm1/runningMean': [6],
      'batchNorm1/runningVariance': [6],
      projection: [1, 1, 4, 6],
    },
  },
  {
    title: 'a residual block of vectors projects by a matrix',
    layer: residual([{ type: 'dense', units: 5, ...initializers }]),
    input: [8],
    output: [5],
    parameters: { 'dense0/kernel': [8, 5], projection: [8, 5] },
  },
  { title: 'relu keeps the shape', layer: { type: 'relu' }, input: [4, 4, 6], output: [4, 4, 6], parameters: {} },
  {
    title: 'leaky relu keeps the shape',
    layer: { type: 'leakyRelu', slope: 0.01 },
    input: [6],
    output: [6],
    parameters: {},
  },
  { title: 'tanh keeps the shape', layer: { type: 'tanh' }, input: [6], output: [6], parameters: {} },
  { title: 'sigmoid keeps the shape', layer: { type: 'sigmoid' }, input: [6], output: [6], parameters: {} },
  {
    title: 'dropout keeps the shape',
    layer: { type: 'dropout', rate: 0.5 },
    input: [4, 4, 6],
    output: [4, 4, 6],
    parameters: {},
  },
  { title: 'flatten makes a vector', layer: { type: 'flatten' }, input: [4, 4, 6], output: [96], parameters: {} },
];

describe('shapes and parameters', () => {
  it.each(cases)('$title', ({ layer, input, output, parameters }) => {
    const type = layerTypeOf(layer);
    expect(type.outputShape(layer, input)).toEqual(output);
    const found = Object.fromEntries(type.parameters(layer, input).map(({ name, shape }) => [name, shape]));
    expect(found).toEqual(parameters);
  });

  it('counts the multiplications of a block with its projection', () => {
    const block = residual([{ ...padded, filters: 6, stride: 2 }]);
    // 4 x 4 x 6 outputs of 3 x 3 x 4 products each, and of 4 products each for the projection.
    expect(layerTypeOf(block).multiplyAdds(block, [8, 8, 4])).toBe(96 * 36 + 96 * 4);
  });

  it('refuses a block whose input no projection brings to the shape of its output', () => {
    const flattening = residual([{ type: 'flatten' }]);
    expect(() => layerTypeOf(flattening).outputShape(flattening, [4, 4, 2])).toThrow(
      'its layers make a vector of 32 of a 4x4x2 picture, and no 1x1 convolution does that',
    );
    const growing = residual([{ ...padded, filters: 2, padding: 'valid', kernelSize: 2 }]);
    expect(() => layerTypeOf(growing).outputShape(growing, [4, 4, 2])).toThrow('no 1x1 convolution');
  });

  it('counts what a kernel and a dense unit read and feed for the initialisers', () => {
    const conv = layerTypeOf(cases[0]?.layer as Layer).parameters(cases[0]?.layer as Layer, [10, 12, 2]);
    expect(conv[0]).toMatchObject({ fanIn: 3 * 5 * 2, fanOut: 3 * 5 * 8 });
    const dense = layerTypeOf(cases[3]?.layer as Layer).parameters(cases[3]?.layer as Layer, [3, 3, 2]);
    expect(dense[0]).toMatchObject({ fanIn: 18, fanOut: 7 });
  });
});

describe('names of layers', () => {
  it('are the type and the position when left out', () => {
    expect(layerName({ type: 'relu' }, 3)).toBe('relu3');
    expect(layerName({ type: 'relu', name: 'last' }, 3)).toBe('last');
  });

  it('that repeat, also by default or as the name of the head, are found', () => {
    const layers: Layer[] = [
      { type: 'relu', name: 'relu1' },
      { type: 'relu' },
      { type: 'sigmoid', name: 'head' },
      { type: 'flatten' },
    ];
    expect(findRepeatedLayerNames(layers)).toEqual([1, 2]);
  });
});
