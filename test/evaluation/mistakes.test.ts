import { describe, expect, it } from 'vitest';
import type { ProtocolCrossAlphabet, ProtocolWithinAlphabet } from '../../src/config/experiment.js';
import { evaluate } from '../../src/evaluation/evaluate.js';
import { chooseHeadline } from '../../src/evaluation/headline.js';
import { makeTasks } from '../../src/evaluation/protocols/registry.js';
import type { EvaluationData } from '../../src/evaluation/task.js';
import { drawRandomPictures, splitForAll } from './support/random-pictures.js';

const DRAWERS = 4;
const set = drawRandomPictures({ alphabets: 3, characters: 8, drawers: DRAWERS });
const data: EvaluationData = { split: splitForAll(set), source: set };
type Section = ProtocolWithinAlphabet | ProtocolCrossAlphabet;
const section = (protocol: Section['protocol'], changes: Partial<Section> = {}) =>
  ({ protocol, nWay: 5, kShot: 1, episodes: 400, selection: 'test', seed: 1, ...changes }) as Section;

describe('mistakes', () => {
  it('that count ties as right give a scorer that says the same of everything all queries', async () => {
    const sections = [section('within-alphabet', { mistakes: ['tiesRight'] })];
    const results = await evaluate({
      sections,
      baselines: [{ type: 'chance' }, { type: 'nearestNeighbourEuclidean' }],
      data,
    });
    const figures = results.map(({ task, scorer, mistake, n, correct }) => ({ task, scorer, mistake, n, correct }));
    const plain = { task: 'test/within-alphabet/5-way-1-shot', n: 2000, mistake: undefined };
    const wrong = { task: 'test/within-alphabet/5-way-1-shot-ties-right', n: 2000, mistake: 'tiesRight' };
    expect(figures.filter(({ scorer }) => scorer === 'chance')).toMatchObject([
      { ...plain, correct: 400 },
      { ...wrong, correct: 2000 },
    ]);
    // Random ink hardly ties: what is right alone stays right.
    const [right, tied] = figures.filter(({ scorer }) => scorer !== 'chance').map(({ correct }) => correct);
    expect(tied).toBeGreaterThanOrEqual(right!);
    expect(tied! - right!).toBeLessThan(100);
    expect(chooseHeadline(results)?.task).toBe(plain.task);
  });

  it.each([
    ['within-alphabet', 1],
    ['within-alphabet', 2],
    ['cross-alphabet', 1],
    ['cross-alphabet', 3],
  ] as const)(
    'that draw support with replacement let queries %s meet themselves, %d shots',
    async (protocol, kShot) => {
      const sections = [section(protocol, { mistakes: ['withReplacement', 'tiesRight'], kShot })];
      const [plain, replaced, ties] = await makeTasks(sections, data);
      expect([plain!.name, replaced!.name, ties!.name]).toEqual([
        `test/${protocol}/5-way-${kShot}-shot`,
        `test/${protocol}/5-way-${kShot}-shot-with-replacement`,
        `test/${protocol}/5-way-${kShot}-shot-ties-right`,
      ]);
      expect(ties!.episodes).toBe(plain!.episodes);
      let met = 0;
      replaced!.episodes.forEach(({ supportSet, queries }, number) => {
        const before = plain!.episodes[number]!;
        expect(queries).toEqual(before.queries);
        const changed = supportSet.map((shots, way) =>
          shots.map((picture, shot) => {
            const isOwn = queries.some((query) => query.truth === way && query.picture === picture);
            if (!isOwn) expect(picture).toBe(before.supportSet[way]![shot]);
            return isOwn;
          }),
        );
        met += changed.flat().filter(Boolean).length;
        // The people of an episode are drawn once for all its classes.
        if (protocol === 'within-alphabet') expect(new Set(changed.map(String)).size).toBe(1);
      });
      const shots = 400 * 5 * kShot;
      const independent = protocol === 'within-alphabet' ? 400 * kShot : shots;
      const deviation = Math.sqrt((1 / DRAWERS) * (1 - 1 / DRAWERS) * (1 / independent));
      expect(Math.abs(met / shots - 1 / DRAWERS)).toBeLessThan(4 * deviation);
    },
  );

  it('leave the episodes of other sections as they are', async () => {
    const alone = await makeTasks([section('within-alphabet')], data);
    const beside = await makeTasks([section('within-alphabet', { mistakes: ['withReplacement'] })], data);
    expect(beside[0]!.episodes).toEqual(alone[0]!.episodes);
  });
});
