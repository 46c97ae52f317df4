// The splits of Omniglot by their published lists: counts of alphabets, characters and pictures, without the files.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DataOmniglot } from '../../../src/config/experiment.js';
import { describeData } from '../../../src/data/data-sets.js';
import { openZip } from '../../../src/data/files/zip-file.js';
import { OMNIGLOT_LIMITS } from '../../../src/data/omniglot/omniglot.js';
import { omniglotSplits } from '../../../src/data/omniglot/omniglot-splits.js';
import { SPLIT_PURPOSES } from '../../../src/data/splits.js';
import { REAL_DATA } from '../support/real-data.js';

const sectionOf = (split: DataOmniglot['split'], validationAlphabets: string[] = []): DataOmniglot => ({
  dataset: 'omniglot',
  split,
  validationAlphabets,
  imageSize: 28,
  inkGain: 1,
});
const count = (section: DataOmniglot) => {
  const { selections } = describeData(section);
  return SPLIT_PURPOSES.map((purpose) => [
    selections[purpose].length,
    selections[purpose].reduce((sum, { characters }) => sum + characters, 0),
  ]);
};

describe('the splits of Omniglot', () => {
  test.each([
    ['lake', [30, 964], [0, 0], [20, 659]],
    ['koch', [30, 964], [10, 277], [10, 382]],
    // 1,204 characters for training and validation: the 1,200 of the published list, with all of Gurmukhi.
    ['vinyals', [33, 1032], [5, 172], [12, 419]],
    ['small1', [5, 136], [0, 0], [20, 659]],
    ['small2', [5, 156], [0, 0], [20, 659]],
  ] as const)('%s has alphabets and characters as published', (split, ...expected) => {
    expect(count(sectionOf(split))).toEqual(expected);
  });

  test('no alphabet stands on two sides of any of them', () => {
    for (const [name, { rule, validationChoices }] of Object.entries(omniglotSplits)) {
      const { train, validation, test: tested } = rule(validationChoices.slice(0, 2));
      const all = [train, validation, tested].flatMap(({ alphabets }) => alphabets);
      expect([name, new Set(all).size]).toEqual([name, all.length]);
    }
  });

  test.each(['small1', 'small2'] as const)('%s trains on the alphabets of its own zip', async (split) => {
    const zip = openZip(join(REAL_DATA, `images_background_${split}.zip`), OMNIGLOT_LIMITS, 'hint');
    const found = new Set((await zip.listEntries()).map(({ name }) => name.split('/')[1]!));
    expect(describeData(sectionOf(split)).selections.train.map(({ name }) => name)).toEqual([...found].sort());
  });

  test('validation alphabets are taken from those a split trains on', () => {
    expect(count(sectionOf('small1', ['Korean']))).toEqual([
      [4, 96],
      [1, 40],
      [20, 659],
    ]);
  });
});
