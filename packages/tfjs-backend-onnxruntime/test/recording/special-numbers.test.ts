// Numbers that nobody meets in a test of random ones: NaN, infinities, zeros of both signs, numbers near zero and far from it.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compareLibraryToo, computeOn, expectSameAsCpu } from '../support/engines.js';

compareLibraryToo();

const BACKENDS = ['onnxruntime', 'onnxruntime-plain', 'onnxruntime-library'];
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Expects equal numbers: NaN, infinities and zero in the same places, others within a few units of the last digit. */
function expectEach(compute: () => tf.Tensor, tolerance = 2e-6): void {
  const [expected] = computeOn('cpu', compute) as [ReturnType<typeof computeOn>[number]];
  for (const backend of BACKENDS) {
    const [actual] = computeOn(backend, compute) as [ReturnType<typeof computeOn>[number]];
    Array.from(expected.values).forEach((value, index) => {
      const found = actual.values[index]!;
      const isEqual =
        Object.is(found, value) || found === value || Math.abs(found - value) <= tolerance * Math.abs(value);
      expect(isEqual ? value : found, `${backend}: element ${index}`).toBe(value);
    });
  }
}

describe('Functions', () => {
  const numbers = [0, 1e-30, -1e-30, 1e-8, -1e-8, 1e-4, -1e-4, 0.3, -0.3, 2, -2, 20, -20, 60, -60, inf, -inf, nan];
  const functions = {
    ...{ log1p: tf.log1p, expm1: tf.expm1, elu: tf.elu, selu: tf.selu, sigmoid: tf.sigmoid, softplus: tf.softplus },
    ...{ sign: tf.sign, relu: tf.relu, relu6: tf.relu6, abs: tf.abs, tanh: tf.tanh, exp: tf.exp, step: tf.step },
    ...{ square: tf.square, reciprocal: tf.reciprocal, isNaN: tf.isNaN, isInf: tf.isInf, isFinite: tf.isFinite },
  };
  it.each(Object.entries(functions))('%s is right to the last digits of every number', (name, compute) => {
    // Of numbers that double precision cannot tell from 1 when they are added to it, cpu's elu is zero.
    const known = numbers.filter((number) => number === 0 || Math.abs(number) > 1e-9 || !/elu$/.test(name));
    expectEach(() => compute(tf.tensor1d(known)) as tf.Tensor);
  });

  it.each(Object.entries(functions).slice(0, 6))('so is the gradient of %s', (_, compute) => {
    const finite = numbers.filter((number) => Number.isFinite(number) && Math.abs(number) < 30 && number > -1);
    expectEach(() => tf.grad((x: tf.Tensor) => tf.sum(compute(x) as tf.Tensor))(tf.tensor1d(finite)), 1e-5);
  });

  it('the logarithm of a small probability has a gradient', () => {
    expectEach(() => tf.log(tf.sigmoid(tf.tensor1d([-20, -50, -80]))));
    expectEach(() => tf.grad((x: tf.Tensor) => tf.log(tf.sigmoid(x)))(tf.tensor1d([-20, -50, -80])), 1e-5);
  });
});

