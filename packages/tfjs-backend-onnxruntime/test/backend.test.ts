import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoExecutableMemory } from '../src/native/executable-memory.js';
import { CodeBlock } from '../src/native/native-operators.js';
import { registerOnnxRuntimeBackend } from '../src/register-backend.js';
import { blocked, normal, plain, randomValues, relativeDifference, THREADS } from './support/engines.js';

beforeEach(() => {
  tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

describe('A backend', () => {
  it('describes what it computes with', () => {
    expect(blocked.describe()).toMatchObject({ version: '1.30.0', threads: THREADS });
    expect(plain.describe().nchwcBlock).toBe(0);
  });

  it('refuses a taken name, another number of threads and a block that the processor does not have', () => {
    expect(() => registerOnnxRuntimeBackend(tf)).toThrow("a backend named 'onnxruntime' is already registered");
    expect(() => registerOnnxRuntimeBackend(tf, { name: 'other', threads: THREADS + 1 })).toThrow(
      `this process already uses ${THREADS} threads; ${THREADS + 1} were asked for`,
    );
    expect(() => registerOnnxRuntimeBackend(tf, { name: 'other', threads: THREADS, nchwcBlock: 4 })).toThrow(
      'nchwcBlock 4 was asked for',
    );
  });

  it('says which library it did not find', () => {
    expect(() => registerOnnxRuntimeBackend(tf, { name: 'other', libraryPath: '/nowhere/libonnxruntime.so' })).toThrow(
      'cannot load /nowhere/libonnxruntime.so',
    );
  });

  it('can be disposed of and registered again', () => {
    const backend = registerOnnxRuntimeBackend(tf, { name: 'short-lived', threads: THREADS });
    tf.setBackend('short-lived');
    const sum = tf.tidy(() => tf.sum(tf.ones([3, 3])).dataSync()[0]);
    expect(sum).toBe(9);
    tf.setBackend('onnxruntime');
    tf.removeBackend('short-lived');
    backend.dispose();
    const again = registerOnnxRuntimeBackend(tf, { name: 'short-lived', threads: THREADS });
    tf.removeBackend('short-lived');
    again.dispose();
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
  });
});

describe('Recording', () => {
  it('computes nothing before a read, and one graph at the read', () => {
    const { runs } = blocked.statistics;
    const result = tf.tidy(() => tf.sum(tf.mul(tf.add(tf.ones([4, 4]), 1), 3)));
    expect(blocked.statistics.runs).toBe(runs);
    expect(result.dataSync()[0]).toBe(96);
    expect(blocked.statistics.runs).toBe(runs + 1);
    result.dispose();
  });

  it('compiles equal structures once', () => {
    const step = () => tf.tidy(() => tf.sum(tf.square(normal([7, 11])())).dataSync()[0]!);
    const first = step();
    const { compiles } = blocked.statistics;
    expect(step()).toBe(first);
    expect(blocked.statistics.compiles).toBe(compiles);
  });

  it('compiles the first step of an optimizer like all later ones, though its accumulators are new', () => {
    const weights = tf.variable(normal([5, 3])());
    const optimizer = tf.train.adam(0.1);
    const losses: number[] = [];
    const { compiles } = blocked.statistics;
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        const loss = optimizer.minimize(() => tf.mean(tf.square(weights)) as tf.Scalar, true, [weights])!;
        losses.push(loss.dataSync()[0]!);
      });
    }
    expect(blocked.statistics.compiles - compiles).toBe(1);
    expect(losses[2]).toBeLessThan(losses[0]!);
    optimizer.dispose();
  });

  it('compiles one graph for all batches that model.fit and predict cut out of the data', async () => {
    const [x, y] = [normal([64, 6])(), normal([64, 1], 2)()];
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [6], units: 1 })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit(x, y, { epochs: 1, batchSize: 32, verbose: 0 });
    tf.dispose(model.predict(x, { batchSize: 32 }));
    const { compiles } = blocked.statistics;
    await model.fit(x, y, { epochs: 2, batchSize: 32, verbose: 0 });
    tf.dispose(model.predict(x, { batchSize: 32 }));
    expect(blocked.statistics.compiles).toBe(compiles);
    await model.fit(x, y, { epochs: 1, batchSize: 4, verbose: 0 });
    // One for the batches, and one each for the sums of the first, of the second and of all batches.
    expect(blocked.statistics.compiles - compiles).toBeLessThanOrEqual(4);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('takes the numbers that an array had when the tensor was made', () => {
    const values = new Float32Array([1, 2, 3]);
    const doubled = tf.mul(tf.tensor1d(values), 2);
    values.fill(9);
    expect(Array.from(doubled.dataSync())).toEqual([2, 4, 6]);
  });

  it('hands out copies: writing into what was read changes no tensor', () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    tensor.dataSync().fill(0);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
  });

  it('reads in the middle of a tidy without losing what is pending', () => {
    const result = tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const doubled = tf.mul(x, 2);
      const sum = tf.sum(doubled).dataSync()[0]!;
      return tf.add(tf.mul(doubled, sum), x);
    });
    expect(Array.from(result.dataSync())).toEqual([41, 82, 123, 164]);
  });

  it('moves tensors from and to other backends', () => {
    const x = tf.add(tf.tensor1d([1, 2, 3]), 1);
    tf.setBackend('cpu');
    const y = tf.mul(x, 2);
    tf.setBackend('onnxruntime');
    expect(Array.from(tf.sub(y, 1).dataSync())).toEqual([3, 5, 7]);
  });

  it('computes batch by batch when nobody reads, at the end of the synchronous code', async () => {
    const { runs } = blocked.statistics;
    const kept = tf.mul(tf.ones([3]), 5);
    await Promise.resolve();
    expect(blocked.statistics.runs).toBe(runs + 1);
    expect(Array.from(kept.dataSync())).toEqual([5, 5, 5]);
    expect(blocked.statistics.runs).toBe(runs + 1);
  });

  it('computes a graph that grows too large, at the next border of a tidy', () => {
    const backend = registerOnnxRuntimeBackend(tf, {
      name: 'small-graphs',
      threads: THREADS,
      maxPendingOperations: 40,
    });
    tf.setBackend('small-graphs');
    const v = tf.variable(tf.zeros([2]));
    for (let step = 0; step < 30; step++) tf.tidy(() => v.assign(tf.add(tf.mul(v, 1), 1)));
    // Two operations a step; a border after ten of them is the place to run.
    expect(backend.statistics.runs).toBe(5);
    expect(Array.from(v.dataSync())).toEqual([30, 30]);
    const result = tf.tidy(() => {
      let x: tf.Tensor = tf.zeros([2]);
      for (let i = 0; i < 100; i++) x = tf.add(x, 1);
      return x;
    });
    expect(backend.statistics.runs).toBe(8);
    expect(Array.from(result.dataSync())).toEqual([100, 100]);
    tf.dispose([v, result]);
    tf.setBackend('onnxruntime');
    tf.removeBackend('small-graphs');
    backend.dispose();
  });
});

