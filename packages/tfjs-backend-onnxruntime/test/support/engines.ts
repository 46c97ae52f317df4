/** The backends under test and their comparison with tfjs's plain `cpu` backend. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { OnnxRuntimeBackend } from '../../src/backend.js';
import { registerOnnxRuntimeBackend } from '../../src/register-backend.js';

export const THREADS = 2;

/** Operations that ran on the `cpu` backend, by their warnings. */
export const warnings: string[] = [];

const collect = (message: string) => warnings.push(message);

/** Generated kernels where the processor has them, and plain convolutions. */
export const blocked: OnnxRuntimeBackend = registerOnnxRuntimeBackend(tf, { threads: THREADS, warn: collect });
export const plain: OnnxRuntimeBackend = registerOnnxRuntimeBackend(tf, {
  name: 'onnxruntime-plain',
  threads: THREADS,
  nchwcBlock: 0,
  warn: collect,
});

export const BACKENDS = ['onnxruntime', 'onnxruntime-plain'] as const;

const compared: string[] = [...BACKENDS];

/** Compares the library's own blocked convolutions with `cpu` as well, from now on: for tests of images. */
export function compareLibraryToo(): void {
  const name = 'onnxruntime-library';
  registerOnnxRuntimeBackend(tf, { name, threads: THREADS, nativeKernels: 'none', warn: collect });
  compared.push(name);
}

type Computed = tf.Tensor | tf.Tensor[];

interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

/** Returns what `compute` gives on a backend; tensors made inside are disposed of. */
export function computeOn(backend: string, compute: () => Computed): Result[] {
  tf.setBackend(backend);
  let results: Result[] = [];
  tf.tidy(() => {
    const computed = compute();
    const tensors = Array.isArray(computed) ? computed : [computed];
    // Not returned from here: tidy() would look for tensors among all the numbers.
    results = tensors.map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: tensor.dataSync() as never,
    }));
  });
  return results;
}

/** Returns the largest difference of two lists of numbers, relative to the largest number expected. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let largest = 1e-9;
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!;
    const b = expected[i]!;
    if (Object.is(a, b) || a === b) continue;
    difference = Math.max(difference, Math.abs(a - b));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (Number.isFinite(b)) largest = Math.max(largest, Math.abs(b));
  }
  return difference / largest;
}

/** Expects the shapes, types and numbers that tfjs's `cpu` backend gives. */
export function expectSameAsCpu(compute: () => Computed, tolerance = 2e-5): void {
  const expected = computeOn('cpu', compute);
  for (const backend of compared) {
    const actual = computeOn(backend, compute);
    expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      expected.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    actual.forEach(({ values }, index) => {
      const difference = relativeDifference(values, expected[index]!.values);
      expect(difference, `result ${index} on ${backend}`).toBeLessThan(tolerance);
    });
  }
}

/** Expects the gradients of a weighted sum of `compute`'s result with respect to each input. */
export function expectSameGradients(
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: (() => tf.Tensor)[],
  tolerance = 1e-4,
): void {
  expectSameAsCpu(() => {
    const weighted = (...tensors: tf.Tensor[]) => {
      const result = compute(...tensors);
      const weights = Float32Array.from({ length: result.size }, (_, index) => Math.cos(index));
      return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
    };
    return tf.grads(weighted)(inputs.map((create) => create()));
  }, tolerance);
}

/** Returns normally distributed numbers from a seed (mulberry32, Box and Muller). */
export function randomValues(length: number, seed: number, deviation = 1): Float32Array {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * deviation;
  }
  return values;
}

/** Returns a creator of one fixed random tensor. */
export function normal(shape: number[], seed = 1, deviation = 1): () => tf.Tensor {
  const values = randomValues(
    shape.reduce((product, size) => product * size, 1),
    seed,
    deviation,
  );
  return () => tf.tensor(values, shape);
}
