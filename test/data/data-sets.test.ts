// The data sets as the rest of the program sees them: splits of the real files, descriptions without files, the cache.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataGlyphs, DataOmniglot } from '../../src/config/experiment.js';
import { describeData, loadData } from '../../src/data/data-sets.js';
import { findLeaks } from '../../src/data/find-leaks.js';
import type { DataSection, LoadedData, LoadOptions } from '../../src/data/loaded-data.js';
import { KOCH_VALIDATION_ALPHABETS, LAKE_ALPHABETS } from '../../src/data/omniglot/omniglot-alphabets.js';
import { pictureAt, type Selection } from '../../src/data/pictures/picture-set.js';
import { indexSelection } from '../../src/data/sampling/selection-index.js';
import { SPLIT_PURPOSES } from '../../src/data/splits.js';
import { expectFailure } from './support/expect-failure.js';
import { REAL_DATA } from './support/real-data.js';

const cacheFolder = mkdtempSync(join(tmpdir(), 'oneshot-data-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const options: LoadOptions = { env: { ONESHOT_DATA: REAL_DATA }, cacheFolder, baseFolder: cacheFolder };
const lake: DataOmniglot = {
  dataset: 'omniglot',
  split: 'lake',
  validationAlphabets: ['Arcadian', 'Gujarati'],
  imageSize: 14,
  sourceSize: 28,
  inkGain: 1,
};
const koch: DataOmniglot = { ...lake, split: 'koch', validationAlphabets: [] };
const glyphs: DataGlyphs = {
  dataset: 'glyphs',
  seed: 1,
  trainAlphabets: 3,
  validationAlphabets: 1,
  testAlphabets: 2,
  charactersPerAlphabet: 6,
  drawers: 5,
  imageSize: 28,
  inkGain: 1,
};

const countPictures = ({ split }: LoadedData) => SPLIT_PURPOSES.map((purpose) => split[purpose].pictures.length);
const listAlphabets = (selection: Selection) => indexSelection(selection).map(({ name }) => name);
const listDrawers = ({ set, pictures }: Selection) =>
  [...new Set(Array.from(pictures, (picture) => set.drawer[picture]! + 1))].sort((a, b) => a - b);

describe('Omniglot', () => {
  let data: LoadedData;
  let kochData: LoadedData;
  beforeAll(async () => {
    data = await loadData(lake, options);
    kochData = await loadData(koch, options);
  }, 180_000);

  test('with the lake split trains on background alphabets and tests on evaluation alphabets', () => {
    expect(countPictures(data)).toEqual([19_280 - (26 + 48) * 20, (26 + 48) * 20, 13_180]);
    expect(listAlphabets(data.split.validation)).toEqual(['Arcadian', 'Gujarati']);
    expect([data.split.train.set.height, data.source.height]).toEqual([14, 28]);
    expect(data.source.character).toEqual(data.split.train.set.character);
  });

  test('with the koch split divides alphabets and drawers: 964 x 12, 277 x 4, 382 x 4', () => {
    expect(countPictures(kochData)).toEqual([11_568, 1_108, 1_528]);
    expect(listAlphabets(kochData.split.train)).toHaveLength(30);
    expect(listAlphabets(kochData.split.validation)).toEqual(KOCH_VALIDATION_ALPHABETS);
    expect(listAlphabets(kochData.split.test)).toEqual(LAKE_ALPHABETS);
    expect(SPLIT_PURPOSES.map((purpose) => listDrawers(kochData.split[purpose]))).toEqual([
      [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
      [5, 6, 7, 8],
      [1, 2, 3, 4],
    ]);
  });

  test('has no leaks in either split, and the lake split has its drawers on both sides', () => {
    const promise = { disjointAlphabets: true, disjointDrawers: false };
    expect(findLeaks(data.split, promise)).toEqual([]);
    expect(findLeaks(kochData.split, { ...promise, disjointDrawers: true }, { comparePixels: true })).toEqual([]);
    const shared = findLeaks(data.split, { ...promise, disjointDrawers: true });
    expect(shared.map(({ kind, count }) => [kind, count])).toEqual(Array(3).fill(['drawer', 20]));
  });

  test.each([
    ['lake', lake],
    ['koch', koch],
  ])('is described without its files just as it is loaded: %s', (name, section) => {
    const loaded = name === 'lake' ? data : kochData;
    const description = describeData(section);
    expect(loaded.description).toEqual(description);
    for (const purpose of SPLIT_PURPOSES) {
      const found = indexSelection(loaded.split[purpose]).map((alphabet) => ({
        name: alphabet.name,
        characters: alphabet.characters.length,
        drawers: alphabet.characters[0]!.drawers.length,
      }));
      const order = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      expect([...found].sort(order)).toEqual([...description.selections[purpose]].sort(order));
    }
  });

  test('is the same from the cache, under the same digest', async () => {
    const reports: string[] = [];
    const again = await loadData(lake, { ...options, report: (message) => reports.push(message) });
    expect(reports).toEqual([]);
    expect(again.digest).toBe(data.digest);
    expect(Buffer.compare(again.source.pixels, data.source.pixels)).toBe(0);
    expect(kochData.digest).not.toBe(data.digest);
  });

  test("gives Lake's runs at its sizes: each picture is its twin of the evaluation set", async () => {
    const { set, source, episodes } = await data.loadLakeRuns!();
    expect([set.height, source.height, episodes.length]).toEqual([14, 28, 20]);
    const known = new Set<string>();
    for (const picture of data.split.test.pictures) {
      known.add(Buffer.from(pictureAt(data.split.test.set, picture)).toString('latin1'));
    }
    for (let picture = 0; picture < 800; picture++) {
      expect(known.has(Buffer.from(pictureAt(set, picture)).toString('latin1'))).toBe(true);
    }
  });

  test('refuses an unknown alphabet and a folder without files', async () => {
    await expectFailure(() => loadData({ ...lake, validationAlphabets: ['Klingon'] }, options), 'usage', /Klingon/);
    const nowhere = { ...options, env: { ONESHOT_DATA: join(cacheFolder, 'nowhere') } };
    const failure = await expectFailure(() => loadData(lake, nowhere), 'data', /images_background\.zip is missing/);
    expect(failure.hint).toContain('ONESHOT_DATA');
  });
});

describe('the identity of a data section', () => {
  const identity = (section: DataSection) => describeData(section).identity;

  test('is another whenever pictures or selections are', () => {
    const sections: DataSection[] = [
      lake,
      koch,
      { ...lake, imageSize: 28 },
      { ...lake, sourceSize: 56 },
      { ...lake, inkGain: 1.3 },
      { ...lake, validationAlphabets: [] },
      glyphs,
      { ...glyphs, seed: 2 },
      { ...glyphs, drawers: 6 },
      { ...glyphs, trainAlphabets: 4 },
    ];
    expect(new Set(sections.map(identity)).size).toBe(sections.length);
  });

  test('does not depend on where the files lie, nor on defaults being written out', () => {
    expect(identity({ ...lake, path: '/somewhere' })).toBe(identity(lake));
    expect(identity({ ...glyphs, sourceSize: 28 })).toBe(identity(glyphs));
  });
});

describe('glyphs', () => {
  test('are divided by alphabets, with no leaks', async () => {
    const data = await loadData(glyphs, options);
    expect(countPictures(data)).toEqual([90, 30, 60]);
    expect(data.loadLakeRuns).toBeUndefined();
    expect(findLeaks(data.split, { disjointAlphabets: true, disjointDrawers: false }, { comparePixels: true })).toEqual(
      [],
    );
    expect(data.description).toEqual(describeData(glyphs));
    expect((await loadData(glyphs, options)).digest).toBe(data.digest);
  });
});