describe('The limit of uploaded bytes', () => {
  const options = { name: 'few-bytes', threads: THREADS, maxPendingBytes: 4000 };
  let backend: ReturnType<typeof registerOnnxRuntimeBackend>;

  beforeEach(() => {
    backend = registerOnnxRuntimeBackend(tf, options);
    tf.setBackend(options.name);
  });
  afterEach(() => {
    tf.disposeVariables();
    tf.setBackend('onnxruntime');
    tf.removeBackend(options.name);
    backend.dispose();
  });

  it('does not count large weights made before the first step, so that all steps share one graph', () => {
    const weights = tf.variable(tf.tensor(randomValues(2000, 1), [2000]));
    const velocity = tf.variable(tf.zeros([2000]), false);
    for (let step = 0; step < 3; step++) {
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(weights)) as tf.Scalar, [weights]);
      tf.tidy(() => {
        velocity.assign(tf.add(tf.mul(velocity, 0.9), grads[weights.name]!));
        weights.assign(tf.sub(weights, tf.mul(velocity, 0.1)));
      });
      tf.dispose(grads);
      value.dataSync();
      value.dispose();
    }
    expect(backend.statistics).toMatchObject({ compiles: 1, runs: 3 });
  });

  it('computes what reads uploaded batches before they fill the memory', () => {
    const sum = tf.variable(tf.zeros([100]));
    const batch = randomValues(100, 2);
    for (let step = 0; step < 20; step++) tf.tidy(() => sum.assign(tf.add(sum, tf.tensor1d(batch))));
    // A quarter of the limit is 1000 bytes: three batches of 400 after the first operation.
    expect(backend.statistics.runs).toBeGreaterThanOrEqual(4);
    expect(
      relativeDifference(
        sum.dataSync(),
        batch.map((value) => 20 * value),
      ),
    ).toBeLessThan(1e-6);
  });

  it('lets go at once of uploads that nothing reads', () => {
    const values = new Float32Array(2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 50; i++) tf.tensor1d(values).dispose();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * values.byteLength);
  });
});

