import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKENDS, expectSameAsCpu, expectSameGradients, normal, warnings } from '../support/engines.js';

const cube = normal([3, 4, 5]);
const matrix = normal([4, 5], 2);
const positive = () => tf.add(tf.abs(normal([3, 4, 5], 3)()), 0.1);
const unit = () => tf.tanh(cube());
const integers = () =>
  tf.tensor(
    [
      [3, -1, 2],
      [0, 7, -5],
    ],
    [2, 3],
    'int32',
  );

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const FUNCTIONS: Record<string, [Unary, () => tf.Tensor]> = {
  abs: [tf.abs, cube],
  acos: [tf.acos, unit],
  acosh: [(x) => tf.acosh(tf.add(x, 1)), positive],
  asin: [tf.asin, unit],
  asinh: [tf.asinh, cube],
  atan: [tf.atan, cube],
  atanh: [tf.atanh, () => tf.mul(unit(), 0.9)],
  ceil: [tf.ceil, cube],
  cos: [tf.cos, cube],
  cosh: [tf.cosh, cube],
  elu: [tf.elu, cube],
  erf: [tf.erf, cube],
  exp: [tf.exp, cube],
  expm1: [tf.expm1, cube],
  floor: [tf.floor, cube],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.3), cube],
  log: [tf.log, positive],
  log1p: [tf.log1p, positive],
  logSigmoid: [tf.logSigmoid, cube],
  neg: [tf.neg, cube],
  reciprocal: [tf.reciprocal, positive],
  relu: [tf.relu, cube],
  relu6: [(x) => tf.relu6(tf.mul(x, 6)), cube],
  round: [tf.round, cube],
  rsqrt: [tf.rsqrt, positive],
  selu: [tf.selu, cube],
  sigmoid: [tf.sigmoid, cube],
  sign: [tf.sign, cube],
  sin: [tf.sin, cube],
  sinh: [tf.sinh, cube],
  softplus: [tf.softplus, cube],
  sqrt: [tf.sqrt, positive],
  square: [tf.square, cube],
  tan: [tf.tan, unit],
  tanh: [tf.tanh, cube],
  softmax: [(x) => tf.softmax(x), cube],
  logSoftmax: [(x) => tf.logSoftmax(x), cube],
  logSumExp: [(x) => tf.logSumExp(x, 1), cube],
  pow: [(x) => tf.pow(x, 2.5), positive],
  clip: [(x) => tf.clipByValue(x, -0.5, 0.7), cube],
  transpose: [(x) => tf.transpose(x, [2, 0, 1]), cube],
  reshape: [(x) => tf.reshape(x, [5, 12]), cube],
  expandDims: [(x) => tf.expandDims(x, -1), cube],
  squeeze: [(x) => tf.squeeze(tf.expandDims(x, 1)), cube],
  tile: [(x) => tf.tile(x, [2, 1, 3]), cube],
  broadcast: [(x) => tf.broadcastTo(x, [3, 4, 5]), matrix],
  slice: [(x) => tf.slice(x, [1, 0, 2], [2, -1, 2]), cube],
  reverse: [(x) => tf.reverse(x, [0, 2]), cube],
  split: [(x) => tf.mul(tf.split(x, [1, 3], 1)[1]!, 2), cube],
  unstack: [(x) => tf.mul(...(tf.unstack(x, 0).slice(0, 2) as [tf.Tensor, tf.Tensor])), cube],
  pad: [
    (x) =>
      tf.pad(
        x,
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        0.5,
      ),
    cube,
  ],
  gather: [(x) => tf.gather(x, tf.tensor1d([2, 0, 0, 1], 'int32'), 1), cube],
  cumsum: [(x) => tf.cumsum(x, 1), normal([4, 4])],
  unsortedSegmentSum: [(x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], 'int32'), 2), cube],
};

describe('Functions of one tensor', () => {
  it.each(Object.entries(FUNCTIONS))('%s gives the values and gradients of the cpu backend', (_, [compute, input]) => {
    expectSameAsCpu(() => compute(input()));
    expectSameGradients(compute, [input]);
  });

  it.each(
    Object.entries({ abs: tf.abs, neg: tf.neg, relu: tf.relu, sign: tf.sign, square: tf.square } as Record<
      string,
      Unary
    >),
  )('%s keeps integers', (_, compute) => expectSameAsCpu(() => compute(integers())));
});

const ARITHMETIC: Record<string, Binary> = { add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div };
const SELECTING: Record<string, Binary> = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
};
const COMPARISONS: Record<string, Binary> = {
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
};

