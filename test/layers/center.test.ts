// Centring and whitening of features, from their own mean and covariance.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { center } from '../../src/layers/center.js';

/** 400 vectors of 3 numbers that go together, with a mean. */
function correlated(): Float32Array {
  const random = randomStream(1, 'features');
  const rows = Array.from({ length: 400 }, () => {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()] as [number, number, number];
    return [5 + 2 * a, 1 + a + 0.5 * b, -3 + b + 0.1 * c];
  });
  return Float32Array.from(rows.flat());
}

function covarianceOf(features: Float32Array, mean: Float32Array, transform: Float32Array): number[] {
  const sums = new Array<number>(9).fill(0);
  for (let n = 0; n < features.length; n += 3) {
    const x = [0, 1, 2].map((i) => features[n + i]! - mean[i]!);
    const y = [0, 1, 2].map((j) => [0, 1, 2].reduce((sum, i) => sum + x[i]! * transform[3 * i + j]!, 0));
    for (let i = 0; i < 9; i++) sums[i]! += (y[Math.floor(i / 3)]! * y[i % 3]! * 3) / features.length;
  }
  return sums;
}

test('the mean is that of the features', () => {
  const arrays = center.fit!({ type: 'center', whiten: false, shrinkage: 0.1 }, Float32Array.of(1, 2, 3, 6), 2);
  expect([...arrays].map(([name, values]) => [name, [...values]])).toEqual([['mean', [2, 4]]]);
});

test('whitened features have the identity as their covariance, and nearly so with shrinkage', () => {
  const features = correlated();
  const measure = (shrinkage: number) => center.fit!({ type: 'center', whiten: true, shrinkage }, features, 400);
  const exact = measure(0);
  const found = covarianceOf(features, exact.get('mean')!, exact.get('transform')!);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 4);
  // Shrunk altogether, the features are scaled alone: by the mean variance.
  const scaled = measure(1).get('transform')!;
  expect(scaled[1]).toBeCloseTo(0, 6);
  expect(scaled[0]).toBeCloseTo(scaled[4]!, 6);
});

test('features that never vary do no harm', () => {
  const arrays = center.fit!({ type: 'center', whiten: true, shrinkage: 0.1 }, new Float32Array(6).fill(2), 2);
  expect([...arrays.get('transform')!].every(Number.isFinite)).toBe(true);
});