/** An index that comes out of a longer computation, so that nobody looks at it beforehand. */
function computeIndex(index: number): tf.Tensor1D {
  let sum: tf.Tensor = tf.tensor1d([0]);
  for (let part = 0; part < index; part++) sum = tf.add(tf.mul(sum, 1), 1);
  return tf.cast(sum, 'int32') as tf.Tensor1D;
}

describe('Errors', () => {
  it('name the operations of the graph and the failing node', () => {
    const message = /cannot run a graph of \d+ operations \(.*Gather.*\): .*Gather.*7/s;
    const result = tf.mul(tf.gather(tf.tensor1d([1, 2, 3]), computeIndex(7)), 2);
    expect(() => result.dataSync()).toThrow(message);
    // The failure stays with the tensor, and with what is computed from it.
    expect(() => result.dataSync()).toThrow(message);
    expect(() => tf.add(result, 1)).toThrow(message);
    expect(Array.from(tf.add(tf.ones([2]), 1).dataSync())).toEqual([2, 2]);
  });

  it('stay with the operation that failed', () => {
    const weights = tf.variable(tf.tensor1d([1, 2, 3]));
    // The same run computes the update and what cannot be computed.
    const failing = tf.gather(weights, computeIndex(7));
    weights.assign(tf.sub(weights, 1));
    const sum = tf.sum(weights);
    expect(() => failing.dataSync()).toThrow(/Gather/);
    expect(Array.from(weights.dataSync())).toEqual([0, 1, 2]);
    expect(sum.dataSync()[0]).toBe(3);
    weights.assign(tf.add(weights, 1));
    expect(Array.from(weights.dataSync())).toEqual([1, 2, 3]);
  });

  it('keep large weights whose update was to be written over them', () => {
    const weights = tf.variable(tf.ones([5000, 1000]));
    const step = (place: number) => {
      const part = tf.gather(tf.tensor1d([1, 2, 3]), computeIndex(place));
      weights.assign(tf.tidy(() => tf.add(weights, 1)));
      return part;
    };
    expect(step(1).dataSync()[0]).toBe(2);
    expect(() => step(9).dataSync()).toThrow(/Gather/);
    expect(Array.from(tf.sum(weights, 0).dataSync().slice(0, 2))).toEqual([15000, 15000]);
  });

  it('are thrown where an index is known, as the reference does', () => {
    const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    expect(() => tf.gather(table, tf.tensor1d([-1], 'int32'))).toThrow('index value -1 is not in [0, 1]');
    expect(() => tf.gather(table, tf.tensor1d([0, 2], 'int32'))).toThrow('index value 2 is not in [0, 1]');
    // An embedding's indices come as floats.
    expect(() => tf.gather(table, tf.cast(tf.tensor1d([3]), 'int32'))).toThrow('index value 3 is not in [0, 1]');
    expect(Array.from(tf.gather(table, tf.cast(tf.tensor1d([1]), 'int32')).dataSync())).toEqual([3, 4]);
  });

  it('leave a model as it was when an embedding is asked for what it does not have', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 1, embeddingsInitializer: 'ones' }),
        tf.layers.flatten(),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const y = tf.ones([1, 2]);
    await expect(model.fit(tf.tensor2d([[7]]), y, { verbose: 0 })).rejects.toThrow('index value 7 is not in [0, 2]');
    expect(Array.from(model.getWeights()[0]!.dataSync())).toEqual([1, 1, 1, 1, 1, 1]);
    await model.fit(tf.tensor2d([[2]]), y, { verbose: 0 });
    expect(Array.from((model.predict(tf.tensor2d([[1]])) as tf.Tensor).dataSync())).toEqual([1, 1]);
  });
});

