import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProtocolVerification } from '../../../src/config/experiment.js';
import { indexSelection } from '../../../src/data/sampling/selection-index.js';
import {
  type KeptPairs,
  readVerifications,
  VERIFICATION_FILE,
  writePairs,
  writeVerifications,
} from '../../../src/evaluation/records/verification-result.js';
import { scorePairs } from '../../../src/evaluation/scorers/score-pairs.js';
import type { Scorer } from '../../../src/evaluation/scorers/scorer.js';
import { rocArea } from '../../../src/evaluation/statistics/roc-area.js';
import type { EvaluationData } from '../../../src/evaluation/task.js';
import { chooseThreshold } from '../../../src/evaluation/verification/choose-threshold.js';
import { verify } from '../../../src/evaluation/verification/verify.js';
import { drawRandomPictures, splitForAll } from '../support/random-pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const set = drawRandomPictures({ alphabets: 3, characters: 5, drawers: 4 });
const data: EvaluationData = { split: splitForAll(set), source: set };
const section: ProtocolVerification = {
  protocol: 'verification',
  pairs: 60,
  different: 'within-alphabet',
  threshold: 'from-validation',
  selection: 'test',
  seed: 1,
};

function network(score: (first: number, second: number) => number): Scorer {
  return { name: 'network', combineShots: 'mean', constantByDesign: false, embed: () => scorePairs(score) };
}
const isSame = (first: number, second: number) => set.character[first] === set.character[second];

describe('the area under the ROC curve', () => {
  it.each<[string, number[], number[], number]>([
    ['is 1 where all same pairs score above all different ones', [3, 2, 1, 0], [1, 1, 0, 0], 1],
    ['is 0 where it is the other way round', [0, 1, 2, 3], [1, 1, 0, 0], 0],
    ['is a half where all scores are the same', [5, 5, 5, 5], [1, 0, 1, 0], 0.5],
    // Of 2 x 3 comparisons 4 are won and one is a tie.
    ['counts a tie as half', [4, 2, 3, 2, 1], [1, 1, 0, 0, 0], 4.5 / 6],
  ])('%s', (_title, scores, same, expected) => {
    expect(rocArea(scores, same)).toBeCloseTo(expected, 12);
  });
});

describe('a threshold', () => {
  it('lies halfway between the scores that it tells apart best', () => {
    expect(chooseThreshold([0, 1, 2, 4, 5], [0, 0, 1, 1, 1])).toEqual({ value: 1.5, accuracy: 1 });
    expect(chooseThreshold([0, 1, 2, 4, 5], [0, 1, 0, 1, 1])).toEqual({ value: 0.5, accuracy: 0.8 });
  });

  it('never lies between equal scores', () => {
    expect(chooseThreshold([1, 1, 1, 3], [0, 0, 1, 1])).toEqual({ value: 2, accuracy: 0.75 });
  });

  it('is at the lowest score, or above the highest, where all pairs are alike', () => {
    expect(chooseThreshold([2, 3], [1, 1])).toEqual({ value: 2, accuracy: 1 });
    expect(chooseThreshold([2, 3], [0, 0])).toEqual({ value: 6, accuracy: 1 });
  });
});

