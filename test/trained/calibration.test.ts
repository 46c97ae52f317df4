// What scores mean: thresholds, temperatures and the curve of pairs, on numbers that can be checked by hand.
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random-stream.js';
import { answerQuery } from '../../src/trained/answer.js';
import {
  type Calibration,
  chooseThreshold,
  fitPairCurve,
  fitTemperature,
  measureThreshold,
  nearestCalibration,
  sigmoid,
  toProbabilities,
} from '../../src/trained/calibration.js';

describe('chooseThreshold', () => {
  test('lies halfway between scores that a threshold can tell apart', () => {
    const best = { known: [3, 5, 4], unknown: [-1, 1, 0] };
    expect(chooseThreshold(best)).toEqual({ threshold: 2, falseUnknown: 0, falseNames: 0 });
  });

  test('weighs one share against the other where they overlap', () => {
    // Below 2.5: one of four known ones; from 2.5 on: one of five unknown ones.
    const best = { known: [2, 3, 4, 5], unknown: [0, 0.5, 1, 1.5, 4.5] };
    const chosen = chooseThreshold(best);
    expect(chosen).toMatchObject({ threshold: 1.75, falseUnknown: 0 });
    expect(chosen.falseNames).toBeCloseTo(1 / 5, 12);
    expect(measureThreshold(best, 2.5)).toEqual({ threshold: 2.5, falseUnknown: 1 / 4, falseNames: 1 / 5 });
  });

  test('names everything where scores say nothing', () => {
    expect(chooseThreshold({ known: [1, 1], unknown: [1, 1] })).toEqual({
      threshold: 0,
      falseUnknown: 0,
      falseNames: 1,
    });
  });
});

test('fitTemperature finds the temperature that answers were drawn at', () => {
  const random = randomStream(1, 'temperature');
  const queries = Array.from({ length: 4000 }, () => {
    const scores = Array.from({ length: 5 }, () => 6 * random.normal());
    const shares = toProbabilities(scores, 3);
    let truth = 0;
    for (let rest = random.uniform() - shares[0]!; rest > 0 && truth < 4; rest -= shares[truth]!) truth++;
    return { scores, truth };
  });
  expect(fitTemperature(queries)).toBeGreaterThan(2.8);
  expect(fitTemperature(queries)).toBeLessThan(3.2);
});

test('fitPairCurve finds the curve that pairs were drawn from', () => {
  const random = randomStream(1, 'pairs');
  const logits = Array.from({ length: 20_000 }, () => 40 * random.normal() - 10);
  const isSame = logits.map((logit) => (random.chance(sigmoid(0.1 * logit + 1)) ? 1 : 0));
  const { slope, offset } = fitPairCurve(logits, isSame);
  expect(slope).toBeCloseTo(0.1, 2);
  expect(offset).toBeCloseTo(1, 1);
});

test('nearestCalibration measures by ratios', () => {
  const at = (nWay: number, kShot: number) => ({ nWay, kShot }) as Calibration;
  expect(nearestCalibration([at(5, 1), at(20, 1), at(20, 5)], 9, 1)).toEqual(at(5, 1));
  expect(nearestCalibration([at(5, 1), at(20, 1), at(20, 5)], 11, 3)).toEqual(at(20, 5));
  expect(nearestCalibration([], 5, 1)).toBeUndefined();
});

describe('answerQuery', () => {
  const support = { labels: ['oak', 'birch', 'fir'], ways: [0, 0, 1, 2] };

  test('scores a class by the mean of its pictures and names the one that won', () => {
    const { ranking, name } = answerQuery([4, 0, 1, -3], support, { temperature: 2 });
    expect(name).toBe('oak');
    expect(ranking.map(({ label, score, support: picture }) => [label, score, picture])).toEqual([
      ['oak', 2, 0],
      ['birch', 1, 2],
      ['fir', -3, 3],
    ]);
    // Softmax of 1, 0.5 and -1.5.
    const total = Math.exp(1) + Math.exp(0.5) + Math.exp(-1.5);
    expect(ranking[0]!.probability).toBeCloseTo(Math.exp(1) / total, 12);
  });

  test('says nothing below the threshold', () => {
    expect(answerQuery([4, 0, 1, -3], support, { threshold: 2 }).name).toBe('oak');
    expect(answerQuery([4, 0, 1, -3], support, { threshold: 2.01 }).name).toBeUndefined();
  });
});
