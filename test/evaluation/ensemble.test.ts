import { describe, expect, it } from 'vitest';
import { combinePredictions } from '../../src/evaluation/ensemble.js';
import type { PredictionRecord } from '../../src/evaluation/records/predictions.js';

/** A run's predictions of one episode of three ways; ways 0, 1 and 2 are right in turn. */
function record(scores: (number | null)[][], episodesHash = 'same'): PredictionRecord {
  return {
    task: 'test/within-alphabet/3-way-1-shot',
    scorer: 'network',
    nWay: 3,
    kShot: 1,
    episodesHash,
    pictures: { name: 'toy', digest: '', height: 1, width: 1 },
    characters: [],
    episodes: 1,
    gallery: {},
    answers: [
      {
        ways: [0, 1, 2],
        supportSet: [[0], [1], [2]],
        queries: scores.map((own, truth) => ({ picture: truth, truth, prediction: 0, credit: 0, scores: own })),
      },
    ],
  };
}

describe('an ensemble', () => {
  // Each run is wrong about one query, by little; the other one is sure of it.
  const first = [
    [9, 0, 0],
    [5, 4, 0],
    [0, 0, 9],
  ];
  const second = [
    [4, 5, 0],
    [0, 9, 0],
    [0, 0, 9],
  ];

  it('is right where one run is sure and the other is wrong by little', () => {
    expect(combinePredictions([record(first)])).toMatchObject({ n: 3, correct: 2 });
    expect(combinePredictions([record(second)])).toMatchObject({ n: 3, correct: 2 });
    const both = combinePredictions([record(first), record(second)]);
    expect(both).toMatchObject({ n: 3, correct: 3, accuracy: 1, clustered: null });
    expect(both.answers[0]!.queries.map(({ prediction }) => prediction)).toEqual([0, 1, 2]);
  });

  it('gives a run no more weight for larger scores', () => {
    const scaled = first.map((scores) => scores.map((score) => 1000 * score - 7));
    const weighed = combinePredictions([record(scaled), record(second)]);
    const plain = combinePredictions([record(first), record(second)]);
    for (const [row, { scores }] of plain.answers[0]!.queries.entries())
      for (const [way, score] of scores.entries())
        expect(weighed.answers[0]!.queries[row]!.scores[way]).toBeCloseTo(score!, 9);
  });

  it('lets a run without an opinion count nothing, and a score that is not finite count as wrong', () => {
    const constant = first.map((scores) => scores.map(() => 3));
    expect(combinePredictions([record(first), record(constant)]).correct).toBe(2);
    const broken = [[null, 0, 0], ...second.slice(1)] as (number | null)[][];
    expect(combinePredictions([record(first), record(broken)]).answers[0]!.queries[0]).toMatchObject({
      prediction: -1,
      credit: 0,
    });
  });

  it('counts ties as its task says', () => {
    const undecided = first.map(() => [1, 1, 0]);
    expect(combinePredictions([record(undecided)]).correct).toBe(1);
    const counting = { assignment: null, mistake: 'tiesRight' } as const;
    expect(combinePredictions([record(undecided)], counting).correct).toBe(2);
  });

  it('is refused for runs that answered other episodes', () => {
    expect(() => combinePredictions([record(first), record(second, 'other')])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    expect(() => combinePredictions([])).toThrow('at least one run');
  });
});
