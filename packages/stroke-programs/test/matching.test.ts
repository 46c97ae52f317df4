import { describe, expect, it } from 'vitest';
import {
  elasticDistance,
  type InkPicture,
  inkFrom,
  modifiedHausdorff,
  prepareDistances,
  prepareElasticShape,
} from '../src/index.js';

/** A picture of the given pixels `[x, y]`. */
function draw(size: number, pixels: readonly (readonly [number, number])[]): InkPicture {
  const ink = new Uint8Array(size * size);
  for (const [x, y] of pixels) ink[y * size + x] = 1;
  return { width: size, height: size, ink };
}

/** A stroke three pixels thick along a curve over t from 0 to 1. */
function drawCurve(size: number, curve: (t: number) => readonly [number, number]): InkPicture {
  const pixels = Array.from({ length: 400 }, (_, i) => curve(i / 399)).flatMap(([x, y]) =>
    [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [Math.round(x) + dx, Math.round(y) + dy] as const)),
  );
  return draw(size, pixels);
}

describe('inkFrom', () => {
  it('takes pixels from a level on as ink, and refuses another number of pixels', () => {
    expect([...inkFrom([0, 127, 128, 255], 2, 2).ink]).toEqual([0, 0, 1, 1]);
    expect(() => inkFrom([0, 1], 2, 2)).toThrow('2 pixels are no picture of 2 x 2');
  });
});

describe('the modified Hausdorff distance', () => {
  const distance = (a: InkPicture, b: InkPicture) => modifiedHausdorff(prepareDistances(a)!, prepareDistances(b)!);

  it('is 0 for the same drawing at another place', () => {
    const corner = [
      [2, 2],
      [3, 2],
      [2, 3],
    ] as const;
    const moved = corner.map(([x, y]) => [x + 5, y + 4] as const);
    expect(distance(draw(16, corner), draw(16, moved))).toBeCloseTo(0, 12);
  });

  it('is the larger of both mean distances to the nearest ink', () => {
    // Centres 1 apart in each: {-2, 0, 2} against {-1, 1}: from the first 1, 1, 1; from the second 1, 1.
    const three = draw(16, [
      [4, 8],
      [6, 8],
      [8, 8],
    ]);
    const two = draw(16, [
      [5, 8],
      [7, 8],
    ]);
    expect(distance(three, two)).toBe(1);
    // {0} against {-3, 3}: 3 one way, 3 the other; against {-4, 0, 4}: 0 one way, 8/3 the other.
    expect(
      distance(
        draw(16, [[0, 0]]),
        draw(16, [
          [1, 5],
          [7, 5],
        ]),
      ),
    ).toBe(3);
    const wide = draw(16, [
      [2, 5],
      [6, 5],
      [10, 5],
    ]);
    expect(distance(draw(16, [[15, 15]]), wide)).toBeCloseTo(8 / 3, 12);
  });

  it('agrees with all distances one by one', () => {
    const first = drawCurve(40, (t) => [8 + 20 * t, 10 + 12 * Math.sin(4 * t)]);
    const second = drawCurve(40, (t) => [30 - 20 * t * t, 5 + 28 * t]);
    const pixels = ({ ink }: InkPicture) =>
      [...ink.keys()].filter((i) => ink[i] === 1).map((i) => [i % 40, Math.floor(i / 40)] as const);
    const centre = (all: readonly (readonly [number, number])[], axis: 0 | 1) =>
      all.reduce((sum, p) => sum + p[axis], 0) / all.length;
    const centred = (picture: InkPicture) => {
      const all = pixels(picture);
      return all.map(([x, y]) => [x - centre(all, 0), y - centre(all, 1)] as const);
    };
    const [a, b] = [centred(first), centred(second)];
    const mean = (from: typeof a, to: typeof a) =>
      from.reduce((sum, [x, y]) => sum + Math.min(...to.map(([u, v]) => Math.hypot(x - u, y - v))), 0) / from.length;
    expect(distance(first, second)).toBeCloseTo(Math.max(mean(a, b), mean(b, a)), 10);
  });

  it('has nothing to compare in a picture without ink', () => {
    expect(prepareDistances(draw(8, []))).toBeUndefined();
  });
});

describe('elastic matching', () => {
  const distance = (a: InkPicture, b: InkPicture) => elasticDistance(prepareElasticShape(a)!, prepareElasticShape(b)!);
  const arc = drawCurve(105, (t) => [20 + 60 * t, 70 - 40 * Math.sin(Math.PI * t)]);
  const bentArc = drawCurve(105, (t) => [22 + 66 * t, 80 - 52 * Math.sin(Math.PI * t ** 1.2)]);
  const cross = drawCurve(105, (t) => (t < 0.5 ? [20 + 120 * t, 20 + 120 * t] : [140 - 120 * t, -40 + 120 * t]));

  it('is near 0 for the same drawing, whatever its place and size', () => {
    const large = drawCurve(105, (t) => [5 + 90 * t, 80 - 60 * Math.sin(Math.PI * t)]);
    expect(distance(arc, arc)).toBeLessThan(0.5);
    expect(distance(arc, large)).toBeLessThan(distance(arc, cross) / 4);
  });

  it('puts a bent copy nearer than another drawing, and is the same in both directions', () => {
    expect(distance(arc, bentArc)).toBeLessThan(distance(arc, cross) / 4);
    expect(distance(arc, cross)).toBeCloseTo(distance(cross, arc), 10);
  });

  it('takes a dot and a filled square, and finds nothing in a picture without ink', () => {
    const dot = draw(105, [[50, 50]]);
    const square = { width: 105, height: 105, ink: new Uint8Array(105 * 105).fill(1) };
    expect(distance(dot, dot)).toBeLessThan(0.5);
    expect(Number.isFinite(distance(dot, square))).toBe(true);
    expect(distance(square, arc)).toBeGreaterThan(distance(bentArc, arc));
    expect(prepareElasticShape(draw(105, []))).toBeUndefined();
  });
});
