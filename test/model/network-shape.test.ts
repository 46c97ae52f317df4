import { describe, expect, it } from 'vitest';
import type { Layer, Model } from '../../src/config/experiment.js';
import { LayerPlaceError } from '../../src/layers/place-layers.js';
import { placeEncoder } from '../../src/model/encoder-shape.js';
import { estimateActivationBytes, needsWholeBatches } from '../../src/model/micro-batch-size.js';
import { describeNetwork } from '../../src/model/network-shape.js';
import { kochModel } from './koch-model.js';

describe('the network of Koch et al. 2015 at 105 pixels', () => {
  const shape = describeNetwork(kochModel(), 105);

  it('has 38,951,745 parameters, 4,097 of them in the head', () => {
    expect(shape.parameterCount).toBe(38_951_745);
    expect(shape.headParameterCount).toBe(4097);
  });

  // Parameters: paper.md A4. Multiplications: rows x columns x filters x kernel x channels by hand.
  it.each([
    ['conv1', [96, 96, 64], 6464, 96 * 96 * 64 * 100],
    ['conv2', [42, 42, 128], 401_536, 42 * 42 * 128 * 49 * 64],
    ['conv3', [18, 18, 128], 262_272, 18 * 18 * 128 * 16 * 128],
    ['conv4', [6, 6, 256], 524_544, 6 * 6 * 256 * 16 * 128],
    ['embedding', [4096], 37_752_832, 9216 * 4096],
  ] as const)('%s puts out %j with %d parameters and %d multiplications', (name, output, parameters, multiplyAdds) => {
    const layer = shape.encoder.layers.find((candidate) => candidate.name === name);
    expect(layer).toMatchObject({ output, parameterCount: parameters, multiplyAdds });
  });

  it('costs 59, 708, 85, 19 and 38 million multiplications', () => {
    const millions = shape.encoder.layers
      .filter((layer) => layer.multiplyAdds > 0)
      .map((layer) => Math.round(layer.multiplyAdds / 1e6));
    expect(millions).toEqual([59, 708, 85, 19, 38]);
    expect(shape.multiplyAddsPerPair).toBe(4096);
  });

  it('names its parameters by layer', () => {
    expect(shape.parameters.map(({ path }) => path)).toEqual([
      'conv1/kernel',
      'conv1/bias',
      'conv2/kernel',
      'conv2/bias',
      'conv3/kernel',
      'conv3/bias',
      'conv4/kernel',
      'conv4/bias',
      'embedding/kernel',
      'embedding/bias',
      'head/weights',
      'head/bias',
    ]);
  });
});

it('counts learned numbers only, not running statistics', () => {
  const model: Model = { ...kochModel(), encoder: [batchNorm()] };
  expect(describeNetwork(model, 8).encoder.layers[0]?.parameters.map(({ role }) => role)).toEqual([
    'bias',
    'bias',
    'statistic',
    'statistic',
  ]);
  expect(placeEncoder([batchNorm()], 8).parameterCount).toBe(2);
});

it('flattens what is left of height and width at the end', () => {
  expect(placeEncoder([{ type: 'maxPool', size: 2, padding: 'valid' }], 9).units).toBe(16);
});

describe('a layer that does not fit', () => {
  it('is reported with its position, name, input and the sizes in words', () => {
    const encoder = kochModel().encoder;
    const error = catchError(() => placeEncoder(encoder, 56));
    expect(error).toBeInstanceOf(LayerPlaceError);
    expect(error).toMatchObject({ place: [9], layerName: 'conv4', input: [2, 2, 128] });
    expect(error.message).toBe('kernel 4x4 is larger than the 2x2 picture that reaches it');
  });

  it.each<[string, Layer, string]>([
    ['convolution', kochModel().encoder[0] as Layer, 'a convolution needs a picture, but a vector of 64 reaches it'],
    [
      'max pooling',
      { type: 'maxPool', size: 2, padding: 'same' },
      'max pooling needs a picture, but a vector of 64 reaches it',
    ],
  ])('%s after flatten', (_name, layer, message) => {
    const error = catchError(() => placeEncoder([{ type: 'flatten' }, layer], 8));
    expect(error).toMatchObject({ place: [1], message });
  });
});

describe('a residual block in a network', () => {
  const inner = (name: string): Layer => ({
    ...(kochModel().encoder[0] as Layer & { type: 'conv' }),
    name,
    kernelSize: 3,
    padding: 'same',
  });
  const block: Layer = {
    type: 'residual',
    name: 'block1',
    layers: [{ ...inner('first'), learningRate: 0.5 } as Layer, batchNorm(), inner('second')],
    projectionInitializer: { type: 'heNormal' },
  };

  it('gives its weights paths through its name, with the settings of the layer that they belong to', () => {
    const { parameters } = describeNetwork({ ...kochModel(), encoder: [block] }, 8);
    const first = parameters.find(({ path }) => path === 'block1/first/kernel');
    expect(first).toMatchObject({ layer: 'block1', config: { name: 'first', learningRate: 0.5 } });
    expect(parameters.map(({ path }) => path)).toContain('block1/projection');
  });

  it('asks for whole batches and for memory where its layers do', () => {
    expect(needsWholeBatches([block])).toBe(true);
    const encoder = placeEncoder([block], 8);
    // The picture, three layers within and the sum, of 64 channels each, and their gradients.
    expect(estimateActivationBytes(encoder)).toBe(2 * 4 * (64 + 4 * 64 * 64));
  });

  it('reports a layer within it by its place', () => {
    const misfit: Layer = { ...block, layers: [{ type: 'flatten' }, inner('late')] };
    expect(catchError(() => placeEncoder([batchNorm(), misfit], 8))).toMatchObject({
      place: [1, 'layers', 1],
      layerName: 'late',
      message: 'a convolution needs a picture, but a vector of 64 reaches it',
    });
  });
});

function batchNorm(): Layer {
  return { type: 'batchNorm', epsilon: 1e-5, statisticsMomentum: 0.9 };
}

function catchError(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
