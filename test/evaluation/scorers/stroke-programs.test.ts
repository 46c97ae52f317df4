// Scorers of strokes: which class they choose, what they say of pictures without strokes, and what is not fitted.
import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../src/config/experiment.js';
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import type { PictureSet } from '../../../src/data/pictures/picture-set.js';
import { makeBaselineScorer } from '../../../src/evaluation/scorers/registry.js';

type Curve = (t: number) => readonly [x: number, y: number];

/** A picture with a pen of an 35th of its width, moved along curves in a square of side 1. */
function drawCurves(size: number, ...curves: Curve[]): Uint8Array {
  const pixels = new Uint8Array(size * size);
  const reach = size / 70;
  for (const curve of curves) {
    for (let i = 0; i <= 4 * size; i++) {
      const [x, y] = curve(i / (4 * size)).map((place) => place * size) as [number, number];
      for (let row = Math.ceil(y - reach); row <= y + reach; row++) {
        for (let column = Math.ceil(x - reach); column <= x + reach; column++) pixels[row * size + column] = 255;
      }
    }
  }
  return pixels;
}

const cross = (lean: number): Curve[] => [(t) => [0.2 + 0.6 * t, 0.5], (t) => [0.5 + lean * (t - 0.5), 0.2 + 0.6 * t]];
const arch = (rise: number): Curve[] => [(t) => [0.2 + 0.6 * t, 0.7 - rise * Math.sin(Math.PI * t)]];
const slash: Curve[] = [(t) => [0.2 + 0.6 * t, 0.8 - 0.6 * t]];

/** A query and three classes: a leaning cross, then a cross, an arch, a slash; the last picture is blank. */
function makeSet(size: number): PictureSet {
  const pictures = [cross(0.2), cross(-0.1), arch(0.4), slash].map((curves) => drawCurves(size, ...curves));
  return sealPictureSet({
    name: 'curves',
    height: size,
    width: size,
    channels: 1,
    pixels: Uint8Array.from([...pictures, new Uint8Array(size * size)].flatMap((picture) => [...picture])),
    alphabets: ['curves'],
    characters: ['cross', 'arch', 'slash', 'blank'].map((name) => ({ alphabet: 0, name })),
    character: Int32Array.from([0, 0, 1, 2, 3]),
    drawer: Int32Array.from([0, 1, 1, 1, 1]),
  });
}

const HBPL = { type: 'hbpl', parses: 1, tokenNoise: 1, mostSubStrokes: 100, relations: true, backWeight: 1 } as const;

async function score(baseline: Baseline, set: PictureSet): Promise<number[]> {
  const sized = { clean: set } as Parameters<ReturnType<typeof makeBaselineScorer>['embed']>[0];
  const embedded = await makeBaselineScorer(baseline).embed(sized, Int32Array.of(0, 1, 2, 3, 4));
  return [...(await embedded.score(Int32Array.of(0), Int32Array.of(1, 2, 3, 4)))];
}

describe('scorers of strokes', () => {
  it.each<Baseline>([
    { ...HBPL, candidates: 5, elasticWeight: 0.007 },
    { ...HBPL, candidates: 5, elasticWeight: 0, relations: false },
    { type: 'affineModel', candidates: 5, parses: 1 },
    { type: 'simpleStrokes', candidates: 5, parses: 1 },
  ])('%o chooses the class that is drawn with the same strokes, and never a blank picture', async (baseline) => {
    const scores = await score(baseline, makeSet(105));
    expect(scores.indexOf(Math.max(...scores))).toBe(0);
    expect(scores.indexOf(Math.min(...scores))).toBe(3);
  });

  it('read strokes at the size of Omniglot, whatever the size of the pictures', async () => {
    for (const size of [35, 150]) {
      const scores = await score({ ...HBPL, candidates: 5, elasticWeight: 0 }, makeSet(size));
      expect(scores.indexOf(Math.max(...scores))).toBe(0);
      expect(scores[0]! - scores[1]!).toBeGreaterThan(0.3);
    }
  });

  it('put support pictures that are not fitted behind all others, in the order of elastic matching', async () => {
    const [first, second, third] = await score({ ...HBPL, candidates: 1, elasticWeight: 0.007 }, makeSet(105));
    expect(first).toBeGreaterThan(-10);
    expect(Math.max(second!, third!)).toBeLessThan(-1e5);
    const [, arch, slash] = await score({ type: 'elasticMatching', ...ELASTIC }, makeSet(105));
    expect(second! > third!).toBe(arch! > slash!);
  });
});

const ELASTIC = {
  spacing: 4,
  steps: 24,
  stiffness: 0.15,
  truncation: 8,
  directionWeight: 64,
  bendingWeight: 0.0006,
  affineWeight: 20,
};
