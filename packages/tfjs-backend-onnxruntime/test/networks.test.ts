import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  BACKENDS,
  compareLibraryToo,
  computeOn,
  expectSameAsCpu,
  randomValues,
  relativeDifference,
} from './support/engines.js';

compareLibraryToo();

type Variables = Record<string, tf.Variable>;

function createVariables(shapes: Record<string, number[]>): Variables {
  const entries = Object.entries(shapes).map(([name, shape], index) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const fanIn = size / shape.at(-1)!;
    const values = randomValues(size, index + 1, shape.length === 1 ? 0.5 : 1 / Math.sqrt(fanIn));
    return [name, tf.variable(tf.tensor(values, shape))] as const;
  });
  return Object.fromEntries(entries);
}

function createImages(batch: number, size: number): tf.Tensor4D {
  // Mostly paper: large equal areas make equal maxima, as drawings do.
  const values = randomValues(batch * size * size, 99).map((value) => (value > 1.2 ? 1 : 0));
  return tf.tensor4d(values, [batch, size, size, 1]);
}

/** Twin network of Koch et al. 2015 with other sizes: convolution and bias, relu, pooling, dense, weighted L1. */
function kochNetwork(size: number, kernels: number[], filters: number[], units: number, pairs: number) {
  const shapes: Record<string, number[]> = {};
  let [length, channels] = [size, 1];
  kernels.forEach((kernel, index) => {
    shapes[`filter${index}`] = [kernel, kernel, channels, filters[index]!];
    shapes[`bias${index}`] = [filters[index]!];
    length = length - kernel + 1;
    if (index < kernels.length - 1) length = Math.floor(length / 2);
    channels = filters[index]!;
  });
  shapes.dense = [length * length * channels, units];
  shapes.denseBias = [units];
  shapes.head = [units, 1];
  shapes.headBias = [1];
  const v = createVariables(shapes);
  const images = createImages(2 * pairs, size);
  const labels = tf.tensor2d(Array.from({ length: pairs }, (_, index) => [index % 2]));
  const loss = () => {
    let h: tf.Tensor = images;
    kernels.forEach((_, index) => {
      h = tf.relu(tf.add(tf.conv2d(h as tf.Tensor4D, v[`filter${index}`] as never, 1, 'valid'), v[`bias${index}`]!));
      if (index < kernels.length - 1) h = tf.maxPool(h as tf.Tensor4D, 2, 2, 'valid');
    });
    const embedding = tf.sigmoid(tf.add(tf.matMul(tf.reshape(h, [2 * pairs, -1]), v.dense!), v.denseBias!));
    const [a, b] = tf.split(embedding, 2, 0) as [tf.Tensor, tf.Tensor];
    const z = tf.add(tf.matMul(tf.abs(tf.sub(a, b)), v.head!), v.headBias!);
    const entropy = tf.add(tf.sub(tf.relu(z), tf.mul(z, labels)), tf.softplus(tf.neg(tf.abs(z))));
    return tf.mean(entropy) as tf.Scalar;
  };
  return { v, loss };
}

/** Convolution, batch norm, relu and pooling, four times, then a softmax classifier. */
function normalizedNetwork(filters: number, batch: number, poolSize: number) {
  const shapes: Record<string, number[]> = { dense: [filters, 5], denseBias: [5] };
  for (let i = 0; i < 3; i++) {
    Object.assign(shapes, {
      [`filter${i}`]: [3, 3, i === 0 ? 1 : filters, filters],
      [`scale${i}`]: [filters],
      [`offset${i}`]: [filters],
    });
  }
  const v = createVariables(shapes);
  const images = createImages(batch, 14);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: batch }, (_, index) => index % 5),
      'int32',
    ),
    5,
  );
  const loss = () => {
    let h: tf.Tensor = images;
    for (let i = 0; i < 3; i++) {
      const convolved = tf.conv2d(h as tf.Tensor4D, v[`filter${i}`] as never, 1, 'same');
      const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
      const normalized = tf.batchNorm(
        convolved,
        mean as never,
        variance as never,
        v[`offset${i}`] as never,
        v[`scale${i}`] as never,
        1e-3,
      );
      h = tf.maxPool(tf.relu(normalized) as tf.Tensor4D, poolSize, 2, poolSize === 2 ? 'valid' : 'same');
    }
    const pooled = tf.mean(h, [1, 2]);
    return tf.losses.softmaxCrossEntropy(
      labels,
      tf.add(tf.matMul(pooled as never, v.dense as never), v.denseBias!),
    ) as tf.Scalar;
  };
  return { v, loss };
}

