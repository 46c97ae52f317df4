import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../src/config/experiment.js';
import { evaluate } from '../../src/evaluation/evaluate.js';
import type { PredictionRecord } from '../../src/evaluation/records/predictions.js';
import { scorePairs } from '../../src/evaluation/scorers/score-pairs.js';
import type { Scorer } from '../../src/evaluation/scorers/scorer.js';
import type { EvaluationData } from '../../src/evaluation/task.js';
import { drawRandomPictures, splitForAll } from './support/random-pictures.js';

const set = drawRandomPictures({ alphabets: 3, characters: 5, drawers: 4 });
const data: EvaluationData = { split: splitForAll(set), source: set };
const within = { protocol: 'within-alphabet', nWay: 5, kShot: 1, selection: 'test', seed: 1, episodes: 6 } as const;

/** Knows the characters; counts how often it looks at pictures, and at how many. */
function makeOracle(): Scorer & { looks: number[] } {
  const looks: number[] = [];
  return {
    name: 'network',
    combineShots: 'mean',
    constantByDesign: false,
    looks,
    embed(_pictures, numbers) {
      looks.push(numbers.length);
      return scorePairs((query, support) => (set.character[query] === set.character[support] ? 1 : 0));
    },
  };
}

describe('evaluate', () => {
  it('measures every combination of ways and shots, the network before the baselines', async () => {
    const sections: Protocol[] = [{ ...within, nWay: [2, 5], kShot: [1, 3] }];
    const results = await evaluate({ sections, baselines: [{ type: 'chance' }], data, network: makeOracle() });
    expect(results.map(({ task, scorer, accuracy }) => [task, scorer, accuracy])).toEqual([
      ['test/within-alphabet/2-way-1-shot', 'network', 1],
      ['test/within-alphabet/2-way-1-shot', 'chance', 1 / 2],
      ['test/within-alphabet/2-way-3-shot', 'network', 1],
      ['test/within-alphabet/2-way-3-shot', 'chance', 1 / 2],
      ['test/within-alphabet/5-way-1-shot', 'network', 1],
      ['test/within-alphabet/5-way-1-shot', 'chance', 1 / 5],
      ['test/within-alphabet/5-way-3-shot', 'network', 1],
      ['test/within-alphabet/5-way-3-shot', 'chance', 1 / 5],
    ]);
    expect(results[0]).toMatchObject({ n: 12, correct: 12, alarm: null });
  });

  it('asks for every picture of the test once among known classes, whose support are training pictures', async () => {
    // The first class has two training pictures, the others three; the last class is not in the test.
    const known = set.character.length / 15;
    const pictures = Array.from(set.character.keys());
    const isTested = (picture: number) => picture % known === 3 || picture === 2;
    const selectionOf = (purpose: 'train' | 'test', numbers: number[]) => ({
      set,
      purpose,
      pictures: Int32Array.from(numbers),
    });
    const split = {
      ...data.split,
      train: selectionOf(
        'train',
        pictures.filter((picture) => !isTested(picture)),
      ),
      test: selectionOf(
        'test',
        pictures.filter((picture) => isTested(picture) && set.character[picture] !== 14),
      ),
    };
    const records: PredictionRecord[] = [];
    const closed = { protocol: 'closed-set', kShot: [1, 2], seed: 1 } as const;
    const results = await evaluate({
      sections: [closed as unknown as Protocol],
      baselines: [{ type: 'chance' }],
      data: { ...data, split },
      network: makeOracle(),
      keep: (record) => records.push(record),
    });
    expect(results.map(({ task, scorer, n, accuracy }) => [task, scorer, n, accuracy])).toEqual([
      ['test/closed-set/14-way-1-shot', 'network', 15, 1],
      ['test/closed-set/14-way-1-shot', 'chance', 15, 1 / 14],
      ['test/closed-set/14-way-2-shot', 'network', 15, 1],
      ['test/closed-set/14-way-2-shot', 'chance', 15, 1 / 14],
    ]);
    const [{ answers }] = records as [PredictionRecord];
    expect(answers[0]!.queries.map(({ picture }) => picture).sort((a, b) => a - b)).toEqual([...split.test.pictures]);
    expect(answers[0]!.supportSet.flat().some(isTested)).toBe(false);
    const demanding = { ...closed, kShot: 3 } as unknown as Protocol;
    await expect(
      evaluate({ sections: [demanding], baselines: [], data: { ...data, split }, network: makeOracle() }),
    ).rejects.toThrow(/closed-set with 3 shots: class \S+ has 2 training pictures/);
    await expect(
      evaluate({
        sections: [closed as unknown as Protocol],
        baselines: [],
        data: { ...data, split: { ...split, train: { ...split.train, pictures: new Int32Array() } } },
      }),
    ).rejects.toThrow('needs classes that training and the test share; there are 0');
  });

  it('looks at each picture once for all protocols, ways and shots', async () => {
    const network = makeOracle();
    const sections: Protocol[] = [
      { ...within, nWay: [2, 5], kShot: [1, 3], episodes: 200 },
      { ...within, protocol: 'cross-alphabet', episodes: 200 },
    ];
    await evaluate({ sections, baselines: [], data, network });
    expect(network.looks).toEqual([60]);
  });

  it('measures a task with test-time augmentation for the network only', async () => {
    const network = makeOracle();
    const sections: Protocol[] = [within, { ...within, testTimeAugmentation: { copies: 7, strength: 0.5 } }];
    const results = await evaluate({ sections, baselines: [{ type: 'nearestNeighbourCosine' }], data, network });
    expect(results.map(({ task, scorer }) => `${task} ${scorer}`)).toEqual([
      'test/within-alphabet/5-way-1-shot network',
      'test/within-alphabet/5-way-1-shot nearestNeighbourCosine',
      'test/within-alphabet/5-way-1-shot-tta-7 network',
    ]);
    expect(results[2]!.episodesHash).toBe(results[0]!.episodesHash);
    expect(network.looks).toHaveLength(2);
  });

  it('keeps names apart where sections differ in their seed, and their episodes too', async () => {
    const sections: Protocol[] = [within, { ...within, seed: 2 }];
    const [first, second] = await evaluate({ sections, baselines: [{ type: 'chance' }], data });
    expect([first!.task, second!.task]).toEqual([
      'test/within-alphabet/5-way-1-shot',
      'test/within-alphabet/5-way-1-shot-2',
    ]);
    expect(second!.episodesHash).not.toBe(first!.episodesHash);
  });

  it('gives equal results and predictions for equal seeds', async () => {
    const measure = async () => {
      const kept: PredictionRecord[] = [];
      const keep = (record: PredictionRecord) => kept.push(record);
      const baselines = [{ type: 'nearestNeighbourEuclidean' }, { type: 'nearestNeighbourCosine' }] as const;
      const results = await evaluate({ sections: [within], baselines, data, keep });
      return JSON.stringify({ results, kept });
    };
    expect(await measure()).toBe(await measure());
  });

  it('makes as many episodes as give the number of queries', async () => {
    const [result] = await evaluate({
      sections: [{ ...within, episodes: undefined, queries: 40 }],
      baselines: [{ type: 'chance' }],
      data,
    });
    expect(result).toMatchObject({ n: 40, correct: 8 });
    expect(result!.episodes.queries).toEqual(Array(8).fill(5));
  });

  it.each([
    { name: 'queries that do not come out even', section: { ...within, queries: 41 }, message: /41 queries/ },
    { name: 'more ways than characters', section: { ...within, nWay: 6 }, message: /6 characters/ },
    { name: "Lake's runs of another data set", section: { protocol: 'lake-runs' } as const, message: /no Lake runs/ },
  ])('refuses $name', async ({ section, message }) => {
    await expect(evaluate({ sections: [section], baselines: [{ type: 'chance' }], data })).rejects.toThrow(message);
  });

  it('scores a network that says the same of everything by chance, with an alarm', async () => {
    const constant: Scorer = { ...makeOracle(), embed: () => scorePairs(() => 0.5) };
    const [result] = await evaluate({ sections: [within], baselines: [], data, network: constant });
    expect(result).toMatchObject({ n: 30, correct: 6, accuracy: 0.2, alarm: { degenerate: true } });
  });
});