/** Two shapes that broadcast against each other, of up to four axes. */
const broadcastingShapes = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('both', 'left', 'right')), { maxLength: 4 }),
    fc.nat({ max: 4 }),
  )
  .map(([axes, dropped]) => ({
    left: axes.map(([size, side]) => (side === 'right' ? 1 : size)),
    right: axes.map(([size, side]) => (side === 'left' ? 1 : size)).slice(Math.min(dropped, axes.length)),
  }));

describe('Functions of two tensors', () => {
  it.each(Object.entries(ARITHMETIC))('%s broadcasts as the cpu backend does, gradients too', (_, compute) => {
    fc.assert(
      fc.property(broadcastingShapes, ({ left, right }) => {
        const [a, b] = [normal(left, 4), () => tf.add(tf.abs(normal(right, 5)()), 0.5)];
        expectSameAsCpu(() => [compute(a(), b()), compute(b(), a())].slice(0, compute === tf.div ? 1 : 2));
        expectSameGradients(compute, [a, b]);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  // The gradients of these are wrong on every tfjs backend when shapes differ.
  it.each(Object.entries(SELECTING))('%s broadcasts as the cpu backend does', (_, compute) => {
    fc.assert(
      fc.property(broadcastingShapes, ({ left, right }) => {
        expectSameAsCpu(() => compute(normal(left, 4)(), normal(right, 5)()));
      }),
      { numRuns: 8, seed: 2 },
    );
    expectSameGradients(compute, [cube, normal([3, 4, 5], 6)]);
  });

  it.each(Object.entries(COMPARISONS))('%s compares numbers and integers', (_, compute) => {
    expectSameAsCpu(() => compute(tf.round(cube()), tf.round(matrix())));
    expectSameAsCpu(() => compute(integers(), tf.tensor([[3], [7]], [2, 1], 'int32')));
  });

  it('adds, multiplies and divides integers', () => {
    const other = () => tf.tensor([2, 3, -4], [3], 'int32');
    expectSameAsCpu(() => [tf.add(integers(), other()), tf.mul(integers(), other()), tf.sub(integers(), other())]);
    expectSameAsCpu(() => [
      tf.div(integers(), other()),
      tf.maximum(integers(), other()),
      tf.addN([integers(), integers()]),
    ]);
  });

  it('combines truth values', () => {
    const left = () => tf.greater(cube(), 0);
    const right = () => tf.less(cube(), 1);
    expectSameAsCpu(() => [tf.logicalAnd(left(), right()), tf.logicalOr(left(), right()), tf.logicalNot(left())]);
    expectSameAsCpu(() => [tf.logicalXor(left(), right()), tf.equal(left(), right())]);
  });

  it('selects by a condition', () => {
    expectSameAsCpu(() => tf.where(tf.greater(cube(), 0), cube(), positive()));
    const condition = tf.greater(cube(), 0);
    expectSameGradients(
      (a, b) => tf.where(tf.tensor(condition.dataSync(), [3, 4, 5], 'bool'), a!, b!),
      [cube, positive],
    );
  });

  it('adds a learned slope below zero', () => {
    expectSameGradients((x, alpha) => tf.prelu(x!, alpha!), [cube, normal([5], 8)]);
  });

  it('cuts with steps', () => {
    expectSameAsCpu(() => tf.stridedSlice(cube(), [0, 1, 0], [3, 4, 5], [2, 1, 2]));
    expectSameAsCpu(() => tf.stridedSlice(cube(), [1, 0, 0], [2, 4, 5], [1, 1, 1], 0, 0, 0, 0, 1));
  });

  it('joins tensors along new and old axes', () => {
    expectSameGradients((a, b) => tf.concat([a!, b!], 2), [cube, positive]);
    expectSameGradients((a, b) => tf.stack([a!, b!], 1), [cube, positive]);
    expectSameAsCpu(() => tf.concat([cube(), tf.zeros([3, 0, 5])], 1));
  });
});

const REDUCTIONS: Record<string, (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
};

describe('Reductions', () => {
  it.each(Object.entries(REDUCTIONS))('%s goes over any axes', (name, reduce) => {
    for (const axes of [undefined, [0], [1], [-1], [0, 2], [1, 2]]) {
      for (const keepDims of [false, true]) {
        expectSameAsCpu(() => reduce(cube(), axes, keepDims));
        if (name === 'sum' || name === 'mean') expectSameGradients((x) => reduce(x!, axes, keepDims), [cube]);
      }
    }
    expectSameAsCpu(() => reduce(integers(), [1]));
  });

  it('finds positions of extrema', () => {
    for (const axis of [0, 1, -1]) expectSameAsCpu(() => [tf.argMax(cube(), axis), tf.argMin(cube(), axis)]);
  });

  it('reduces truth values', () => {
    const truth = () => tf.greater(cube(), -1);
    expectSameAsCpu(() => [tf.all(truth(), 1), tf.any(truth(), [0, 1]), tf.sum(truth(), 1)]);
  });

  it('passes the gradient of a maximum to the largest elements', () => {
    expectSameGradients((x) => tf.max(x!, 1), [cube]);
  });

  it('computes moments and their gradients', () => {
    expectSameGradients((x) => tf.moments(x!, [0]).variance, [cube]);
    expectSameGradients((x) => tf.moments(x!, [1, 2], true).mean, [cube]);
    // The mean over one axis of a square is not the mean over the other, although both have its shape.
    expectSameAsCpu(() => tf.sum(tf.sub(normal([4, 4])(), tf.mean(normal([4, 4])(), 1)), 1));
  });
});

describe('Products of matrices', () => {
  const flags = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));

  it.each(flags)('multiplies with transposition %s and %s', (transposeA, transposeB) => {
    const product: Binary = (a, b) => tf.matMul(a, b, transposeA, transposeB);
    const left = transposeA ? [6, 4] : [4, 6];
    const right = transposeB ? [5, 6] : [6, 5];
    expectSameGradients(product as never, [normal(left), normal(right, 2)]);
    expectSameGradients(product as never, [normal([3, ...left]), normal([3, ...right], 2)]);
    expectSameAsCpu(() => product(normal([1, ...left])(), normal([3, ...right], 2)()));
  });

  it('fuses bias and image', () => {
    for (const image of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
      const options = { activation: image as 'relu' };
      expectSameAsCpu(() =>
        tf.fused.matMul({ a: normal([4, 6])(), b: normal([6, 5], 2)(), bias: normal([5], 3)(), ...options }),
      );
    }
    expectSameGradients(
      (a, b, bias) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias!, activation: 'relu' }),
      [normal([4, 6]), normal([6, 5], 2), normal([5], 3)],
    );
  });
});

describe('Creation and types', () => {
  it('casts between all types', () => {
    expectSameAsCpu(() => [tf.cast(tf.mul(cube(), 3), 'int32'), tf.cast(cube(), 'bool')]);
    expectSameAsCpu(() => [tf.cast(integers(), 'float32'), tf.cast(tf.greater(cube(), 0), 'float32')]);
  });

  it('fills tensors and encodes classes', () => {
    expectSameAsCpu(() => [tf.fill([2, 3], 7, 'int32'), tf.zerosLike(cube()), tf.onesLike(integers())]);
    expectSameAsCpu(() => [tf.oneHot(tf.tensor1d([1, 3, 0], 'int32'), 5), tf.oneHot(integers(), 3, 2, -1)]);
  });

  it('computes with empty tensors', () => {
    expectSameAsCpu(() => [
      tf.sum(tf.zeros([0, 3]), 0),
      tf.add(tf.zeros([0, 3]), 1),
      tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])),
    ]);
  });

  it('steps at 0, and keeps NaN and infinity', () => {
    const special = () => tf.tensor1d([Number.NaN, Infinity, -Infinity, 0, -0, 1e-37, -1e-37, 3e38]);
    expectSameAsCpu(() => tf.step(special()));
    expectSameAsCpu(() => tf.step(special(), -1));
  });

  it('keeps text', () => {
    expectSameAsCpu(() => tf.equal(tf.tensor1d(['a', 'b']), tf.tensor1d(['a', 'c'])));
  });
});

describe('Operations without a kernel of their own', () => {
  it('run on the cpu backend with one warning each', () => {
    const before = warnings.length;
    expectSameAsCpu(() => tf.cumprod(matrix(), 1));
    expectSameAsCpu(() => tf.cumprod(matrix(), 0));
    const warned = warnings.slice(before).filter((text) => text.includes('Cumprod'));
    expect(warned).toEqual(
      BACKENDS.map(
        () => "onnxruntime: Cumprod is not supported here and runs in plain JavaScript (tfjs backend 'cpu')",
      ),
    );
  });

  it('leave nothing behind on the cpu backend', () => {
    tf.setBackend('onnxruntime');
    const cpu = tf.findBackend('cpu');
    const before = cpu.numDataIds();
    tf.tidy(() => tf.cumprod(matrix(), 1).dataSync());
    expect(cpu.numDataIds()).toBe(before);
  });
});
