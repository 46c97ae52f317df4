import { describe, expect, it } from 'vitest';
import { identifyEpisodes, nameTask } from '../../src/evaluation/task.js';
import { drawRandomPictures, makeEpisode } from './support/random-pictures.js';

const task = {
  protocol: 'within-alphabet',
  selection: 'test',
  nWay: 20,
  kShot: 5,
  seed: 1,
  testTimeAugmentation: null,
} as const;

describe('nameTask', () => {
  it('names what is measured', () => {
    expect(nameTask(task)).toBe('test/within-alphabet/20-way-5-shot');
    expect(nameTask({ ...task, selection: 'validation', testTimeAugmentation: { copies: 7, strength: 0.5 } })).toBe(
      'validation/within-alphabet/20-way-5-shot-tta-7',
    );
    expect(nameTask({ ...task, testTimeAugmentation: { copies: 7, strength: 0.5, rotations: true } })).toBe(
      'test/within-alphabet/20-way-5-shot-tta-7-rotations',
    );
    expect(nameTask({ ...task, testTimeAugmentation: { copies: 7, strength: 0.5, rotations: false } })).toBe(
      'test/within-alphabet/20-way-5-shot-tta-7',
    );
  });

  it('uses the characters alone that MLflow takes on every platform', () => {
    expect(nameTask({ ...task, testTimeAugmentation: { copies: 7, strength: 0.5, rotations: true } })).toMatch(
      /^[\w./-]+$/,
    );
  });
});

describe('identifyEpisodes', () => {
  const small = drawRandomPictures({ size: 5 });
  const episodes = [makeEpisode(small)];

  it('is the same for the same drawings at another size', () => {
    const large = drawRandomPictures({ size: 8 });
    expect(large.digest).not.toBe(small.digest);
    expect(identifyEpisodes(large, episodes)).toBe(identifyEpisodes(small, episodes));
  });

  it.each([
    { name: 'another order of the ways', changed: [makeEpisode(small, { order: [1, 0, 2] })] },
    { name: 'other characters', changed: [makeEpisode(small, { first: 3 })] },
    { name: 'more shots', changed: [makeEpisode(small, { kShot: 2 })] },
    { name: 'more episodes', changed: [...episodes, ...episodes] },
  ])('differs for $name', ({ changed }) => {
    expect(identifyEpisodes(small, changed)).not.toBe(identifyEpisodes(small, episodes));
  });

  it('differs where the same numbers mean other drawings', () => {
    const others = drawRandomPictures({ size: 5, characters: 4, drawers: 6 });
    expect(identifyEpisodes(others, episodes)).not.toBe(identifyEpisodes(small, episodes));
  });
});
