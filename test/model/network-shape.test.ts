import { describe, expect, it } from 'vitest';
import type { Layer, Model } from '../../src/config/experiment.js';
import { EncoderShapeError, placeEncoder } from '../../src/model/encoder-shape.js';
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
    expect(error).toBeInstanceOf(EncoderShapeError);
    expect(error).toMatchObject({ layerIndex: 9, layerName: 'conv4', input: [2, 2, 128] });
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
    expect(error).toMatchObject({ layerIndex: 1, message });
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
