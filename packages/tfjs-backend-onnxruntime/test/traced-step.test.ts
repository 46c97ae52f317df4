import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerOnnxRuntimeBackend } from '../src/register-backend.js';
import type { StepBody } from '../src/traced-step.js';
import { blocked, randomValues, THREADS } from './support/engines.js';

beforeAll(() => {
  tf.setBackend('onnxruntime');
});

interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly rate: number;
}

const [COUNT, SIZE, CLASSES] = [8, 12, 3];

function makeBatch(step: number, count = COUNT): Batch {
  const labels = Int32Array.from({ length: count }, (_, index) => (index + step) % CLASSES);
  return { images: randomValues(count * SIZE * SIZE, 100 + step), labels, rate: 0.1 / (1 + step) };
}

/** A network with its velocities: a convolution, a large matrix, whose update is written over it, and a classifier. */
function createNetwork() {
  const shapes = { filter: [3, 3, 1, 16], large: [6 * 6 * 16, 8192], dense: [8192, CLASSES], bias: [CLASSES] };
  const create = (values: Float32Array | null, shape: number[]) =>
    tf.tidy(() => tf.variable(values ? tf.tensor(values, shape) : tf.zeros(shape)));
  const entries = Object.entries(shapes).map(([name, shape], index) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const start = randomValues(count, index).map((value) => value * 0.02);
    return [name, { weights: create(start, shape), velocity: create(null, shape) }] as const;
  });
  const parameters = Object.fromEntries(entries);
  const weights = entries.map(([, parameter]) => parameter.weights);
  const body: StepBody<Batch> = (_batch, feed) => {
    const { value, grads } = tf.variableGrads(() => {
      const images = feed(({ images }) => images, [COUNT, SIZE, SIZE, 1]) as tf.Tensor4D;
      const labels = feed(({ labels }) => labels, [COUNT], 'int32');
      const convolved = tf.conv2d(images, parameters.filter!.weights as unknown as tf.Tensor4D, 1, 'same');
      const flat = tf.reshape(tf.maxPool(tf.relu(convolved) as tf.Tensor4D, 2, 2, 'valid'), [COUNT, -1]) as tf.Tensor2D;
      const hidden = tf.relu(tf.matMul(flat, parameters.large!.weights as unknown as tf.Tensor2D)) as tf.Tensor2D;
      const product = tf.matMul(hidden, parameters.dense!.weights as unknown as tf.Tensor2D);
      const logits = tf.add(product, parameters.bias!.weights);
      return tf.losses.softmaxCrossEntropy(tf.oneHot(labels as tf.Tensor1D, CLASSES), logits) as tf.Scalar;
    }, weights);
    const rate = feed(({ rate }) => [rate], []);
    for (const { weights: own, velocity } of Object.values(parameters)) {
      velocity.assign(tf.add(tf.mul(velocity, 0.9), grads[own.name]!));
      own.assign(tf.sub(own, tf.mul(velocity, rate)));
    }
    return [value];
  };
  return {
    body,
    variables: Object.values(parameters).flatMap(({ weights: own, velocity }) => [own, velocity]),
  };
}

const digest = (tensor: tf.Tensor) =>
  createHash('sha256')
    .update(tensor.dataSync() as Float32Array)
    .digest('hex');
const bytesOf = (variables: readonly tf.Variable[]) => variables.map(digest);

function readAndDispose(tensors: readonly tf.Tensor[]): number[] {
  const numbers = tensors.map((tensor) => tensor.dataSync()[0]!);
  tf.dispose([...tensors]);
  return numbers;
}

/** The same steps without a trace. */
function runPlainly(body: StepBody<Batch>, batch: Batch): number[] {
  const results = tf.tidy(() =>
    body(batch, (read, shape, dtype) => tf.tensor(read(batch) as never, [...shape], dtype ?? 'float32')),
  );
  blocked.flush();
  return readAndDispose(results);
}