describe('verification', () => {
  it('measures at a threshold that was chosen on the validation selection, for the network and the baselines', async () => {
    const scorer = network((first, second) => (isSame(first, second) ? 2 : -1));
    const results = await verify({ sections: [section], baselines: [{ type: 'chance' }], data, network: scorer });
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({
      task: 'test/verification',
      scorer: 'network',
      threshold: 0.5,
      validationAccuracy: 1,
      n: 60,
      correct: 60,
      accuracy: 1,
      // 60 pairs, as many of each of the three alphabets.
      perAlphabet: set.alphabets.map((alphabet) => ({ alphabet, correct: 20, n: 20 })),
      rocArea: 1,
      alarm: null,
    });
    expect(results[0]!.wilson[0]).toBeLessThan(1);
    expect(results[1]).toMatchObject({ scorer: 'chance', accuracy: 0.5, rocArea: 0.5, alarm: null });
  });

  it('does not look at the measured pairs to choose the threshold', async () => {
    // The validation selection is the first alphabet alone; there the best threshold is 0.5, elsewhere 10.5.
    const [first] = indexSelection(data.split.validation);
    const ofFirst = new Set(first!.characters.flatMap(({ pictures }) => pictures));
    const pictures = (keep: boolean) =>
      Int32Array.from(set.character.keys()).filter((one) => ofFirst.has(one) === keep);
    const split = {
      ...data.split,
      validation: { ...data.split.validation, pictures: pictures(true) },
      test: { ...data.split.test, pictures: pictures(false) },
    };
    const scorer = network((a, b) => (isSame(a, b) ? 1 : 0) + (ofFirst.has(a) ? 0 : 10));
    const [result] = await verify({ sections: [section], baselines: [], data: { ...data, split }, network: scorer });
    expect(result).toMatchObject({ threshold: 0.5, validationAccuracy: 1, accuracy: 0.5, rocArea: 1 });
  });

  it('takes a given threshold as a probability of the network, and measures no baselines then', async () => {
    const scorer = network((first, second) => (isSame(first, second) ? 2 : 1));
    const measure = (threshold: number) =>
      verify({ sections: [{ ...section, threshold }], baselines: [{ type: 'chance' }], data, network: scorer });
    // The probabilities of logits 2 and 1 are 0.88 and 0.73.
    expect((await measure(0.8)).map(({ scorer: name, accuracy }) => [name, accuracy])).toEqual([['network', 1]]);
    expect((await measure(0.5))[0]).toMatchObject({ accuracy: 0.5, validationAccuracy: null, threshold: 0 });
  });

  it('raises an alarm for equal scores and for scores that are not finite, which are never right', async () => {
    const measure = async (score: number) =>
      (await verify({ sections: [section], baselines: [], data, network: network(() => score) }))[0];
    expect(await measure(3)).toMatchObject({
      accuracy: 0.5,
      rocArea: 0.5,
      alarm: { degenerate: true, nonFinitePairs: 0, belowChance: false },
    });
    expect(await measure(Number.NaN)).toMatchObject({ accuracy: 0, rocArea: null, alarm: { nonFinitePairs: 60 } });
  });

  it('raises an alarm for answers that are wrong far more often than a guess', async () => {
    const reversed = network((first, second) => (isSame(first, second) ? -2 : 2));
    const sections = [{ ...section, threshold: 0.5 }];
    const [result] = await verify({ sections, baselines: [], data, network: reversed });
    expect(result).toMatchObject({
      accuracy: 0,
      alarm: { degenerate: false, nonFinitePairs: 0, belowChance: true },
    });
  });

  it('draws the same pairs for the same seed, and names a second section apart', async () => {
    const kept: KeptPairs[] = [];
    const scorer = network((first, second) => first - second);
    await verify({
      sections: [section, section, { ...section, seed: 2 }],
      baselines: [],
      data,
      network: scorer,
      keep: (pairs) => kept.push(pairs),
    });
    expect(kept.map(({ task }) => task)).toEqual(['test/verification', 'test/verification-2', 'test/verification-3']);
    expect(kept[1]!.first).toEqual(kept[0]!.first);
    expect(kept[2]!.first).not.toEqual(kept[0]!.first);
    expect(kept[0]!.isSame.reduce((sum, same) => sum + same, 0)).toBe(30);
  });

  it('keeps results and pairs in the run folder, and reads the results strictly', async () => {
    const kept: KeptPairs[] = [];
    const results = await verify({
      sections: [section],
      baselines: [{ type: 'chance' }],
      data,
      keep: (pairs) => kept.push(pairs),
    });
    writeVerifications(folder, results);
    expect(readVerifications(join(folder, VERIFICATION_FILE))).toEqual(results);
    writePairs(folder, kept[0]!);
    const pairs = JSON.parse(readFileSync(join(folder, 'test.verification.chance.pairs.json'), 'utf8'));
    expect(pairs).toMatchObject({ task: 'test/verification', scorer: 'chance', scores: new Array(60).fill(0) });
    writeVerifications(folder, [{ ...results[0]!, accuracy: 2 }]);
    expect(() => readVerifications(join(folder, VERIFICATION_FILE))).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });
});
