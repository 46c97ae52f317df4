// What is known of the emoji without reading them, and how their classes are divided: once and for all, by the hashes of
// their codes: 400 for the test, 200 for validation, the others for training.
import { hashBytes, stableHash } from '../../base/stable-hash.js';
import type { DataEmoji } from '../../config/experiment.js';
import type { DataDescription } from '../loaded-data.js';
import { CLEAN_VERSION, resolveSizes } from '../pictures/picture-sizes.js';
import type { SplitRule } from '../splits.js';
import { ONLY_GROUP } from '../words.js';
import { EMOJI_PACKAGES } from './emoji-files.js';

/** Changes whenever the same files give other pictures than before: with the decoder, above all. */
const EMOJI_VERSION = 1;

const TEST_CLASSES = 400;
const VALIDATION_CLASSES = 200;

/** The description of a section; nothing is read. */
export function describeEmoji(section: DataEmoji): DataDescription {
  const sizes = resolveSizes({ ...section, inkGain: 1 });
  const drawers = EMOJI_PACKAGES.length;
  const count = (characters: number) => [{ name: ONLY_GROUP.emoji, characters, drawers }];
  return {
    dataset: 'emoji',
    ...sizes,
    channels: 3,
    selections: {
      train: count(section.trainClasses),
      validation: count(VALIDATION_CLASSES),
      test: count(TEST_CLASSES),
    },
    disjointDrawers: false,
    hasLakeRuns: false,
    identity: stableHash({
      ...emojiKey(section),
      ...sizes,
      trainClasses: section.trainClasses,
      cleanVersion: CLEAN_VERSION,
    }),
  };
}

/** What makes pictures of the packages. */
export function emojiKey(section: DataEmoji) {
  const { sourceSize } = resolveSizes({ ...section, inkGain: 1 });
  return {
    dataset: 'emoji',
    version: EMOJI_VERSION,
    published: EMOJI_PACKAGES.map(({ sha256 }) => sha256),
    sourceSize,
    background: section.background,
  };
}

/** Which of the classes, in an order that has nothing to do with what they show, are for what. */
export function divideEmoji(codes: readonly string[], { trainClasses }: DataEmoji): SplitRule {
  const shuffled = [...codes].sort((a, b) => (hashBytes(a) < hashBytes(b) ? -1 : 1));
  const trainFrom = TEST_CLASSES + VALIDATION_CLASSES;
  const select = (from: number, to: number) => ({
    alphabets: [ONLY_GROUP.emoji],
    characters: shuffled.slice(from, to).map((code) => `${ONLY_GROUP.emoji}/${code}`),
  });
  return {
    train: select(trainFrom, trainFrom + trainClasses),
    validation: select(TEST_CLASSES, trainFrom),
    test: select(0, TEST_CLASSES),
    disjointDrawers: false,
  };
}
