import { describe, expect, it } from 'vitest';
import { findAlarm, judge, scoreEpisodes } from '../../src/evaluation/score-episodes.js';
import { chance } from '../../src/evaluation/scorers/chance.js';
import { scorePairs } from '../../src/evaluation/scorers/score-pairs.js';
import { drawRandomPictures, makeEpisode } from './support/random-pictures.js';

const set = drawRandomPictures();
const network = { combineShots: 'mean', constantByDesign: false } as const;
const sameCharacter = (query: number, support: number) => (set.character[query] === set.character[support] ? 1 : 0);
const creditsOf = (answers: Awaited<ReturnType<typeof scoreEpisodes>>) => answers.flat().map(({ credit }) => credit);

describe('judge', () => {
  it.each([
    { name: 'a right answer', scores: [0, 2, 1], truth: 1, prediction: 1, credit: 1 },
    { name: 'a wrong answer', scores: [0, 2, 1], truth: 2, prediction: 1, credit: 0 },
    { name: 'a tie of two with the right one', scores: [2, 1, 2], truth: 2, prediction: 0, credit: 1 / 2 },
    { name: 'a tie of two without the right one', scores: [2, 1, 2], truth: 1, prediction: 0, credit: 0 },
    { name: 'a tie of all', scores: [5, 5, 5], truth: 0, prediction: 0, credit: 1 / 3 },
    { name: 'NaN for the right class', scores: [Number.NaN, 0, 0], truth: 0, prediction: -1, credit: 0 },
    {
      name: 'NaN for all but the right class',
      scores: [1, Number.NaN, Number.NaN],
      truth: 0,
      prediction: -1,
      credit: 0,
    },
    {
      name: 'infinity for the right class',
      scores: [1, Number.POSITIVE_INFINITY],
      truth: 1,
      prediction: -1,
      credit: 0,
    },
  ])('gives $credit for $name', ({ scores, truth, prediction, credit }) => {
    expect(judge(Float64Array.from(scores), truth)).toEqual({ prediction, credit });
  });
});

describe('scoreEpisodes', () => {
  it('answers every query of every episode in their order', async () => {
    const episodes = [makeEpisode(set), makeEpisode(set, { order: [2, 0, 1] })];
    const answers = await scoreEpisodes(network, scorePairs(sameCharacter), episodes);
    expect(creditsOf(answers)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(answers[1]!.map(({ picture, truth, prediction }) => ({ picture, truth, prediction }))).toEqual(
      episodes[1]!.queries.map(({ picture, truth }) => ({ picture, truth, prediction: truth })),
    );
  });

  it.each([
    { combineShots: 'mean', expected: [2, 3] },
    { combineShots: 'maximum', expected: [4, 3] },
  ] as const)('combines the scores of k shots by their $combineShots', async ({ combineShots, expected }) => {
    const scores = new Map([
      [10, 0],
      [11, 4],
      [12, 3],
      [13, 3],
    ]);
    const episode = {
      supportSet: [
        [10, 11],
        [12, 13],
      ],
      queries: [{ picture: 1, truth: 0 }],
    };
    const pairs = scorePairs((_query, support) => scores.get(support)!);
    const [answers] = await scoreEpisodes({ combineShots }, pairs, [episode]);
    expect([...answers![0]!.scores]).toEqual(expected);
  });

  it('gives chance, not 100 %, to a network that says the same of everything, wherever the right class stands', async () => {
    const episodes = [makeEpisode(set), makeEpisode(set, { kShot: 3 })];
    const answers = await scoreEpisodes(
      network,
      scorePairs(() => -0.75),
      episodes,
    );
    expect(creditsOf(answers)).toEqual(Array(6).fill(1 / 3));
    expect(findAlarm(network, answers)).toEqual({
      degenerate: true,
      constantQueries: 6,
      nonFiniteQueries: 0,
      belowChance: false,
    });
  });
});

describe('findAlarm', () => {
  const alarmOf = async (score: (query: number, support: number) => number, scorer = network) =>
    findAlarm(scorer, await scoreEpisodes(scorer, scorePairs(score), [makeEpisode(set)]));

  it('is silent for answers that differ', async () => {
    expect(await alarmOf(sameCharacter)).toBeUndefined();
  });

  it('is silent where half of the queries are constant, and not where more are', async () => {
    const answersOf = (score: (query: number, support: number) => number) =>
      scoreEpisodes(network, scorePairs(score), [makeEpisode(set)]);
    const constant = await answersOf(() => 1);
    const differing = await answersOf(sameCharacter);
    expect(findAlarm(network, [...constant, ...differing])).toBeUndefined();
    expect(findAlarm(network, [...constant, ...constant, ...differing])).toMatchObject({ degenerate: true });
  });

  it('takes differences of float32 rounding for none', async () => {
    expect(await alarmOf((_query, support) => 8 + 1e-7 * support)).toMatchObject({ degenerate: true });
  });

  it('counts queries with scores that are not finite', async () => {
    expect(await alarmOf((query, support) => (query === 0 ? Number.NaN : sameCharacter(query, support)))).toEqual({
      degenerate: false,
      constantQueries: 0,
      nonFiniteQueries: 1,
      belowChance: false,
    });
  });

  it('is silent about chance, which is constant by design', async () => {
    expect(
      findAlarm(
        chance,
        await scoreEpisodes(
          chance,
          scorePairs(() => 0),
          [makeEpisode(set)],
        ),
      ),
    ).toBeUndefined();
  });
});
