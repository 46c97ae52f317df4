import { describe, expect, it } from 'vitest';
import { findPrincipalComponents } from '../../../src/report/figures/principal-components.js';

describe('findPrincipalComponents', () => {
  it('finds the directions of an ellipse and how much each holds', () => {
    // Four points on the axes of (3, 4)/5 with spread 5 and (-4, 3)/5 with spread 1, about (10, 20).
    const values = Float32Array.from([13, 24, 7, 16, 9.2, 20.6, 10.8, 19.4]);
    const { coordinates, explained } = findPrincipalComponents(values, 4, 2);
    expect(coordinates.map(([x]) => Math.abs(x!))).toEqual([5, 5, 0, 0].map((size) => expect.closeTo(size, 4)));
    expect(coordinates.map(([, y]) => Math.abs(y!))).toEqual([0, 0, 1, 1].map((size) => expect.closeTo(size, 4)));
    expect(explained).toEqual([expect.closeTo(50 / 52, 5), expect.closeTo(2 / 52, 5)]);
  });

  it('keeps the distances of points where it keeps all components', () => {
    const values = Float32Array.from({ length: 6 * 40 }, (_, i) => Math.sin(i * i));
    const { coordinates } = findPrincipalComponents(values, 6, 5);
    const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.hypot(...Array.from(a, (value, i) => value - b[i]!));
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < a; b++) {
        const [first, second] = [a, b].map((point) => values.subarray(40 * point, 40 * point + 40)) as [
          Float32Array,
          Float32Array,
        ];
        expect(distance(coordinates[a]!, coordinates[b]!)).toBeCloseTo(distance(first, second), 4);
      }
    }
  });

  it('takes points that are all the same', () => {
    const { coordinates, explained } = findPrincipalComponents(new Float32Array(12).fill(0.5), 4, 2);
    expect(coordinates.flat()).toEqual(new Array(8).fill(0));
    expect(explained).toEqual([0, 0]);
  });
});
