import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import type { Augmentation, TestTimeAugmentation } from '../../../src/config/experiment.js';
import { createDistorter } from '../../../src/data/distortion/distort.js';
import { makeNetworkScorer, type NetworkScorerOptions } from '../../../src/evaluation/scorers/network.js';
import type { NetworkFunctions } from '../../../src/model/network-functions.js';
import { drawRandomPictures, sized } from '../support/random-pictures.js';

const SIZE = 5;
const UNITS = SIZE * SIZE;

/** A network whose embedding is the picture itself and whose score is the negative L1 distance; counts the pictures it sees. */
function makeIdentityNetwork(): NetworkFunctions & { batches: number[] } {
  const batches: number[] = [];
  return {
    imageSize: SIZE,
    batches,
    async embed(pictures, count) {
      batches.push(count);
      expect(pictures.length).toBe(count * UNITS);
      return pictures.slice();
    },
    async scoreAligned(first, second, units) {
      return Float32Array.from({ length: first.length / units }, (_, pair) => {
        let distance = 0;
        for (let i = pair * units; i < (pair + 1) * units; i++) distance += Math.abs(first[i]! - second[i]!);
        return -distance;
      });
    },
    async scoreQueries(queries, supports, units) {
      const scores: number[] = [];
      for (let q = 0; q < queries.length; q += units) {
        for (let s = 0; s < supports.length; s += units) {
          let distance = 0;
          for (let i = 0; i < units; i++) distance += Math.abs(queries[q + i]! - supports[s + i]!);
          scores.push(-distance);
        }
      }
      return Float32Array.from(scores);
    },
  };
}

const pictures = sized(drawRandomPictures({ size: SIZE }));
const numbers = Int32Array.from([1, 4, 5, 9, 17]);
const augmentation: Augmentation = {
  affine: { componentProbability: 0.5, rotationDegrees: 10, shear: 0.3, scale: [0.8, 1.2], translationPixels: 2 },
  rotationClasses: false,
};

/** Scores of picture 4 against 17, 4 and 9. */
async function scoreOne(options: NetworkScorerOptions, testTime?: TestTimeAugmentation, wanted = numbers) {
  const embedded = await makeNetworkScorer(makeIdentityNetwork(), options).embed(pictures, wanted, testTime);
  return [...(await embedded.score(Int32Array.of(4), Int32Array.of(17, 4, 9)))];
}

describe('makeNetworkScorer', () => {
  it('embeds each picture once, in batches, and finds it again by its number', async () => {
    const network = makeIdentityNetwork();
    const embedded = await makeNetworkScorer(network, { batchSize: 2 }).embed(pictures, numbers);
    expect(network.batches).toEqual([2, 2, 1]);
    const scores = await embedded.score(Int32Array.of(9, 4), Int32Array.of(4, 9, 17));
    expect(scores).toHaveLength(6);
    // Each picture is at distance 0 from itself alone.
    expect(Array.from(scores, (score) => score === 0)).toEqual([false, true, false, true, false, false]);
  });

  it('takes the mean embedding over the picture and its distorted copies', async () => {
    const distorter = createDistorter(pictures, augmentation);
    const meanInk = (number: number) => {
      const versions = [0, 1, 2].map((copy) => {
        const target = { ink: new Float32Array(UNITS), offset: 0, size: SIZE };
        const stream = randomStream(0, 'test-time-augmentation', number, copy);
        if (copy === 0) distorter.copy(number, target);
        else distorter.distort(number, target, stream, 0, 0.5);
        return target.ink;
      });
      return versions[0]!.map((ink, i) => (ink + versions[1]![i]! + versions[2]![i]!) / 3);
    };
    const other = meanInk(17);
    const expected = -meanInk(4).reduce((sum, ink, i) => sum + Math.abs(ink - other[i]!), 0);
    const [score] = await scoreOne({ augmentation }, { copies: 2, strength: 0.5 });
    expect(score).toBeCloseTo(expected, 5);
    expect(score).not.toBeCloseTo((await scoreOne({}))[0]!, 1);
  });

  it('embeds pictures as drawn where the distortions have no strength', async () => {
    const scores = await scoreOne({ augmentation }, { copies: 3, strength: 0 });
    const clean = await scoreOne({});
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(clean[i]!, 5);
  });

  it('takes the mean score over quarter turns of both pictures, and of their copies', async () => {
    const distorter = createDistorter(pictures, augmentation);
    // A network that sees what a turn changes: ink counts the more, the further down it lies.
    const network: NetworkFunctions = {
      ...makeIdentityNetwork(),
      embed: async (batch) => batch.map((ink, i) => ink * (1 + (i % UNITS))),
    };
    const embedding = (number: number, quarterTurns: number) => {
      const mean = new Float64Array(UNITS);
      for (const copy of [0, 1]) {
        const target = { ink: new Float32Array(UNITS), offset: 0, size: SIZE };
        const stream = randomStream(0, 'test-time-augmentation', number, copy);
        if (copy === 0) distorter.copy(number, target, quarterTurns);
        else distorter.distort(number, target, stream, quarterTurns, 0.5);
        for (const [i, ink] of target.ink.entries()) mean[i]! += (ink * (1 + i)) / 2;
      }
      return mean;
    };
    const byHand = (turns: readonly number[], query: number, support: number) => {
      const ofTurns = turns.map((turn) => {
        const other = embedding(support, turn);
        return -embedding(query, turn).reduce((sum, ink, i) => sum + Math.abs(ink - other[i]!), 0);
      });
      return ofTurns.reduce((sum, score) => sum + score, 0) / turns.length;
    };
    const scorer = makeNetworkScorer(network, { augmentation });
    const turned = await scorer.embed(pictures, numbers, { copies: 1, strength: 0.5, rotations: true });
    const unturned = await scorer.embed(pictures, numbers, { copies: 1, strength: 0.5, rotations: false });
    const [queries, supports] = [Int32Array.of(4, 9), Int32Array.of(17, 1)];
    for (const [embedded, turns] of [
      [turned, [0, 1, 2, 3]],
      [unturned, [0]],
    ] as const) {
      const scores = await embedded.score(queries, supports);
      const aligned = await embedded.scoreAligned(queries, supports);
      for (const [q, query] of queries.entries())
        for (const [s, support] of supports.entries())
          expect(scores[q * 2 + s]).toBeCloseTo(byHand(turns, query, support), 3);
      expect(aligned[0]).toBeCloseTo(byHand(turns, 4, 17), 3);
      expect(aligned[1]).toBeCloseTo(byHand(turns, 9, 1), 3);
    }
    expect(byHand([0, 1, 2, 3], 4, 17)).not.toBeCloseTo(byHand([0], 4, 17), 1);
  });

  it('turns pictures as drawn where there are no copies', async () => {
    const scores = await scoreOne({}, { copies: 0, strength: 0.5, rotations: true });
    const clean = await scoreOne({});
    // The distance of two pictures is the same however both are turned.
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(clean[i]!, 4);
  });

  it("draws a picture's copies from its number alone, so that batches and other pictures do not matter", async () => {
    const testTime = { copies: 2, strength: 1 };
    const scores = await scoreOne({ augmentation, batchSize: 3 }, testTime);
    expect(await scoreOne({ augmentation, batchSize: 64 }, testTime, Int32Array.of(4, 9, 17))).toEqual(scores);
  });
});
