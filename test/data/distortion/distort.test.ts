import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import type { Affine } from '../../../src/config/experiment.js';
import {
  type AffineComponents,
  drawAffine,
  invertAffine,
  turnMap,
} from '../../../src/data/distortion/affine-distortion.js';
import { createDistorter, distortionProbability } from '../../../src/data/distortion/distort.js';
import { createElasticDrawer } from '../../../src/data/distortion/elastic-distortion.js';
import { IDENTITY_MAP, type SamplingMap, warpPicture } from '../../../src/data/distortion/warp.js';
import { resizePictures } from '../../../src/data/pictures/resize.js';
import { toyPictures } from '../support/toy-pictures.js';

const KOCH: Affine = {
  componentProbability: 0.5,
  rotationDegrees: 10,
  shear: 0.3,
  scale: [0.8, 1.2],
  translationPixels: 2,
};
const NOTHING: AffineComponents = {
  rotationRadians: 0,
  shearX: 0,
  shearY: 0,
  scaleX: 1,
  scaleY: 1,
  moveX: 0,
  moveY: 0,
};
const ALL = { ...KOCH, componentProbability: 1 };

/** A picture of 9 x 9 with ink at one place, counted from the centre, x to the right, y down. */
function dot(x: number, y: number): Uint8Array {
  const pixels = new Uint8Array(81);
  pixels[(y + 4) * 9 + x + 4] = 255;
  return pixels;
}

function warp(pixels: Uint8Array, map: SamplingMap, size = 9, targetSize = size): Float32Array {
  const ink = new Float32Array(targetSize * targetSize);
  warpPicture({ pixels, offset: 0, size }, { ink, offset: 0, size: targetSize }, map);
  return ink;
}

/** Where the ink of a 9 x 9 picture has gone: its centre of mass, counted from the centre. */
function findInk(ink: Float32Array): { x: number; y: number; amount: number } {
  let [x, y, amount] = [0, 0, 0];
  ink.forEach((value, i) => {
    x += value * ((i % 9) - 4);
    y += value * (Math.floor(i / 9) - 4);
    amount += value;
  });
  return { x: x / amount, y: y / amount, amount };
}

describe('the identity', () => {
  const set = toyPictures([3], { size: 20 });
  const pixels = set.pixels.slice(400, 800);

  test('copies exactly at equal sizes', () => {
    expect(warp(pixels, IDENTITY_MAP, 20)).toEqual(Float32Array.from(pixels, (value) => value / 255));
    expect(invertAffine(NOTHING)).toEqual({ ...IDENTITY_MAP, b: 0, c: -0, x: -0, y: -0 });
    expect(warp(pixels, invertAffine(NOTHING), 20)).toEqual(warp(pixels, IDENTITY_MAP, 20));
  });

  test('equals the plain resize at equal sizes', () => {
    const resized = resizePictures(set, 20, 1);
    expect(warp(resized.pixels.slice(0, 400), IDENTITY_MAP, 20)).toEqual(
      Float32Array.from(set.pixels.slice(0, 400), (value) => value / 255),
    );
  });

  test('loses no stroke when the source is much larger: a flat picture stays flat, a thin line keeps its ink', () => {
    expect(warp(new Uint8Array(1600).fill(255), IDENTITY_MAP, 40, 10)).toEqual(new Float32Array(100).fill(1));
    for (let column = 0; column < 40; column++) {
      const line = Uint8Array.from({ length: 1600 }, (_, i) => (i % 40 === column ? 255 : 0));
      const total = warp(line, IDENTITY_MAP, 40, 10).reduce((sum, value) => sum + value, 0);
      expect(total).toBeGreaterThanOrEqual(2.4); // 40 rows x 1/4 x 1/4 x 10/10, more or less as it falls between samples
    }
  });
});

