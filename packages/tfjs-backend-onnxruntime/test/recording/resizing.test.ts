import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { BACKENDS, computeOn, expectSameAsCpu, expectSameGradients, normal, warnings } from '../support/engines.js';

type Images = tf.Tensor4D;

const images = normal([2, 5, 7, 3]);
const SIZES: [number, number][] = [
  [10, 14],
  [3, 4],
  [5, 7],
  [1, 1],
  [8, 5],
];

describe('Resized images', () => {
  it.each(SIZES)('agree with cpu at %i × %i', (height, width) => {
    expectSameAsCpu(() => {
      const x = images() as Images;
      const size: [number, number] = [height, width];
      return [
        tf.image.resizeBilinear(x, size),
        tf.image.resizeBilinear(x, size, true),
        tf.image.resizeBilinear(x, size, false, true),
        tf.image.resizeNearestNeighbor(x, size),
        tf.image.resizeNearestNeighbor(x, size, true),
        tf.image.resizeNearestNeighbor(x, size, false, true),
      ];
    });
  });

  it('have the gradients of cpu for one square image', () => {
    // cpu mixes up height and width, and the images of a batch.
    const square = normal([1, 5, 5, 3]);
    for (const alignCorners of [false, true]) {
      expectSameGradients((x) => tf.image.resizeBilinear(x as Images, [8, 8], alignCorners), [square]);
      expectSameGradients((x) => tf.image.resizeNearestNeighbor(x as Images, [10, 10], alignCorners), [square]);
    }
  });

  it.each(SIZES)('have a gradient that is the transposed of resizing to %i × %i', (height, width) => {
    const resizers = [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor];
    const options = [
      [false, false],
      [true, false],
      [false, true],
    ] as const;
    for (const [resize, [alignCorners, halfPixelCenters]] of resizers.flatMap((r) =>
      options.map((o) => [r, o] as const),
    ))
      for (const backend of BACKENDS) {
        const [forward, backward] = computeOn(backend, () => {
          const [x, dy] = [images() as Images, normal([2, height, width, 3], 2)()];
          const apply = (images: tf.Tensor) =>
            resize(images as Images, [height, width], alignCorners, halfPixelCenters);
          // <resize(x), dy> = <x, gradient(dy)>
          return [tf.sum(tf.mul(apply(x), dy)), tf.sum(tf.mul(x, tf.grad(apply)(x, dy)))];
        });
        expect(backward!.values[0]).toBeCloseTo(forward!.values[0]!, 3);
      }
  });

  it('let layers that enlarge images learn', () => {
    tf.setBackend('onnxruntime');
    for (const interpolation of ['nearest', 'bilinear'] as const) {
      const layer = tf.layers.upSampling2d({ size: [2, 3], interpolation });
      const total = tf.tidy(() => tf.sum(tf.grad((x) => layer.apply(x) as tf.Tensor)(images())).dataSync()[0]);
      // Each of 2 · 10 · 21 · 3 results is a mean of pixels: its gradients add up to one.
      expect(total).toBeCloseTo(1260, 2);
    }
  });
});

describe('Operations of common layers', () => {
  it('need no cpu backend: resizing, elu, ranges of numbers', () => {
    expectSameGradients((x) => tf.elu(x), [normal([3, 4])]);
    expectSameAsCpu(() => [tf.range(0, 10, 3), tf.range(5, 1, -2, 'int32'), tf.linspace(0, 1, 5)]);
    expect(warnings).toEqual([]);
  });
});