/** Batch norm of a matrix with a gradient of its own; Ioffe and Szegedy 2015, section 3. */
function normalizeRows(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const compute = tf.customGrad((...inputs) => {
    const [h, factor, added] = inputs as tf.Tensor[];
    const save = inputs.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    const { mean, variance } = tf.moments(h!, 0);
    const deviation = tf.rsqrt(tf.add(variance, 1e-3));
    const normalized = tf.mul(tf.sub(h!, mean), deviation);
    save([normalized, deviation, factor!]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, inverse, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const offsetGradient = tf.sum(dy, 0);
      const scaleGradient = tf.sum(tf.mul(dy, y), 0);
      const averages = tf.div(tf.add(offsetGradient, tf.mul(y, scaleGradient)), y.shape[0]!);
      return [tf.mul(tf.mul(gamma, inverse), tf.sub(dy, averages)), scaleGradient, offsetGradient];
    };
    return { value: tf.add(tf.mul(normalized, factor!), added!), gradFunc };
  });
  return compute(x, scale, offset);
}

type Network = () => { v: Variables; loss: () => tf.Scalar };

function expectSameNetworkGradients(create: Network): void {
  expectSameAsCpu(() => {
    const { v, loss } = create();
    const { value, grads } = tf.variableGrads(loss, Object.values(v));
    const results = [value, ...Object.values(v).map((variable) => grads[variable.name]!)];
    return results;
  }, 1e-4);
}

afterEach(() => tf.disposeVariables());

describe('Gradients of whole networks', () => {
  it('agree for a twin network with few channels', () => {
    expectSameNetworkGradients(() => kochNetwork(27, [5, 4, 2], [6, 8, 10], 12, 3));
  });

  it('agree for a twin network with whole blocks of channels', () => {
    expectSameNetworkGradients(() => kochNetwork(22, [5, 4], [16, 32], 24, 5));
  });

  it('agree for a batch of one pair', () => {
    expectSameNetworkGradients(() => kochNetwork(20, [4, 3], [8, 16], 8, 1));
  });

  it.each([6, 16])('agree for %i channels with batch norm', (filters) => {
    expectSameNetworkGradients(() => normalizedNetwork(filters, 6, 2));
  });

  it('agree for batch norm of a matrix with as many rows as columns and a penalty on its offset', () => {
    expectSameNetworkGradients(() => {
      const v = createVariables({ weights: [6, 8], scale: [8], offset: [8] });
      const x = tf.tensor2d(randomValues(48, 9), [8, 6]);
      const loss = () => {
        const normalized = normalizeRows(tf.matMul(x, v.weights as never), v.scale!, v.offset!);
        return tf.add(tf.mean(tf.square(normalized)), tf.mul(0.01, tf.sum(v.offset!))) as tf.Scalar;
      };
      return { v, loss };
    });
  });

  it.each([6, 16])('agree for %i channels with overlapping windows', (filters) => {
    expectSameNetworkGradients(() => normalizedNetwork(filters, 5, 3));
  });
});

/** Returns weights and losses after a few steps of an optimizer on the normalized network. */
function train(optimizer: () => tf.Optimizer, steps: number): tf.Tensor[] {
  const { v, loss } = normalizedNetwork(8, 5, 2);
  const trained = optimizer();
  const losses = Array.from({ length: steps }, () => trained.minimize(loss, true, Object.values(v))!);
  return [tf.stack(losses), ...Object.values(v)];
}

