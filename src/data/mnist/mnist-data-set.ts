// MNIST as a data set: digits that are trained on come from the training files, all others from the test files, so
// that no digit stands on both sides. With nothing to train on it serves to measure networks trained on other pictures.
import { join } from 'node:path';
import { stableHash } from '../../base/stable-hash.js';
import type { DataMnist } from '../../config/experiment.js';
import { resolveDataFolder } from '../files/data-folder.js';
import { requireFile } from '../files/require-file.js';
import { gatherData } from '../gather-data.js';
import type { DataDescription, DataSetType } from '../loaded-data.js';
import { allocatePixels, type UnsealedPictureSet } from '../pictures/picture-file.js';
import { CLEAN_VERSION, cacheSizedPictures, resolveSizes } from '../pictures/picture-sizes.js';
import { RESIZE_VERSION, resizePictures } from '../pictures/resize.js';
import type { AlphabetCount, SplitRule } from '../splits.js';
import { explainMnistFiles, MNIST_SIZE, MNIST_TEST, MNIST_TRAIN, type MnistPart, readMnist } from './mnist.js';

/** The one alphabet of MNIST. */
const DIGITS = 'digits';
const ALL_DIGITS = MNIST_TEST.counts.map((_, digit) => digit);

export const mnistDataSet: DataSetType<DataMnist> = {
  describe,
  nothingToTrain: {
    keys: [['trainDigits'], []],
    found: 'no digits for training',
    allowed: 'at least one in data.trainDigits',
  },
  fillSelection: (selection) =>
    selection === 'train' ? 'name some in data.trainDigits' : 'mnist has no validation digits',
  downloadsPath: ({ path }) => path,
  // All digits of the test files, from 28 x 28 straight to what the network sees, as Koch et al. 2015 did.
  beside: ({ imageSize, path }) => ({ dataset: 'mnist', path, trainDigits: [], imageSize, inkGain: 1 }),
  requireFiles(section, place) {
    const folder = resolveDataFolder(section.path, place);
    const parts = divideDigits(section).train.length > 0 ? [MNIST_TRAIN, MNIST_TEST] : [MNIST_TEST];
    for (const { name } of parts.flatMap(({ images, labels }) => [images, labels])) {
      requireFile([join(folder, `${name}.gz`), join(folder, name)], explainMnistFiles(folder));
    }
  },
  async load(section, options) {
    const folder = resolveDataFolder(section.path, options);
    const sizes = resolveSizes(section);
    const cache = { folder: options.cacheFolder, report: options.report };
    const pictures = await cacheSizedPictures(cache, 'mnist', sourceKey(section), sizes, () =>
      resizePictures(gatherDigits(folder, section), sizes.sourceSize, sizes.inkGain),
    );
    return gatherData(pictures, splitRule(section), describe(section));
  },
};

function describe(section: DataMnist): DataDescription {
  const { train, test } = divideDigits(section);
  const sizes = resolveSizes(section);
  return {
    dataset: 'mnist',
    ...sizes,
    selections: { train: countDigits(train, MNIST_TRAIN), validation: [], test: countDigits(test, MNIST_TEST) },
    disjointDrawers: true,
    hasLakeRuns: false,
    identity: stableHash({ ...sourceKey(section), ...sizes, cleanVersion: CLEAN_VERSION }),
  };
}

function sourceKey(section: DataMnist) {
  const { sourceSize, inkGain } = resolveSizes(section);
  const published = [MNIST_TRAIN, MNIST_TEST].flatMap(({ images, labels }) => [images.digest, labels.digest]);
  return { dataset: 'mnist', published, ...divideDigits(section), sourceSize, inkGain, resizeVersion: RESIZE_VERSION };
}

function divideDigits({ trainDigits }: DataMnist): { train: number[]; test: number[] } {
  return {
    train: ALL_DIGITS.filter((digit) => trainDigits.includes(digit)),
    test: ALL_DIGITS.filter((digit) => !trainDigits.includes(digit)),
  };
}

function countDigits(digits: readonly number[], { counts }: MnistPart): AlphabetCount[] {
  if (digits.length === 0) return [];
  return [{ name: DIGITS, characters: digits.length, drawers: Math.min(...digits.map((digit) => counts[digit]!)) }];
}

function splitRule(section: DataMnist): SplitRule {
  const { train, test } = divideDigits(section);
  return {
    train: { alphabets: [DIGITS], characters: train.map(nameDigit) },
    validation: { alphabets: [] },
    test: { alphabets: [DIGITS], characters: test.map(nameDigit) },
    disjointDrawers: true,
  };
}

function nameDigit(digit: number): string {
  return `${DIGITS}/${digit}`;
}

// The training files are not needed where nothing is trained on.
function gatherDigits(folder: string, section: DataMnist): UnsealedPictureSet {
  const { train, test } = divideDigits(section);
  const found = [
    ...(train.length > 0 ? pickDigits(folder, MNIST_TRAIN, train) : []),
    ...pickDigits(folder, MNIST_TEST, test),
  ];
  const size = MNIST_SIZE * MNIST_SIZE;
  const pixels = allocatePixels(found.length * size);
  found.forEach((picture, i) => {
    pixels.set(picture.pixels, i * size);
  });
  return {
    name: 'mnist',
    height: MNIST_SIZE,
    width: MNIST_SIZE,
    pixels,
    alphabets: [DIGITS],
    characters: ALL_DIGITS.map((digit) => ({ alphabet: 0, name: String(digit) })),
    character: Int32Array.from(found, ({ digit }) => digit),
    // Nothing says who wrote what.
    drawer: Int32Array.from(found.keys()),
  };
}

function pickDigits(
  folder: string,
  part: MnistPart,
  digits: readonly number[],
): { digit: number; pixels: Uint8Array }[] {
  const size = MNIST_SIZE * MNIST_SIZE;
  const { pixels, digits: labels } = readMnist(folder, part);
  return Array.from(labels, (digit, i) => ({ digit, pixels: pixels.subarray(i * size, (i + 1) * size) })).filter(
    ({ digit }) => digits.includes(digit),
  );
}