describe('A traced step', () => {
  it('is recorded twice, and gives the bytes of steps that are recorded every time', () => {
    const [plain, traced] = [createNetwork(), createNetwork()];
    const step = blocked.traceStep(traced.body);
    const replays = () => blocked.statistics.replays;
    const before = replays();
    let tensors = 0;
    for (let number = 0; number < 8; number++) {
      expect(readAndDispose(step(makeBatch(number)))).toEqual(runPlainly(plain.body, makeBatch(number)));
      expect(bytesOf(traced.variables)).toEqual(bytesOf(plain.variables));
      if (number === 0) tensors = tf.memory().numTensors;
    }
    expect(replays() - before).toBe(6);
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose([...plain.variables, ...traced.variables]);
  });

  it('leaves alone what somebody holds', () => {
    const { body, variables } = createNetwork();
    const step = blocked.traceStep(body);
    for (let number = 0; number < 4; number++) readAndDispose(step(makeBatch(number)));
    const held = variables.map((variable) => tf.clone(variable));
    const copies = bytesOf(variables);
    for (let number = 4; number < 8; number++) readAndDispose(step(makeBatch(number)));
    expect(held.map(digest)).toEqual(copies);
    expect(bytesOf(variables)[0]).not.toEqual(copies[0]);
    tf.dispose([...held, ...variables]);
  });

  it('is recorded where pending work still has to read the old values', () => {
    const weight = tf.variable(tf.scalar(1));
    const step = blocked.traceStep<number>((_, feed) => {
      weight.assign(
        tf.add(
          weight,
          feed((by) => [by], []),
        ),
      );
      return [];
    });
    for (const by of [1, 1, 1]) step(by);
    tf.tidy(() => {
      const doubled = tf.mul(weight, 2);
      step(10);
      expect(doubled.dataSync()[0]).toBe(8);
      expect(weight.dataSync()[0]).toBe(14);
    });
    weight.dispose();
  });

  it('takes numbers of another count by recording them', () => {
    const sums: number[] = [];
    const step = blocked.traceStep<number[]>((numbers, feed) => [tf.sum(feed((own) => own, [numbers.length]))]);
    for (const numbers of [
      [1, 2],
      [3, 4],
      [5, 6],
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [1, 1],
      [2, 2],
    ])
      sums.push(...readAndDispose(step(numbers)));
    expect(sums).toEqual([3, 7, 11, 6, 15, 24, 2, 4]);
  });

  describe('is recorded every time', () => {
    const expectRecorded = (body: StepBody<number>, expected: (step: number) => number) => {
      const step = blocked.traceStep(body);
      const before = blocked.statistics.replays;
      for (let number = 0; number < 40; number++) expect(readAndDispose(step(number))).toEqual([expected(number)]);
      expect(blocked.statistics.replays).toBe(before);
    };

    it('where it makes other constants', () => {
      expectRecorded(
        (step) => [tf.add(tf.scalar(step), 1)],
        (step) => step + 1,
      );
    });

    it('where it looks at what it is fed', () => {
      expectRecorded(
        (_, feed) => {
          const fed = feed((step) => [step], []);
          return [fed.dataSync()[0]! % 2 === 0 ? tf.add(fed, 1) : tf.mul(fed, 2)];
        },
        (step) => (step % 2 === 0 ? step + 1 : 2 * step),
      );
    });

    it('where it looks at a variable', () => {
      const count = tf.variable(tf.scalar(0));
      expectRecorded(
        (_, feed) => {
          const isEven = count.dataSync()[0]! % 2 === 0;
          count.assign(tf.add(count, 1));
          const fed = feed((step) => [step], []);
          return [isEven ? tf.add(fed, 1) : tf.mul(fed, 2)];
        },
        (step) => (step % 2 === 0 ? step + 1 : 2 * step),
      );
      count.dispose();
    });

    it('where it makes variables, or gives back what others hold', () => {
      const made: tf.Variable[] = [];
      expectRecorded(
        (_, feed) => {
          const fed = feed((step) => [step], []);
          made.push(tf.variable(tf.add(fed, 1)));
          return [tf.add(fed, 2)];
        },
        (step) => step + 2,
      );
      expect(made.map((variable) => variable.dataSync()[0])).toEqual(made.map((_, step) => step + 1));
      tf.dispose(made);
    });
  });

  it('reads tensors that stay the same, and notices when they are gone', () => {
    const factor = tf.tensor1d([1, 2, 3]).add(0) as tf.Tensor1D;
    const step = blocked.traceStep<number>((_, feed) => [
      tf.sum(
        tf.mul(
          factor,
          feed((by) => [by], []),
        ),
      ),
    ]);
    const before = blocked.statistics.replays;
    for (const by of [1, 2, 3, 4]) expect(readAndDispose(step(by))).toEqual([6 * by]);
    expect(blocked.statistics.replays - before).toBeGreaterThan(0);
    factor.dispose();
    expect(() => step(5)).toThrow();
  });

  it('is compiled again where its graph was dropped', async () => {
    const few = registerOnnxRuntimeBackend(tf, { name: 'few', threads: THREADS, maxCompiledGraphs: 2 });
    await tf.setBackend('few');
    const weight = tf.variable(tf.scalar(0));
    const step = few.traceStep<number>((_, feed) => {
      weight.assign(
        tf.add(
          weight,
          feed((by) => [by], []),
        ),
      );
      return [tf.mul(weight, 2)];
    });
    let sum = 0;
    for (let number = 0; number < 12; number++) {
      if (number % 4 === 3) {
        for (const size of [2, 3, 4]) tf.tidy(() => tf.sum(tf.square(tf.ones([size + number]))).dataSync());
      }
      sum += number;
      expect(readAndDispose(step(number))).toEqual([2 * sum]);
    }
    expect(few.statistics.replays).toBeGreaterThan(0);
    weight.dispose();
    tf.removeBackend('few');
    await tf.setBackend('onnxruntime');
    expect(() => step(1)).toThrow('disposed');
  });
});
