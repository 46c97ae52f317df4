import { describe, expect, it } from 'vitest';
import { sealPictureSet } from '../../../src/data/picture-file.js';
import type { PictureSet } from '../../../src/data/picture-set.js';
import { baselineScorers } from '../../../src/evaluation/scorers/registry.js';
import type { BaselineName } from '../../../src/evaluation/scorers/scorer.js';
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

async function scoreFirstAgainstAll(name: BaselineName, set: PictureSet): Promise<number[]> {
  const all = Int32Array.from(set.character.keys());
  const embedded = await baselineScorers[name].embed(sized(set), all);
  return [...(await embedded.score(all.subarray(0, 1), all.subarray(1)))];
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

  it('scores everything alike by chance', async () => {
    expect(await scoreFirstAgainstAll('chance', binary)).toEqual([0, 0, 0, 0]);
  });
});
