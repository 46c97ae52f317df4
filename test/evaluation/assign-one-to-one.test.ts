import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignAtLeastCost, assignOneToOne } from '../../src/evaluation/assign-one-to-one.js';
import type { EpisodeAnswers } from '../../src/evaluation/score-episodes.js';

function* permutations(list: readonly number[]): Generator<number[]> {
  if (list.length === 0) yield [];
  for (const first of list) {
    for (const rest of permutations(list.filter((other) => other !== first))) yield [first, ...rest];
  }
}

const sumOf = (costs: readonly (readonly number[])[], columns: readonly number[]) =>
  columns.reduce((sum, column, row) => sum + costs[row]![column]!, 0);

/** An episode whose query `row` shows class `truths[row]`. */
const episodeOf = (scores: readonly (readonly number[])[], truths: readonly number[]): EpisodeAnswers =>
  scores.map((row, index) => {
    const largest = row.indexOf(Math.max(...row));
    const truth = truths[index]!;
    const credit = largest === truth ? 1 : 0;
    return { picture: index, truth, prediction: largest, credit, scores: Float64Array.from(row) };
  });

describe('the assignment with the least cost', () => {
  it('is never dearer than any other one', () => {
    const matrix = fc.integer({ min: 1, max: 6 }).chain((n) =>
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
        minLength: n,
        maxLength: n,
      }),
    );
    fc.assert(
      fc.property(matrix, (costs) => {
        const columns = assignAtLeastCost(costs);
        const all = [...permutations([...costs.keys()])];
        expect([...columns].sort()).toEqual([...costs.keys()]);
        expect(sumOf(costs, columns)).toBe(Math.min(...all.map((other) => sumOf(costs, other))));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is the one of a published example', () => {
    // https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.linear_sum_assignment.html: columns 1, 0, 2
    expect(assignAtLeastCost([[4, 1, 3], [2, 0, 5], [3, 2, 2]])).toEqual([1, 0, 2]); // biome-ignore format: a matrix
  });
});

describe('one-to-one answers', () => {
  it('give a class that two queries want to the one that loses more without it', () => {
    const answers = episodeOf([[3, 2, 0], [3, 0, 0], [0, 0, 1]], [1, 0, 2]); // biome-ignore format: a matrix
    expect(answers.map(({ credit }) => credit)).toEqual([0, 1, 1]);
    expect(assignOneToOne(answers, 0).map(({ prediction, credit }) => [prediction, credit])).toEqual([
      [1, 1],
      [0, 1],
      [2, 1],
    ]);
  });

  it('of queries in the order of their classes with equal scores are chance, not all right', () => {
    const truths = [...Array(20).keys()];
    // One pair is told apart, so the scores are not all the same; nothing else is.
    const scores = truths.map((row) => truths.map((way) => (row === 3 && way === 3 ? 1 : 0)));
    let correct = 0;
    for (let episode = 0; episode < 400; episode++) {
      for (const { credit } of assignOneToOne(episodeOf(scores, truths), episode)) correct += credit;
    }
    // The told one is always right; of the other 19 one is on average, in 400 episodes 400 ± 20.
    expect(correct).toBeGreaterThan(400 + 340);
    expect(correct).toBeLessThan(400 + 460);
  });

  it('count 1/N where a scorer says the same of everything, and nothing where a score is not a number', () => {
    const constant = [0, 1].map((truth) => ({
      picture: 0,
      truth,
      prediction: 0,
      credit: 0.5,
      scores: new Float64Array(2),
    }));
    expect(assignOneToOne(constant, 0)).toEqual(constant);
    const broken = episodeOf([[1, 0], [Number.NaN, 1]], [0, 1]); // biome-ignore format: a matrix
    expect(assignOneToOne(broken, 0).map(({ prediction, credit }) => [prediction, credit])).toEqual([
      [-1, 0],
      [-1, 0],
    ]);
  });
});