describe('Training', () => {
  it.each([
    ['SGD', () => tf.train.sgd(0.05)],
    ['momentum', () => tf.train.momentum(0.05, 0.9)],
    ['RMSProp', () => tf.train.rmsprop(0.01)],
    ['Adagrad', () => tf.train.adagrad(0.05)],
  ] as [string, () => tf.Optimizer][])('follows the cpu backend with %s', (_, optimizer) => {
    expectSameAsCpu(() => train(optimizer, 3), 1e-3);
  });

  it('follows the cpu backend with Adam on a smooth function', () => {
    expectSameAsCpu(() => {
      const weights = tf.variable(tf.tensor(randomValues(15, 1), [5, 3]));
      const inputs = tf.tensor(randomValues(40, 2), [8, 5]) as tf.Tensor2D;
      const adam = tf.train.adam(0.05);
      for (let i = 0; i < 4; i++)
        adam.minimize(() => tf.mean(tf.square(tf.sub(tf.matMul(inputs, weights as never), 1))) as tf.Scalar);
      return weights;
    });
  });

  it('updates large matrices in blocks of rows', () => {
    const rows = 2100;
    const columns = 2000;
    const initial = randomValues(rows * columns, 5, 0.05);
    const [x, dy] = [randomValues(2 * rows, 6), randomValues(2 * columns, 7)];
    const expected = { weights: initial.slice(), velocity: new Float32Array(rows * columns) };
    for (let step = 0; step < 2; step++) {
      for (let i = 0; i < rows * columns; i++) {
        const row = Math.floor(i / columns);
        const column = i % columns;
        const gradient = x[row]! * dy[column]! + x[rows + row]! * dy[columns + column]! + 0.01 * expected.weights[i]!;
        expected.velocity[i] = 0.9 * expected.velocity[i]! + gradient;
        expected.weights[i]! -= 0.1 * expected.velocity[i]!;
      }
    }
    for (const backend of BACKENDS) {
      const [weights, velocity] = computeOn(backend, () => {
        const w = tf.variable(tf.tensor(initial, [rows, columns]));
        const v = tf.variable(tf.zeros([rows, columns]), false);
        for (let step = 0; step < 2; step++) {
          const product = tf.matMul(tf.tensor2d(x, [2, rows]), tf.tensor2d(dy, [2, columns]), true, false);
          v.assign(tf.add(tf.mul(v, 0.9), tf.add(product, tf.mul(w, 0.01))));
          w.assign(tf.sub(w, tf.mul(v, 0.1)));
        }
        return [w, v];
      });
      expect(relativeDifference(weights!.values, expected.weights)).toBeLessThan(1e-6);
      expect(relativeDifference(velocity!.values, expected.velocity)).toBeLessThan(1e-6);
    }
  });

  it('runs tf.layers models, with dropout at prediction time off', async () => {
    const build = () => {
      const initializer = (seed: number) => tf.initializers.varianceScaling({ seed });
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [12, 12, 1],
            filters: 16,
            kernelSize: 3,
            kernelInitializer: initializer(1),
            padding: 'same',
          }),
          tf.layers.batchNormalization({}),
          tf.layers.reLU({}),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.dropout({ rate: 0.5, seed: 1 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: initializer(2) }),
        ],
      });
      return model;
    };
    const x = () => tf.tensor(randomValues(6 * 144, 3), [6, 12, 12, 1]);
    expectSameAsCpu(() => build().predict(x()) as tf.Tensor);
  });

  it('learns with model.fit', async () => {
    tf.setBackend('onnxruntime');
    const inputs = tf.tensor(randomValues(64 * 8, 3), [64, 8]) as tf.Tensor2D;
    const targets = tf.tidy(() => tf.sum(inputs, 1, true));
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [8], units: 1, kernelInitializer: tf.initializers.zeros() })],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const { history } = await model.fit(inputs, targets, { epochs: 20, batchSize: 16, shuffle: false });
    expect(history.loss!.at(-1)).toBeLessThan(0.01 * (history.loss![0] as number));
    tf.dispose([inputs, targets]);
    model.dispose();
  });

  it('gives equal bytes in every run', () => {
    const hash = (backend: string) => {
      const hasher = createHash('sha256');
      for (const { values } of computeOn(backend, () => train(() => tf.train.momentum(0.05, 0.9), 4))) {
        hasher.update(values as Float32Array);
      }
      tf.disposeVariables();
      return hasher.digest('hex');
    };
    for (const backend of BACKENDS) expect(hash(backend)).toBe(hash(backend));
  });

  it('computes the same with and without blocks', () => {
    const [a, b] = BACKENDS.map((backend) => computeOn(backend, () => train(() => tf.train.sgd(0.05), 2)));
    a!.forEach(({ values }, index) => {
      expect(relativeDifference(values, b![index]!.values)).toBeLessThan(1e-4);
    });
  });
});