/** One training step of a small network, whose loss is read. */
function createStep() {
  const weights = tf.variable(tf.tensor(randomValues(9 * 8, 1, 0.3), [3, 3, 1, 8]));
  const dense = tf.variable(tf.tensor(randomValues(8 * 4, 2, 0.3), [8, 4]));
  const optimizer = tf.train.adam(1e-3);
  const values = randomValues(4 * 64, 3);
  return () =>
    tf.tidy(() => {
      const x = tf.tensor4d(values, [4, 8, 8, 1]);
      const loss = optimizer.minimize(
        () => {
          const h = tf.relu(tf.conv2d(x, weights as never, 1, 'same')) as tf.Tensor4D;
          const pooled = tf.mean(tf.maxPool(h, 2, 2, 'valid'), [1, 2]);
          return tf.mean(tf.square(tf.matMul(pooled as tf.Tensor2D, dense as never))) as tf.Scalar;
        },
        true,
        [weights, dense] as tf.Variable[],
      );
      return loss!.dataSync()[0]!;
    });
}

describe('Memory', () => {
  it('stays flat over hundreds of steps', () => {
    const step = createStep();
    for (let i = 0; i < 150; i++) step();
    globalThis.gc?.();
    const before = { tensors: tf.memory().numTensors, data: blocked.numDataIds(), rss: process.memoryUsage().rss };
    const { compiles } = blocked.statistics;
    for (let i = 0; i < 500; i++) step();
    globalThis.gc?.();
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(blocked.numDataIds()).toBe(before.data);
    expect(blocked.statistics.compiles).toBe(compiles);
    // A step allocates tens of native objects; one leaked pointer's worth each would show.
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(30 * 2 ** 20);
  });

  it('holds a bounded number of compiled graphs and releases the others', () => {
    const backend = registerOnnxRuntimeBackend(tf, { name: 'few-graphs', threads: THREADS, maxCompiledGraphs: 3 });
    tf.setBackend('few-graphs');
    const sumOf = (length: number) => tf.tidy(() => tf.sum(tf.ones([length])).dataSync()[0]);
    for (let length = 1; length <= 30; length++) expect(sumOf(length)).toBe(length);
    expect(backend.statistics.compiles).toBe(30);
    sumOf(30);
    sumOf(28);
    expect(backend.statistics.compiles).toBe(30);
    sumOf(1);
    expect(backend.statistics.compiles).toBe(31);
    // The graph unused longest was that of length 29.
    sumOf(30);
    sumOf(28);
    expect(backend.statistics.compiles).toBe(31);
    sumOf(29);
    expect(backend.statistics.compiles).toBe(32);
    tf.setBackend('onnxruntime');
    tf.removeBackend('few-graphs');
    backend.dispose();
  });
});

