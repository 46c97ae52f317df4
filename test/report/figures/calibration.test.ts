import { describe, expect, it } from 'vitest';
import type { Training } from '../../../src/config/experiment.js';
import type { PredictionRecord } from '../../../src/evaluation/records/predictions.js';
import { binPairs, trainsProbabilities } from '../../../src/report/figures/calibration.js';

const logit = (probability: number) => Math.log(probability / (1 - probability));

/** Queries of two ways, given as the probability of the right one and of the wrong one. */
function recordOf(queries: readonly (readonly [number, number])[]): PredictionRecord {
  const answers = queries.map(([right, wrong]) => ({
    ways: [0, 1],
    supportSet: [[0], [1]],
    queries: [{ picture: 0, truth: 0, prediction: 0, credit: 1, scores: [logit(right), logit(wrong)] }],
  }));
  return { answers } as unknown as PredictionRecord;
}

it('compares probabilities with how often pairs are the same, both kinds weighted alike', () => {
  // At 0.75 three of the same and one different pair, at 0.25 the other way round: a calibrated network.
  const calibrated = binPairs('t', [
    recordOf([
      [0.75, 0.25],
      [0.75, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
    ]),
  ])!;
  expect(calibrated).toMatchObject({ same: 4, different: 4, accuracy: 0.75 });
  expect(calibrated.error).toBeCloseTo(0, 12);
  expect(calibrated.bins.map(({ probability, frequency, pairs }) => [probability, frequency, pairs])).toEqual([
    [expect.closeTo(0.25, 12), 0.25, 4],
    [expect.closeTo(0.75, 12), 0.75, 4],
  ]);
});

it('finds a network that is too sure of itself', () => {
  const { error } = binPairs('t', [
    recordOf([
      [0.95, 0.05],
      [0.05, 0.95],
    ]),
  ])!;
  expect(error).toBeCloseTo(0.45, 12);
});

it('is unknown where there are no pairs', () => {
  expect(binPairs('t', [])).toBeUndefined();
});

describe('trainsProbabilities', () => {
  const training = (task: Training['task']['type'], loss: Training['loss'], maxEpochs = 1) =>
    trainsProbabilities({ task: { type: task } as Training['task'], loss, maxEpochs });

  it('holds for pairs whose logits a cross-entropy of probabilities trained', () => {
    expect(training('verification', 'binaryCrossEntropy')).toBe(true);
    expect(training('allPairs', 'binaryCrossEntropy')).toBe(true);
  });

  it.each([
    ['classes: the head stays as it was drawn', training('classification', 'binaryCrossEntropy')],
    ['a softmax over prototypes', training('episodes', 'binaryCrossEntropy')],
    ['distances with a margin', training('allPairs', 'contrastive')],
    ['triplets', training('allPairs', 'triplet')],
    ['nothing trained at all', training('allPairs', 'binaryCrossEntropy', 0)],
    ['no training', trainsProbabilities(undefined)],
  ])('does not hold for %s', (_name, holds) => expect(holds).toBe(false));
});
