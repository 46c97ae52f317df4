// Engines are judged by what they compute.
import { describe, expect, test } from 'vitest';
import { compareProbes, probeEngine } from '../../src/engine/probe-engine.js';
import { startEngine } from '../../src/engine/start-engine.js';

describe('probeEngine', () => {
  test('gives a loss and gradients of both layers, and leaves no tensor behind', async () => {
    const engine = await startEngine('cpu');
    const before = engine.tf.memory().numTensors;
    const probe = await probeEngine(engine);
    expect(engine.tf.memory().numTensors).toBe(before);
    // A loss, 3 x 3 x 8 numbers of the kernel, 72 x 4 of the weights.
    expect(probe.length).toBe(1 + 72 + 288);
    expect(probe.every(Number.isFinite)).toBe(true);
    // A mean of squared sigmoids.
    expect(probe[0]).toBeGreaterThan(0);
    expect(probe[0]).toBeLessThan(1);
    expect(probe.slice(1, 73).some((value) => Math.abs(value) > 1e-4)).toBe(true);
    engine.dispose();
  });
});

describe('compareProbes', () => {
  const reference = Float32Array.of(1, -4, 2);

  test('measures the largest difference in shares of the largest number', () => {
    expect(compareProbes(reference, reference)).toBe(0);
    expect(compareProbes(reference, Float32Array.of(1, -4, 2.5))).toBe(0.125);
  });

  test('is NaN for numbers that are not finite and for another length', () => {
    expect(compareProbes(reference, Float32Array.of(1, Number.NaN, 2))).toBeNaN();
    expect(compareProbes(reference, Float32Array.of(1, -4))).toBeNaN();
  });
});
