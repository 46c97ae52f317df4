// Koch's network on engines that bind buffers up to a size only.
import { expect, test } from 'vitest';
import type { Layer } from '../../src/config/experiment.js';
import { placeEncoder } from '../../src/model/encoder-shape.js';
import { requireTensorsFit } from '../../src/run/engine-limits.js';

const initializers = {
  useBias: true,
  weightInitializer: { type: 'zeros' },
  biasInitializer: { type: 'zeros' },
} as const;
const conv: Layer = { type: 'conv', filters: 64, kernelSize: 10, stride: 1, padding: 'valid', ...initializers };
const encoder: Layer[] = [conv, { type: 'relu' }, { name: 'embedding', type: 'dense', units: 4096, ...initializers }];
// 36 x 36 pictures: outputs [27, 27, 64], weights [46656, 4096].
const { layers } = placeEncoder(encoder, 36);
const outputBytes = 4 * 27 * 27 * 64;
const weightBytes = 4 * 46656 * 4096;

const attempt = (largestTensorBytes: number | undefined, pictures: number) => () =>
  requireTensorsFit({ name: 'webgpu', largestTensorBytes }, layers, pictures);

test('weights that are too large are named, with what there is room for', () => {
  expect(attempt(weightBytes, 2)).not.toThrow();
  expect(attempt(weightBytes - 1, 2)).toThrowError(
    expect.objectContaining({
      code: 'engine',
      message: 'webgpu computes with tensors of up to 764 MB here; the weights embedding/kernel have 764 MB',
    }),
  );
});

test('so are the outputs for a micro-batch', () => {
  const pictures = Math.ceil(weightBytes / outputBytes) + 1;
  expect(attempt(weightBytes, pictures)).toThrowError(
    expect.objectContaining({
      message: expect.stringContaining(`the outputs of conv0 for ${pictures} pictures`),
      hint: expect.stringContaining('training.microBatchSize'),
    }),
  );
});

test('an engine without a limit takes everything', () => {
  expect(attempt(undefined, 1e9)).not.toThrow();
});
