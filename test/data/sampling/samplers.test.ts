// The three samplers and the order they go through: what is drawn, how often, and that seeds decide it all.
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import type { TaskAllPairs, TaskVerification } from '../../../src/config/experiment.js';
import type { PictureSet } from '../../../src/data/pictures/picture-set.js';
import { drawEpisodes, type EpisodePlan } from '../../../src/data/sampling/draw-episodes.js';
import { createGroupSampler } from '../../../src/data/sampling/group-sampler.js';
import { shuffledIndex } from '../../../src/data/sampling/shuffled-index.js';
import { createPairSampler } from '../../../src/data/sampling/verification-pairs.js';
import { expectFailure } from '../support/expect-failure.js';
import { selectAll, toyPictures } from '../support/toy-pictures.js';

const set = toyPictures([5, 3, 8]);
const selection = selectAll(set);
const alphabetOf = (picture: number, of: PictureSet = set) => of.characters[of.character[picture]!]!.alphabet;
const countBy = <T>(items: readonly T[], key: (item: T) => number | string) => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
};

describe('a shuffled index', () => {
  test.each([1, 2, 3, 7, 64, 1000, 4097])('has each of %i items at exactly one place', (count) => {
    const itemAt = shuffledIndex(count, 1, 'x');
    const items = Array.from({ length: count }, (_, place) => itemAt(place));
    expect([...items].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
  });

  test('is another order for another seed or key, and far from the original', () => {
    const order = (seed: number, key: string) =>
      Array.from({ length: 1000 }, (_, i) => shuffledIndex(1000, seed, key)(i));
    expect(order(1, 'a')).toEqual(order(1, 'a'));
    expect(order(1, 'a')).not.toEqual(order(2, 'a'));
    expect(order(1, 'a')).not.toEqual(order(1, 'b'));
    const inPlace = order(1, 'a').filter((item, i) => item === i).length;
    const rising = order(1, 'a').filter((item, i, all) => i > 0 && item > all[i - 1]!).length;
    expect(inPlace).toBeLessThan(10);
    expect(rising).toBeGreaterThan(430);
    expect(rising).toBeLessThan(570);
  });

  test('reaches beyond 32 bits', () => {
    const count = 1.35e10;
    const itemAt = shuffledIndex(count, 1);
    const items = Array.from({ length: 200 }, (_, place) => itemAt(place));
    expect(new Set(items).size).toBe(200);
    expect(Math.max(...items)).toBeGreaterThan(2 ** 32);
    expect(Math.max(...items)).toBeLessThan(count);
  });
});

describe('verification pairs', () => {
  const pairs: TaskVerification['pairs'] = { count: 301, redraw: 'never', different: 'within-alphabet' };
  const draw = (settings = pairs, seed = 1, epoch = 0) => {
    const sample = createPairSampler(selection, settings, seed);
    return Array.from({ length: settings.count }, (_, number) => sample(epoch, number));
  };

  test.each([6, 7, 300, 301])('are half of the same character, and as many from each alphabet: %i', (count) => {
    const drawn = draw({ ...pairs, count });
    expect(drawn.filter(({ isSame }) => isSame).length).toBe(Math.ceil(count / 2));
    const perAlphabet = Object.values(countBy(drawn, ({ first }) => alphabetOf(first)));
    expect(Math.max(...perAlphabet) - Math.min(...perAlphabet)).toBeLessThanOrEqual(1);
    expect(perAlphabet).toHaveLength(3);
  });

  test('show two drawings of one character, or two characters of one alphabet', () => {
    for (const { first, second, isSame } of draw()) {
      expect(first).not.toBe(second);
      expect(set.character[first] === set.character[second]).toBe(isSame);
      expect(alphabetOf(first)).toBe(alphabetOf(second));
      if (isSame) expect(set.drawer[first]).not.toBe(set.drawer[second]);
    }
  });

  test('may differ in the alphabet when taken anywhere', () => {
    const different = draw({ ...pairs, different: 'anywhere' }).filter(({ isSame }) => !isSame);
    const mixed = different.filter(({ first, second }) => alphabetOf(first) !== alphabetOf(second)).length;
    expect(mixed / different.length).toBeGreaterThan(0.5);
    expect(different.every(({ first, second }) => set.character[first] !== set.character[second])).toBe(true);
  });

  test('are one set for all epochs, or a new one for each', () => {
    expect(draw(pairs, 1, 0)).toEqual(draw(pairs, 1, 5));
    const redrawn = { ...pairs, redraw: 'everyEpoch' as const };
    expect(draw(redrawn, 1, 0)).toEqual(draw(redrawn, 1, 0));
    expect(draw(redrawn, 1, 0)).not.toEqual(draw(redrawn, 1, 1));
    expect(draw(pairs, 1)).not.toEqual(draw(pairs, 2));
  });

  test('cannot be drawn where there is one character or one drawer only', async () => {
    const sample = (of: PictureSet) => () => createPairSampler(selectAll(of), pairs, 1);
    await expectFailure(sample(toyPictures([5, 1])), 'usage', /Alphabet1 has a single character/);
    await expectFailure(sample(toyPictures([5], { drawers: 1 })), 'usage', /by one drawer only/);
    await expectFailure(sample(toyPictures([])), 'usage', /train selection: it is empty/);
  });
});

describe('an all-pairs batch', () => {
  const task: TaskAllPairs = { type: 'allPairs', alphabets: 2, characters: 4, drawers: 3, negatives: 'hard' };
  const draw = (settings = task, rotationClasses = false, key = 0) =>
    createGroupSampler(selection, settings, { rotationClasses })(randomStream(1, 'batch', key));
  const groupsOf = (pictures: Int32Array, size: number) =>
    Array.from({ length: pictures.length / size }, (_, i) => [...pictures.subarray(i * size, (i + 1) * size)]);

  test('has different alphabets, characters and drawers, in order', () => {
    for (let key = 0; key < 50; key++) {
      const { pictures, quarterTurns } = draw(task, false, key);
      expect(pictures).toHaveLength(24);
      expect([...quarterTurns]).toEqual([0, 0]);
      const characters = groupsOf(pictures, 3);
      for (const group of characters) {
        expect(new Set(group.map((picture) => set.character[picture])).size).toBe(1);
        expect(new Set(group.map((picture) => set.drawer[picture])).size).toBe(3);
      }
      for (const group of groupsOf(pictures, 12)) {
        expect(new Set(group.map((picture) => set.character[picture])).size).toBe(4);
      }
    }
  });

  test('fills a short alphabet from others', () => {
    const filled = { ...task, alphabets: 3, characters: 7 };
    for (let key = 0; key < 20; key++) {
      for (const group of groupsOf(draw(filled, false, key).pictures, 21)) {
        const characters = [...new Set(group.map((picture) => set.character[picture]!))];
        expect(characters).toHaveLength(7);
      }
    }
    const all = draw({ ...task, alphabets: 1, characters: 16 }).pictures;
    expect(new Set(all.map((picture) => set.character[picture]!)).size).toBe(16);
  });

  test('takes each alphabet equally often, and comes round again when there are more groups', () => {
    const first = Array.from({ length: 900 }, (_, key) =>
      alphabetOf(draw({ ...task, alphabets: 1, characters: 2 }, false, key).pictures[0]!),
    );
    for (const count of Object.values(countBy(first, String))) expect(Math.abs(count - 300)).toBeLessThan(60);
    const { pictures } = draw({ ...task, alphabets: 7, characters: 2 });
    const perAlphabet = countBy(
      groupsOf(pictures, 6).map(([picture]) => alphabetOf(picture!)),
      String,
    );
    expect(Object.values(perAlphabet).sort()).toEqual([2, 2, 3]);
  });

  test('has one angle for each group, all four equally often', () => {
    const turns = Array.from({ length: 400 }, (_, key) => [...draw(task, true, key).quarterTurns]).flat();
    for (const count of Object.values(countBy(turns, String))) expect(Math.abs(count - 200)).toBeLessThan(50);
    expect(new Set(turns)).toEqual(new Set([0, 1, 2, 3]));
  });

  test('is refused when characters or drawers are too few', async () => {
    await expectFailure(() => draw({ ...task, characters: 17 }), 'usage', /takes 17 characters, and there are 16/);
    await expectFailure(() => draw({ ...task, drawers: 5 }), 'usage', /takes 5 drawers, and some characters have 4/);
  });
});

describe('episodes', () => {
  const plan: EpisodePlan = { protocol: 'within-alphabet', nWay: 4, kShot: 2, episodes: 41, seed: 1 };
  const draw = (settings: Partial<EpisodePlan> = {}) => drawEpisodes(selection, { ...plan, ...settings });

  test.each(['within-alphabet', 'cross-alphabet'] as const)(
    'have N ways, k shots, a query of each way: %s',
    (protocol) => {
      const { episodes } = draw({ protocol });
      expect(episodes).toHaveLength(41);
      for (const { supportSet, queries } of episodes) {
        expect(supportSet.map((pictures) => pictures.length)).toEqual([2, 2, 2, 2]);
        expect(queries.map(({ truth }) => truth).sort()).toEqual([0, 1, 2, 3]);
        expect(new Set(supportSet.map(([picture]) => set.character[picture!])).size).toBe(4);
        for (const { picture, truth } of queries) {
          for (const support of supportSet[truth]!) {
            expect(set.character[support]).toBe(set.character[picture]);
            expect(set.drawer[support]).not.toBe(set.drawer[picture]);
          }
        }
      }
      const places = episodes.flatMap(({ queries }) => queries.map(({ truth }, place) => (truth === place ? 1 : 0)));
      expect(places.reduce<number>((sum, hit) => sum + hit, 0) / places.length).toBeLessThan(0.45); // 1/4 when the order is random
    },
  );

  test.each(['within-alphabet', 'cross-alphabet'] as const)(
    'may have several queries of each way, never one of its support: %s',
    (protocol) => {
      const { episodes } = draw({ protocol, kShot: 1, queriesPerClass: 3 });
      for (const { supportSet, queries } of episodes) {
        expect(queries.map(({ truth }) => truth).sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
        const shown = [...supportSet.flat(), ...queries.map(({ picture }) => picture)];
        expect(new Set(shown).size).toBe(16);
        for (const { picture, truth } of queries)
          expect(set.character[picture]).toBe(set.character[supportSet[truth]![0]!]);
      }
      // One query is what it was without the setting: figures of earlier runs stay.
      expect(draw({ protocol, queriesPerClass: 1 })).toEqual(draw({ protocol }));
    },
  );

  test('within an alphabet have the same support drawers for all classes, and one query drawer', () => {
    for (const { supportSet, queries, alphabet } of draw().episodes) {
      const drawers = supportSet.map((pictures) => pictures.map((picture) => set.drawer[picture]).join());
      expect(new Set(drawers).size).toBe(1);
      expect(new Set(queries.map(({ picture }) => set.drawer[picture])).size).toBe(1);
      for (const { picture } of queries) expect(set.alphabets[alphabetOf(picture)]).toBe(alphabet);
    }
  });

  test('within an alphabet pass over small alphabets and use the others equally often', () => {
    const { episodes, skippedAlphabets } = draw();
    expect(skippedAlphabets).toEqual(['Alphabet1']);
    expect(countBy(episodes, ({ alphabet }) => alphabet!)).toEqual(
      expect.objectContaining({ Alphabet0: expect.any(Number), Alphabet2: expect.any(Number) }),
    );
    const counts = Object.values(countBy(episodes, ({ alphabet }) => alphabet!)).sort();
    expect(counts).toEqual([20, 21]);
  });

  test('across alphabets take classes from several', () => {
    const mixed = draw({ protocol: 'cross-alphabet' }).episodes.filter(
      ({ queries }) => new Set(queries.map(({ picture }) => alphabetOf(picture))).size > 1,
    );
    expect(mixed.length).toBeGreaterThan(35);
    expect(mixed[0]!.alphabet).toBeUndefined();
  });

  test('are the beginning of a longer list, the same for the same seed, others for another', () => {
    const all = draw().episodes;
    expect(draw({ episodes: 10 }).episodes).toEqual(all.slice(0, 10));
    expect(draw().episodes).toEqual(all);
    expect(draw({ seed: 2 }).episodes).not.toEqual(all);
  });

  test('are refused when no alphabet is large enough, or nobody is left for the queries', async () => {
    await expectFailure(
      () => draw({ nWay: 9 }),
      'usage',
      /9 ways and 2 shots from the train selection: no alphabet has 9/,
    );
    await expectFailure(() => draw({ kShot: 4 }), 'usage', /5 drawers/);
    await expectFailure(() => draw({ protocol: 'cross-alphabet', nWay: 17 }), 'usage', /16 characters have 3 pictures/);
    await expectFailure(
      () => draw({ protocol: 'cross-alphabet', queriesPerClass: 3 }),
      'usage',
      /0 characters have 5 pictures; \w+ has 4/,
    );
  });
});
