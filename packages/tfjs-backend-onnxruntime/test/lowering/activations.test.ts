import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blocked,
  compareLibraryToo,
  expectSameAsCpu,
  expectSameGradients,
  normal,
  warnings,
} from '../support/engines.js';

compareLibraryToo();

type Images = tf.Tensor4D;

/** Channels on both sides of a block of 8, with images of odd and even sizes. */
const convolutions = fc.record({
  batch: fc.constantFrom(1, 2, 9),
  height: fc.integer({ min: 5, max: 14 }),
  width: fc.integer({ min: 5, max: 14 }),
  inputChannels: fc.constantFrom(1, 3, 8, 10, 16),
  outputChannels: fc.constantFrom(1, 5, 8, 24),
  kernel: fc.constantFrom<[number, number]>([1, 1], [2, 3], [3, 3], [5, 4]),
  stride: fc.constantFrom(1, 1, 2, 3),
  dilation: fc.constantFrom(1, 1, 2),
  pad: fc.constantFrom<'same' | 'valid' | number>('same', 'valid', 1),
});

describe('Convolutions', () => {
  it('agree with the cpu backend in values and gradients for any sizes', () => {
    fc.assert(
      fc.property(convolutions, (c) => {
        const isDilated = c.dilation > 1;
        const stride = isDilated ? 1 : c.stride;
        const fits = [c.height, c.width].every((size, axis) => size >= (c.kernel[axis]! - 1) * c.dilation + 1);
        fc.pre(fits);
        const x = normal([c.batch, c.height, c.width, c.inputChannels]);
        const filter = normal([...c.kernel, c.inputChannels, c.outputChannels], 2, 0.3);
        const convolve = (a: tf.Tensor, b: tf.Tensor) =>
          tf.conv2d(a as Images, b as Images, stride, c.pad, 'NHWC', c.dilation, c.pad === 1 ? 'floor' : undefined);
        expectSameAsCpu(() => convolve(x(), filter()));
        // tfjs has no gradient for dilated convolutions.
        if (!isDilated) expectSameGradients(convolve as never, [x, filter]);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('sum the gradient of the filter over chunks of images and rows', () => {
    const sizes = [
      [35, 5, 8, 8, 3], // 35 images, in groups of 32, padded to blocks
      [8, 17, 8, 16, 3], // 17 rows, in chunks
      [4, 16, 16, 8, 7],
    ];
    for (const [batch, size, input, output, kernel] of sizes as [number, number, number, number, number][]) {
      expectSameGradients(
        (x, filter) => tf.conv2d(x as Images, filter as Images, 1, 'same'),
        [normal([batch, size, size, input]), normal([kernel, kernel, input, output], 2, 0.2)],
      );
    }
  });

  it('take bias and image into the same node', () => {
    const inputs = [normal([2, 7, 7, 16]), normal([3, 3, 16, 16], 5, 0.2), normal([16], 8)];
    const layer = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.conv2d({
        x: x as Images,
        filter: filter as Images,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'relu',
      });
    expectSameAsCpu(() => layer(...(inputs.map((create) => create()) as [tf.Tensor, tf.Tensor, tf.Tensor])));
    expectSameGradients(layer as never, inputs);
  });

  it('keep the value before relu when it is read too', () => {
    expectSameGradients(
      (x, filter, bias) => {
        const before = tf.add(tf.conv2d(x as Images, filter as Images, 1, 'same'), bias!);
        return tf.add(tf.relu(before), tf.tanh(before));
      },
      [normal([2, 7, 7, 8]), normal([3, 3, 8, 16], 5, 0.2), normal([16], 8)],
    );
  });

  it('are left to the library where their tiles would take too much memory', () => {
    const [size, channels] = [1000, 64];
    tf.setBackend('onnxruntime');
    const corner = tf.tidy(() => {
      const x = tf.ones([1, size, size, channels]) as Images;
      const y = tf.conv2d(x, tf.ones([5, 5, channels, 8]) as Images, 1, 'same');
      return Array.from(tf.slice(y, [0, 0, 0, 0], [1, 1, 2, 1]).dataSync());
    });
    expect(corner).toEqual([9 * channels, 12 * channels]);
  });

  it('work depthwise with any multiplier', () => {
    for (const [multiplier, stride, pad] of [
      [1, 1, 'same'],
      [2, 1, 'valid'],
      [1, 2, 'same'],
      [3, 2, 'valid'],
    ] as const) {
      expectSameGradients(
        (x, filter) => tf.depthwiseConv2d(x as Images, filter as Images, stride, pad),
        [normal([3, 9, 8, 5]), normal([3, 2, 5, multiplier], 2)],
      );
    }
  });

  it.each([
    [3, 1, 'same'],
    [5, 1, 'same'],
    [5, 2, 'same'],
    [3, 2, 'valid'],
  ] as const)('work depthwise in blocks of channels: filters of size %i every %i, %s', (size, stride, pad) => {
    expectSameGradients(
      (x, filter) => tf.depthwiseConv2d(x as Images, filter as Images, stride, pad),
      [normal([3, 9, 8, 48]), normal([size, size, 48, 1], 2)],
    );
  });
});

describe('Pooling', () => {
  const windows = [
    [2, 2, 'valid'],
    [2, 2, 'same'],
    [3, 2, 'same'],
    [3, 2, 'valid'],
    [3, 1, 'same'],
    [2, 3, 'valid'],
  ] as const;
  const ties = (x: tf.Tensor) => tf.round(tf.mul(x, 2));

  it.each(windows)('takes maxima over windows of %i every %i, %s', (size, stride, pad) => {
    for (const channels of [3, 16]) {
      const x = normal([2, 7, 9, channels]);
      expectSameGradients((a) => tf.maxPool(a as Images, size, stride, pad), [x]);
      // The first of equal maxima gets the gradient; relu makes many zeros equal.
      expectSameGradients((a) => tf.maxPool(tf.relu(ties(tf.mul(a as Images, 1))) as Images, size, stride, pad), [x]);
    }
  });

  it.each(windows)('takes maxima of convolutions over windows of %i every %i, %s', (size, stride, pad) => {
    const x = normal([2, 7, 9, 8]);
    const filter = normal([3, 3, 8, 16], 2, 0.3);
    for (const activate of [tf.relu, tf.tanh, (a: tf.Tensor) => a]) {
      expectSameGradients(
        (a, b) => tf.maxPool(activate(tf.conv2d(a as Images, b as Images, 1, 'same')) as Images, size, stride, pad),
        [x, filter],
      );
    }
  });

  it.each(windows)('averages over windows of %i every %i, %s', (size, stride, pad) => {
    const x = normal([2, 7, 9, 5]);
    expectSameAsCpu(() => tf.avgPool(x() as Images, size, stride, pad));
    // The gradient of the cpu backend is wrong with 'same'.
    if (pad === 'valid') expectSameGradients((a) => tf.avgPool(a as Images, size, stride, pad), [x]);
  });

  it('gives each element of a cut window its part of the average', () => {
    tf.setBackend('onnxruntime');
    const gradient = tf.tidy(() =>
      Array.from(
        tf
          .grad((x: tf.Tensor) => tf.sum(tf.avgPool(x as Images, 2, 2, 'same')))(tf.ones([1, 3, 3, 1]))
          .dataSync(),
      ),
    );
    // Windows of 2 × 2, 2 × 1, 1 × 2 and 1 × 1 elements.
    expect(gradient).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
  });
});

describe('Sums over height and width', () => {
  const images = (seed: number) =>
    tf.conv2d(normal([2, 6, 6, 8], seed)() as Images, normal([3, 3, 8, 16], seed + 1, 0.3)() as Images, 1, 'same');
  const vector = (seed: number) => normal([16], seed)();
  /** A sum of `terms` images, each with its factor, and an offset. */
  const form = (terms: number, seed: number) =>
    Array.from({ length: terms }, (_, term) => tf.mul(images(seed + 10 * term), vector(seed + term))).reduce(
      (sum, term) => tf.add(sum, term),
      vector(seed + 5) as tf.Tensor,
    );

  it.each([
    [1, 1],
    [2, 2],
    [3, 1],
    [1, 3],
    [3, 3],
    [4, 5],
  ])('of products of sums of %i and %i images', (left, right) => {
    expectSameAsCpu(() => [
      tf.sum(tf.mul(form(left, 1), form(right, 100)), [1, 2]),
      tf.mean(form(left, 1), [0, 1, 2]),
      tf.relu(form(right, 100)),
    ]);
  });

  // Whole blocks of either kind of processor, and channels that fill none.
  it.each([16, 8, 5])('add up small numbers of large images with %i channels', (channels) => {
    tf.setBackend('onnxruntime');
    const mean = tf.tidy(() => {
      const x = tf.mul(tf.ones([1, 512, 512, channels]), 0.1) as Images;
      const identity = tf.tensor4d(tf.eye(channels).dataSync(), [1, 1, channels, channels]);
      return tf.mean(tf.conv2d(x, identity, 1, 'same'), [1, 2]).dataSync()[0]!;
    });
    // In one long sum the last digits of a third of a per cent would be lost.
    expect(mean).toBeCloseTo(0.1, 5);
  });

  it.each([[[2 ** 18]], [[100_003]], [[3, 70_001, 2]], [[70_001, 40]]])('add up all of [%j]', (shape) => {
    tf.setBackend('onnxruntime');
    const [sum, mean, rows] = tf.tidy(() => {
      const x = tf.mul(tf.ones(shape), tf.scalar(0.1));
      return [tf.sum(x), tf.mean(x), tf.sum(x, 0)].map((result) => result.dataSync()[0]! as number);
    }) as unknown as number[];
    const count = shape.reduce((product, size) => product * size, 1);
    expect(sum! / count).toBeCloseTo(0.1, 6);
    expect(mean).toBeCloseTo(0.1, 6);
    expect(rows! / shape[0]!).toBeCloseTo(0.1, 6);
  });

  it('of maxima of whole numbers', () => {
    expectSameAsCpu(() => [tf.maxPool(tf.cast(tf.mul(images(1), 10), 'int32') as Images, 2, 2, 'valid')]);
  });
});

describe('Batch norm', () => {
  it.each([3, 16])('normalizes %i channels with the statistics of the batch', (channels) => {
    const inputs = [normal([2, 7, 7, channels]), normal([channels], 6), normal([channels], 7)];
    const normalize = (x: tf.Tensor, offset: tf.Tensor, scale: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(
        x,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    };
    expectSameGradients(normalize as never, inputs);
    const filter = normal([3, 3, channels, 16], 8, 0.3);
    const wide = [normal([16], 6), normal([16], 7)];
    expectSameGradients(
      ((x: Images, f: Images, offset: tf.Tensor, scale: tf.Tensor) =>
        tf.relu(normalize(tf.conv2d(x, f, 1, 'same'), offset, scale))) as never,
      [inputs[0]!, filter, ...wide],
    );
  });

  it('normalizes with given statistics, with and without scale and offset', () => {
    const x = () => tf.conv2d(normal([2, 7, 7, 8])() as Images, normal([3, 3, 8, 16], 2, 0.3)() as Images, 1, 'same');
    const vector = (seed: number) => normal([16], seed)() as tf.Tensor1D;
    const variance = () => tf.abs(vector(4)) as tf.Tensor1D;
    expectSameAsCpu(() => [
      tf.batchNorm(x(), vector(3), variance()),
      tf.batchNorm(x(), vector(3), variance(), vector(5)),
      tf.batchNorm(x(), vector(3), variance(), undefined, vector(6)),
      tf.batchNorm(x(), vector(3), variance(), vector(5), vector(6)),
    ]);
  });
});

describe('The blocked path', () => {
  it('is used on processors that have it', () => {
    const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
    const expected = /\bavx512f\b/.test(flags) ? [16] : /\bavx2\b/.test(flags) ? [8] : [0, 8, 16];
    expect(expected).toContain(blocked.describe().nchwcBlock);
  });

  it('needs no operation of the cpu backend for images', () => {
    expect(warnings).toEqual([]);
  });
});