describe('NaN and infinity', () => {
  const rows = [
    [1, nan, 3, 2],
    [nan, 5, 4, 3],
    [-inf, -inf, -inf, -inf],
    [inf, 1, nan, -inf],
    [nan, nan, nan, nan],
    [2, 2, 1, 2],
  ];
  const reductions = { max: tf.max, min: tf.min, argMax: tf.argMax, argMin: tf.argMin, sum: tf.sum, mean: tf.mean };
  it.each(Object.entries(reductions))('%s over an axis', (_, reduce) => {
    expectEach(() => reduce(tf.tensor2d(rows), 1));
    expectEach(() => reduce(tf.tensor2d(rows), 0));
  });

  it('in norms, maxima and comparisons of two', () => {
    const pair = () => [tf.tensor1d([nan, 1, inf, -inf, 0]), tf.tensor1d([1, nan, 1, inf, -0])] as const;
    expectEach(() => tf.norm(tf.tensor2d(rows.slice(0, 2)), inf, 1));
    expectEach(() => tf.maximum(...pair()));
    expectEach(() => tf.minimum(...pair()));
    expectEach(() => tf.greater(...pair()));
    expectEach(() => tf.notEqual(...pair()));
  });

  it.each([
    [2, 2, 'valid'],
    [2, 2, 'same'],
    [3, 1, 'same'],
  ] as const)('in maxima over windows of %i every %i, %s', (size, stride, pad) => {
    for (const channels of [3, 16]) {
      const values = Array.from({ length: 7 * 7 * channels }, (_, index) => {
        const pixel = Math.floor(index / channels);
        return [nan, -inf, inf][pixel % 13] ?? (pixel < 18 ? nan : pixel < 32 ? -inf : Math.sin(index));
      });
      const image = () => tf.tensor4d(values, [1, 7, 7, channels]);
      // Through a convolution as well, after which activations lie in blocks; one element's NaN spreads to all channels.
      const identity = () => tf.tensor4d(Array.from(tf.eye(channels).dataSync()), [1, 1, channels, channels]);
      expectEach(() => tf.maxPool(image(), size, stride, pad));
      expectEach(() => tf.maxPool(tf.conv2d(tf.clipByValue(image(), -1, 1), identity(), 1, 'same'), size, stride, pad));
    }
  });

  it('shows that all has become NaN behind relu and pooling', () => {
    const values = new Float32Array(2 * 8 * 8 * 16).fill(nan);
    const compute = () => {
      const x = tf.tensor4d(values, [2, 8, 8, 16]);
      const y: tf.Tensor = tf.maxPool(
        tf.relu(tf.add(tf.conv2d(x, tf.ones([3, 3, 16, 16]) as tf.Tensor4D, 1, 'same'), 1)) as tf.Tensor4D,
        2,
        2,
        'valid',
      );
      return tf.mean(y as tf.Tensor);
    };
    for (const backend of BACKENDS)
      expect(computeOn(backend, compute)[0]!.values[0], backend).not.toSatisfy(Number.isFinite);
  });

  it.each([tf.image.resizeBilinear, tf.image.resizeNearestNeighbor])(
    'stays where it is when an image is resized',
    (resize) => {
      const values = Array.from({ length: 6 * 6 * 2 }, (_, index) => (index === 28 ? nan : index));
      expectEach(() => resize(tf.tensor4d(values, [1, 6, 6, 2]), [12, 12]));
      expectEach(() => resize(tf.tensor4d(values, [1, 6, 6, 2]), [4, 3]));
    },
  );
});

describe('Types', () => {
  it('chooses among truths', () => {
    expectSameAsCpu(() => [
      tf.where(tf.tensor1d([1, 0, 1], 'bool'), tf.tensor1d([1, 1, 0], 'bool'), tf.tensor1d([0, 1, 1], 'bool')),
    ]);
  });

  it('takes steps and slopes of whole numbers', () => {
    const whole = () => tf.tensor1d([-2, 0, 3], 'int32');
    expectSameAsCpu(() => [
      tf.step(whole()),
      tf.step(whole(), 0.5),
      tf.prelu(whole(), tf.tensor1d([2, 2, 2], 'int32')),
    ]);
  });

  it('tells infinities apart in attributes', () => {
    expectEach(() => tf.clipByValue(tf.tensor1d([-5, 5]), -inf, 0));
    expectEach(() => tf.clipByValue(tf.tensor1d([-5, 5]), 0, inf));
  });

  it('pads wider than a window', () => {
    const image = () => tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 2, 3]);
    expectSameAsCpu(() => [tf.maxPool(image(), 1, 2, 1, 'floor'), tf.maxPool(image(), 2, 3, 1)]);
  });
});