describe('an affine distortion', () => {
  const cases: readonly [
    name: string,
    components: Partial<AffineComponents>,
    from: [number, number],
    to: [number, number],
  ][] = [
    ['moves right and down', { moveX: 2, moveY: 1 }, [0, 0], [2, 1]],
    ['turns clockwise as seen', { rotationRadians: Math.PI / 2 }, [3, 0], [0, 3]],
    ['shears along x by y', { shearX: 0.5 }, [0, 2], [1, 2]],
    ['shears along y by x', { shearY: 0.5 }, [2, 0], [2, 1]],
    ['stretches x about the centre', { scaleX: 2 }, [1, 1], [2, 1]],
    ['shrinks y about the centre', { scaleY: 0.5 }, [0, 2], [0, 1]],
    ['turns before it moves', { rotationRadians: Math.PI / 2, moveX: 1 }, [2, 0], [1, 2]],
    ['scales before it shears', { scaleY: 2, shearX: 0.5 }, [0, 1], [1, 2]],
  ];

  test.each(cases)('%s', (_, components, from, to) => {
    const { x, y } = findInk(warp(dot(...from), invertAffine({ ...NOTHING, ...components })));
    expect(x).toBeCloseTo(to[0], 5);
    expect(y).toBeCloseTo(to[1], 5);
  });

  test('brings paper in from outside', () => {
    const ink = warp(new Uint8Array(81).fill(255), invertAffine({ ...NOTHING, moveX: 3 }));
    expect([...ink.subarray(0, 9)]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  test('can be undone at the strongest shears', () => {
    const map = invertAffine({ ...NOTHING, shearX: 2, shearY: 0.5 });
    expect(map.a * map.d - map.b * map.c).toBeCloseTo(1, 12);
  });

  test('draws each component from its range, and includes it as often as it should', () => {
    const random = randomStream(1, 'test');
    const draws = Array.from({ length: 4000 }, () => drawAffine(random, KOCH));
    const included = draws.filter(({ moveX }) => moveX !== 0).length / draws.length;
    expect(included).toBeGreaterThan(0.47);
    expect(included).toBeLessThan(0.53);
    const largest = (key: keyof AffineComponents) => Math.max(...draws.map((draw) => draw[key]));
    const least = (key: keyof AffineComponents) => Math.min(...draws.map((draw) => draw[key]));
    const limits: [keyof AffineComponents, number, number][] = [
      ['rotationRadians', -Math.PI / 18, Math.PI / 18],
      ['shearX', -0.3, 0.3],
      ['shearY', -0.3, 0.3],
      ['scaleX', 0.8, 1.2],
      ['scaleY', 0.8, 1.2],
      ['moveX', -2, 2],
      ['moveY', -2, 2],
    ];
    for (const [key, low, high] of limits) {
      expect(least(key)).toBeGreaterThanOrEqual(low);
      expect(least(key)).toBeLessThan(low + 0.05 * (high - low));
      expect(largest(key)).toBeLessThanOrEqual(high);
      expect(largest(key)).toBeGreaterThan(high - 0.05 * (high - low));
    }
    const identities = draws.filter((draw) => JSON.stringify(draw) === JSON.stringify(NOTHING)).length;
    expect(identities / draws.length).toBeLessThan(0.02); // 0.5^7 = 0.8 %
    expect(identities).toBeGreaterThan(0);
  });

  test('has half the range at half the strength, and none at none', () => {
    const full = drawAffine(randomStream(1, 'x'), ALL);
    const half = drawAffine(randomStream(1, 'x'), ALL, 0.5);
    expect(half.rotationRadians).toBeCloseTo(full.rotationRadians / 2, 12);
    expect(half.shearX).toBeCloseTo(full.shearX / 2, 12);
    expect(half.scaleX).toBeCloseTo(Math.sqrt(full.scaleX), 12);
    expect(drawAffine(randomStream(1, 'x'), ALL, 0)).toEqual({
      ...NOTHING,
      ...zeros(drawAffine(randomStream(1, 'x'), ALL, 0)),
    });
  });
});

// Zeros may carry a sign, which toEqual tells apart.
function zeros(components: AffineComponents): Partial<AffineComponents> {
  return Object.fromEntries(Object.entries(components).filter(([, value]) => value === 0));
}

describe('a quarter turn', () => {
  test('moves pixels onto pixels, clockwise', () => {
    for (const [turns, to] of [
      [0, [3, -1]],
      [1, [1, 3]],
      [2, [-3, 1]],
      [3, [-1, -3]],
    ] as const) {
      expect(warp(dot(3, -1), turnMap(IDENTITY_MAP, turns))).toEqual(warp(dot(to[0], to[1]), IDENTITY_MAP));
    }
  });

  test('comes before the distortion', () => {
    const map = turnMap(invertAffine({ ...NOTHING, moveX: 2 }), 1);
    expect(findInk(warp(dot(1, 0), map))).toMatchObject({ x: 2, y: 1 });
  });
});

describe('an elastic field', () => {
  const section = { grid: 4, standardDeviation: 0.04 };

  test('is smooth, and as strong as stated: 0.04 halves of the width', () => {
    const draw = createElasticDrawer(section, 28);
    const random = randomStream(3, 'elastic');
    let [squares, steps, count] = [0, 0, 0];
    for (let i = 0; i < 300; i++) {
      const { dx } = draw(random);
      for (let at = 0; at < dx.length - 1; at++) {
        squares += dx[at]! ** 2;
        steps = Math.max(steps, at % 28 === 27 ? 0 : Math.abs(dx[at + 1]! - dx[at]!));
        count++;
      }
    }
    const deviation = Math.sqrt(squares / count);
    expect(deviation).toBeGreaterThan(0.04 * 14 * 0.6); // interpolation averages the grid's points
    expect(deviation).toBeLessThan(0.04 * 14);
    expect(steps).toBeLessThan(0.6);
  });

  test('passes through the grid: at 4 x 4 points per pixel row its corners are the first normals drawn', () => {
    const size = 401;
    const { dx } = createElasticDrawer({ grid: 2, standardDeviation: 2 / size }, size)(randomStream(1, 'e'));
    const random = randomStream(1, 'e');
    expect(dx[0]).toBeCloseTo(random.normal(), 1);
    expect(dx[size - 1]).toBeCloseTo(random.normal(), 1);
    expect(dx[size * (size - 1)]).toBeCloseTo(random.normal(), 1);
    expect(dx[size * size - 1]).toBeCloseTo(random.normal(), 1);
  });

  test('is scaled by the strength', () => {
    const full = createElasticDrawer(section, 8)(randomStream(1, 'e')).dx.slice();
    const half = createElasticDrawer(section, 8)(randomStream(1, 'e'), 0.5).dx;
    half.forEach((value, i) => {
      expect(value).toBeCloseTo(full[i]! / 2, 12);
    });
  });
});

describe('a distorted picture', () => {
  const source = toyPictures([3], { size: 16 });
  const data = { source, clean: resizePictures(source, 8, 1) };
  const distorter = createDistorter(data, {
    affine: KOCH,
    elastic: { grid: 4, standardDeviation: 0.1 },
    rotationClasses: false,
  });
  const distort = (seed: number, picture = 2) => {
    const ink = new Float32Array(64);
    distorter.distort(picture, { ink, offset: 0, size: 8 }, randomStream(seed, 'd'));
    return ink;
  };

  test('is the same for the same stream and another for another', () => {
    expect(distort(1)).toEqual(distort(1));
    expect(distort(1)).not.toEqual(distort(2));
    for (const value of distort(1)) expect(value >= 0 && value <= 1).toBe(true);
  });

  test('as drawn has exactly the bytes of the clean set', () => {
    const ink = new Float32Array(128);
    distorter.copy(3, { ink, offset: 64, size: 8 });
    expect(ink.subarray(64)).toEqual(Float32Array.from(data.clean.pixels.subarray(192, 256), (value) => value / 255));
    expect(ink.subarray(0, 64)).toEqual(new Float32Array(64));
  });
});

test.each([
  ['no distortion', { rotationClasses: false }, 0],
  ['affine alone', { affine: KOCH, rotationClasses: false }, 1],
  ['a probability', { affine: { ...KOCH, probability: 0.89 }, rotationClasses: false }, 0.89],
  ['8 copies', { affine: { ...KOCH, copies: 8 }, rotationClasses: false }, 8 / 9],
  ['no copies', { affine: { ...KOCH, copies: 0 }, rotationClasses: false }, 0],
  ['elastic alone', { elastic: { grid: 4, standardDeviation: 0.04 }, rotationClasses: false }, 1],
] as const)(
  'with %s a picture is distorted with the probability that the section means',
  (_, augmentation, expected) => {
    expect(distortionProbability(augmentation as Parameters<typeof distortionProbability>[0])).toBe(expected);
  },
);