describe('A backend that is gone', () => {
  const register = (name: string) => registerOnnxRuntimeBackend(tf, { name, threads: 2 });

  it('says so, whatever is asked of it', () => {
    const gone = register('gone');
    tf.setBackend('gone');
    const [known, pending] = [tf.tensor1d([1, 2]), tf.add(tf.tensor1d([1, 2]), 1)];
    const weights = tf.variable(tf.ones([3]));
    tf.setBackend('cpu');
    tf.removeBackend('gone');
    for (const tensor of [known, pending, weights]) expect(() => tensor.dataSync()).toThrow(/was disposed of/);
    expect(() => tf.add(pending, 1).dataSync()).toThrow(/was disposed of/);
    expect(() => gone.flush()).toThrow(/was disposed of/);
    expect(() => gone.dispose()).not.toThrow();
    tf.dispose([known, pending, weights]);
    // Its name is free again.
    register('gone');
    tf.setBackend('gone');
    expect(tf.add(tf.ones([2]), 1).dataSync()[0]).toBe(2);
    tf.setBackend('cpu');
    tf.removeBackend('gone');
  });
});

describe('Generated kernels', () => {
  const withVariable = (value: string, name: string) => {
    process.env.TFJS_ONNXRUNTIME_KERNELS = value;
    try {
      return registerOnnxRuntimeBackend(tf, { name, threads: 2, algorithms: 'rules', warn: () => undefined });
    } finally {
      delete process.env.TFJS_ONNXRUNTIME_KERNELS;
    }
  };

  it('are switched off by a variable of the environment', () => {
    expect(withVariable('none', 'without-kernels').describe().nativeKernels).toBe('none');
    expect(() => withVariable('no', 'wrong')).toThrow('TFJS_ONNXRUNTIME_KERNELS=no: allowed are auto, avx2 and none');
    tf.removeBackend('without-kernels');
  });

  it.runIf(blocked.describe().nativeKernels !== 'none')('give way where no more memory may hold code', () => {
    const warned: string[] = [];
    const options = {
      name: 'hardened',
      threads: 2,
      algorithms: 'rules',
      warn: (text: string) => warned.push(text),
    } as const;
    const hardened = registerOnnxRuntimeBackend(tf, options);
    const compute = (size: number) => {
      const x = tf.tensor4d(randomValues(size * size * 16, 1), [1, size, size, 16]);
      const y = tf.conv2d(x, tf.tensor4d(randomValues(9 * 16 * 16, 2), [3, 3, 16, 16]), 1, 'same');
      return tf.relu(tf.add(y, 1)).dataSync();
    };
    tf.setBackend('hardened');
    compute(7);
    expect(hardened.describe().nativeKernels).not.toBe('none');
    const load = vi.spyOn(CodeBlock.prototype, 'load').mockImplementation(() => {
      throw new NoExecutableMemory('this system does not let memory be made executable');
    });
    const found = compute(9);
    load.mockRestore();
    expect(hardened.describe().nativeKernels).toBe('none');
    expect(warned).toEqual([expect.stringContaining('does not let memory be made executable')]);
    // What was compiled before goes on.
    compute(7);
    tf.setBackend('onnxruntime-plain');
    expect(relativeDifference(found, compute(9))).toBeLessThan(1e-5);
    tf.removeBackend('hardened');
  });
});

describe('Threads', () => {
  it('are one number for the process: a worker that asks for another is told', async () => {
    const url = new URL('../dist/index.js', import.meta.url).href;
    const tensorFlow = new URL('../../../node_modules/@tensorflow/tfjs/dist/tf.node.js', import.meta.url).href;
    const source = `
      import * as tf from '${tensorFlow}';
      import { registerOnnxRuntimeBackend } from '${url}';
      import { parentPort, workerData } from 'node:worker_threads';
      try {
        const backend = registerOnnxRuntimeBackend(tf, { threads: workerData });
        await tf.setBackend('onnxruntime');
        const sum = tf.sum(tf.ones([3])).dataSync()[0];
        backend.dispose();
        parentPort.postMessage('sum ' + sum);
      } catch (error) {
        parentPort.postMessage(error.message);
      }`;
    const ask = (threads: number) =>
      new Promise<string>((resolve) => {
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
          workerData: threads,
        });
        worker.on('message', resolve);
        worker.on('error', (error) => resolve(String(error)));
      });
    expect(await ask(THREADS + 1)).toContain(`already uses ${THREADS} threads; ${THREADS + 1} were asked for`);
    expect(await ask(THREADS)).toBe('sum 3');
  });
});
