// MNIST from its real files: what is in them, what is refused, and the nearest neighbour's answers on it.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataMnist } from '../../../src/config/experiment.js';
import { describeData, loadData } from '../../../src/data/data-sets.js';
import { findLeaks } from '../../../src/data/find-leaks.js';
import type { LoadedData, LoadOptions } from '../../../src/data/loaded-data.js';
import { MNIST_TEST, MNIST_TRAIN, readMnist } from '../../../src/data/mnist/mnist.js';
import { pictureAt } from '../../../src/data/pictures/picture-set.js';
import { indexSelection } from '../../../src/data/sampling/selection-index.js';
import { evaluate } from '../../../src/evaluation/evaluate.js';
import { expectFailure } from '../support/expect-failure.js';
import { REAL_DATA } from '../support/real-data.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-mnist-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options: LoadOptions = {
  env: { ONESHOT_DATA: REAL_DATA },
  cacheFolder: join(folder, 'cache'),
  baseFolder: folder,
};
const section: DataMnist = { dataset: 'mnist', trainDigits: [], imageSize: 28, inkGain: 1 };
const testLabels = `${MNIST_TEST.labels.name}.gz`;
const testImages = `${MNIST_TEST.images.name}.gz`;

describe('MNIST', () => {
  let data: LoadedData;
  beforeAll(async () => {
    data = await loadData(section, options);
  });

  test('gives all ten digits of the test files as one alphabet where nothing is trained on', () => {
    const { train, validation, test: tested } = data.split;
    expect([train, validation, tested].map(({ pictures }) => pictures.length)).toEqual([0, 0, 10_000]);
    const [digits, ...others] = indexSelection(tested);
    expect([digits!.name, others.length]).toEqual(['digits', 0]);
    const counts = digits!.characters.map(({ character, pictures }) => [character, pictures.length]);
    expect(counts.sort(([a], [b]) => a! - b!)).toEqual([...MNIST_TEST.counts.entries()]);
    expect(data.description.selections.test).toEqual([{ name: 'digits', characters: 10, drawers: 892 }]);
  });

  test('keeps ink 255 as ink: the first test picture is the file’s, a 7', () => {
    const { pixels, digits } = readMnist(REAL_DATA, MNIST_TEST);
    const { set } = data.split.test;
    expect(digits[0]).toBe(7);
    expect(set.characters[set.character[0]!]!.name).toBe('7');
    expect(Buffer.compare(pictureAt(set, 0), pixels.subarray(0, 784))).toBe(0);
  });

  test('trains on the digits that are named, from the training files, and tests on the others', async () => {
    const few = await loadData({ ...section, trainDigits: [1, 8], imageSize: 8 }, options);
    expect(few.split.train.pictures.length).toBe(MNIST_TRAIN.counts[1]! + MNIST_TRAIN.counts[8]!);
    expect(few.split.test.pictures.length).toBe(10_000 - 1135 - 974);
    expect(findLeaks(few.split, { disjointAlphabets: false, disjointDrawers: true })).toEqual([]);
    expect(few.description).toEqual(describeData({ ...section, trainDigits: [8, 1], imageSize: 8 }));
    expect(few.description.identity).not.toBe(data.description.identity);
  });

  test('is read packed or not, with the test files alone', async () => {
    const plain = join(folder, 'plain');
    mkdirSync(plain);
    for (const { name } of [MNIST_TEST.images, MNIST_TEST.labels]) {
      writeFileSync(join(plain, name), gunzipSync(readFileSync(join(REAL_DATA, `${name}.gz`))));
    }
    const again = await loadData({ ...section, path: plain }, { ...options, cacheFolder: join(folder, 'other-cache') });
    expect(again.digest).toBe(data.digest);
  });

  test.each([
    ['missing', (_: string) => {}, /t10k-images-idx3-ubyte\.gz is missing/],
    [
      'altered',
      (place: string) => {
        copyFileSync(join(REAL_DATA, testLabels), join(place, testLabels));
        const bytes = gunzipSync(readFileSync(join(REAL_DATA, testImages)));
        bytes[5000]! ^= 1;
        writeFileSync(join(place, testImages), gzipSync(bytes, { level: 1 }));
      },
      /t10k-images-idx3-ubyte in .* is altered/,
    ],
    [
      'cut short',
      (place: string) => {
        writeFileSync(join(place, testImages), readFileSync(join(REAL_DATA, testImages)).subarray(0, 1000));
      },
      /t10k-images-idx3-ubyte\.gz is damaged/,
    ],
    [
      'a bomb',
      (place: string) => {
        writeFileSync(join(place, testImages), gzipSync(Buffer.alloc(50_000_000), { level: 1 }));
      },
      /t10k-images-idx3-ubyte\.gz is damaged/,
    ],
  ])('is refused where a file is %s', async (name, prepare, message) => {
    const place = join(folder, name);
    mkdirSync(place);
    prepare(place);
    const cacheFolder = join(place, 'cache');
    const failure = await expectFailure(
      () => loadData({ ...section, path: place }, { ...options, cacheFolder }),
      'data',
      message,
    );
    expect(failure.hint).toContain('oneshot data fetch mnist');
  });
});

// Koch et al. 2015, Table 3, print 26.5 % for the nearest neighbour on 400 queries. Raw pixels of the published files
// answer more: the figures below are exact, and no choice of seed comes near 26.5 %.
test('nearest neighbours on 400 queries of 10 digits at 35 x 35, beside pictures of another kind', async () => {
  const glyphs = await loadData(
    {
      dataset: 'glyphs',
      seed: 1,
      trainAlphabets: 1,
      validationAlphabets: 0,
      testAlphabets: 1,
      charactersPerAlphabet: 2,
      drawers: 2,
      imageSize: 35,
      inkGain: 1,
    },
    options,
  );
  const results = await evaluate({
    sections: [{ protocol: 'mnist', nWay: 10, kShot: 1, episodes: 40, seed: 1 }],
    baselines: [{ type: 'nearestNeighbourEuclidean' }, { type: 'nearestNeighbourCosine' }, { type: 'chance' }],
    data: glyphs,
  });
  expect(results.map(({ task, pictures, n }) => [task, pictures.name, pictures.height, n])).toEqual(
    Array(3).fill(['test/mnist/10-way-1-shot', 'mnist', 35, 400]),
  );
  expect(results.map(({ correct }) => correct)).toEqual([157, 173, 40]);
});
