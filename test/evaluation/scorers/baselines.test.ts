import { describe, expect, it } from 'vitest';
import { sealPictureSet } from '../../../src/data/pictures/picture-file.js';
import type { PictureSet } from '../../../src/data/pictures/picture-set.js';
import { makeBaselineScorer } from '../../../src/evaluation/scorers/registry.js';
import { sized } from '../support/random-pictures.js';

// Pictures of 1 x 4 pixels.
function picturesOf(...rows: number[][]): PictureSet {
  return sealPictureSet({
    name: 'rows',
    height: 1,
    width: 4,
    pixels: Uint8Array.from(rows.flat()),
    alphabets: ['a'],
    characters: [{ alphabet: 0, name: 'c' }],
    character: new Int32Array(rows.length),
    drawer: new Int32Array(rows.length),
  });
}

async function scoreFirstAgainstAll(
  type:
    | 'nearestNeighbourEuclidean'
    | 'nearestNeighbourCosine'
    | 'nearestNeighbourAffine'
    | 'modifiedHausdorff'
    | 'chance',
  set: PictureSet,
): Promise<number[]> {
  const all = Int32Array.from(set.character.keys());
  const embedded = await makeBaselineScorer({ type }).embed(sized(set), all);
  return [...(await embedded.score(all.subarray(0, 1), all.subarray(1)))];
}

function squaresOf(size: number, ...pictures: Uint8Array[]): PictureSet {
  const { digest: _digest, ...rows } = picturesOf(...pictures.map(() => [0, 0, 0, 0]));
  const pixels = Uint8Array.from(pictures.flatMap((picture) => [...picture]));
  return sealPictureSet({ ...rows, height: size, width: size, pixels });
}

/** A bar three pixels thick about (x, y). */
function drawBar(size: number, bar: { angle: number; length: number; x: number; y: number }): Uint8Array {
  const [cos, sin] = [Math.cos(bar.angle), Math.sin(bar.angle)];
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const [dx, dy] = [(i % size) - bar.x, Math.floor(i / size) - bar.y];
    const [along, beside] = [cos * dx + sin * dy, cos * dy - sin * dx];
    return Math.abs(along) <= bar.length / 2 && Math.abs(beside) <= 1.5 ? 255 : 0;
  });
}

describe('the baselines', () => {
  const binary = picturesOf([255, 255, 0, 0], [255, 255, 0, 0], [255, 0, 0, 0], [0, 0, 255, 255], [0, 0, 0, 0]);

  it('score by the negative Euclidean distance with ink from 0 to 1', async () => {
    expect(await scoreFirstAgainstAll('nearestNeighbourEuclidean', binary)).toEqual([0, -1, -2, -Math.SQRT2]);
    const grey = picturesOf([255, 0, 0, 0], [255, 51, 0, 0]);
    expect((await scoreFirstAgainstAll('nearestNeighbourEuclidean', grey))[0]).toBeCloseTo(-0.2, 12);
  });

  it('score by the cosine of ink, and 0 where there is no ink', async () => {
    const [same, part, disjoint, empty] = await scoreFirstAgainstAll('nearestNeighbourCosine', binary);
    expect(same).toBe(1);
    expect(part).toBeCloseTo(Math.SQRT1_2, 15);
    expect([disjoint, empty]).toEqual([0, 0]);
  });

  it('gives equal numbers for equal cosines that are made of different counts', async () => {
    // 1 / sqrt(2 * 1) and 2 / sqrt(2 * 4) are the same cosine.
    const set = picturesOf([255, 255, 0, 0], [255, 0, 0, 0], [255, 255, 255, 255]);
    const [first, second] = await scoreFirstAgainstAll('nearestNeighbourCosine', set);
    expect(first).toBe(second);
  });

  it('finds a drawing again that was moved, turned and scaled, and 0 where there is no ink', async () => {
    const bar = drawBar(28, { angle: 0, length: 12, x: 14, y: 14 });
    const moved = drawBar(28, { angle: Math.PI / 18, length: 14, x: 10, y: 17 });
    const across = drawBar(28, { angle: Math.PI / 2, length: 12, x: 14, y: 14 });
    const set = squaresOf(28, bar, bar, moved, across, new Uint8Array(28 * 28));
    const [same, aligned, other, empty] = await scoreFirstAgainstAll('nearestNeighbourAffine', set);
    const [, unaligned] = await scoreFirstAgainstAll('nearestNeighbourCosine', set);
    expect(same).toBeCloseTo(1, 6);
    expect(aligned).toBeGreaterThan(0.8);
    expect(unaligned).toBeLessThan(0.5);
    expect(other).toBeLessThan(0.5);
    expect(empty).toBe(0);
  });

  it('scores everything alike by chance', async () => {
    expect(await scoreFirstAgainstAll('chance', binary)).toEqual([0, 0, 0, 0]);
  });
});
