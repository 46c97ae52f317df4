// The data section: sizes, and alphabets kept for validation.
import { findNearestKey } from '../../base/nearest-key.js';
import { listedNames, listUnitNames } from '../../data/folder/divide-folder.js';
import { listFolder } from '../../data/folder/list-folder.js';
import type { DataSection } from '../../data/loaded-data.js';
import { EVALUATION_ALPHABETS } from '../../data/omniglot/omniglot-alphabets.js';
import { omniglotSplits, SPLITS_WITH_CHOICE } from '../../data/omniglot/omniglot-splits.js';
import { describeDataOnce, findDataFailure } from '../describe-data-once.js';
import { firstGiven, type Rule } from '../rule.js';

/** Pictures are kept at least as large as the network sees them. */
export const checkSourceSize: Rule = {
  name: 'source size',
  needs: ['data.sourceSize', 'data.imageSize'],
  check({ data }, { report }) {
    if (data?.sourceSize === undefined || data.imageSize === undefined || data.sourceSize >= data.imageSize) return;
    report({
      code: 'conflict',
      path: ['data', 'sourceSize'],
      found: String(data.sourceSize),
      allowed: `at least data.imageSize (${data.imageSize})`,
    });
  },
};

/** Validation alphabets of Omniglot are among those that the split trains on, where the split has none of its own. */
export const checkValidationAlphabets: Rule = {
  name: 'validation alphabets',
  needs: ['data'],
  check({ data }, { report }) {
    if (data?.dataset !== 'omniglot' || data.validationAlphabets.length === 0) return;
    const path = ['data', 'validationAlphabets'];
    const choices = omniglotSplits[data.split].validationChoices;
    if (choices.length === 0) {
      report({
        code: 'conflict',
        path,
        at: 'key',
        found: `validationAlphabets with split ${data.split}`,
        allowed: `split ${SPLITS_WITH_CHOICE.join(', ')}`,
        hint: `${data.split} has validation alphabets of its own`,
      });
      return;
    }
    data.validationAlphabets.forEach((name, index) => {
      if (choices.includes(name)) return;
      const isLeak = EVALUATION_ALPHABETS.has(name);
      report({
        code: isLeak ? 'leak' : 'wrong-value',
        path: [...path, index],
        found: isLeak ? `the evaluation alphabet ${name}` : JSON.stringify(name),
        allowed: isLeak ? 'background alphabets: the test uses the others' : choices.join(', '),
        nearest: isLeak ? undefined : findNearestKey(name, choices),
      });
    });
  },
};

/** A folder of one's own pictures is there, and is a data set. */
export const checkDataFolder: Rule = {
  name: 'data folder',
  needs: ['data'],
  check({ data }, { report }) {
    if (data?.dataset !== 'folder') return;
    const failure = findDataFailure(data);
    // Wrong names of the division are found one by one, with their places.
    if (failure === undefined || failure.code === 'usage') return;
    report({
      code: 'unreadable',
      path: ['data', 'path'],
      found: failure.message.replace(/:\n +/, ': ').replace(/\n +/g, '; '),
      allowed: 'a folder of pictures',
      hint: failure.hint,
    });
  },
};

/** The groups or classes that are named for validation and test are there, each for one purpose. */
export const checkFolderDivision: Rule = {
  name: 'folder division',
  needs: ['data'],
  check({ data }, { report }) {
    if (data?.dataset !== 'folder') return;
    if (findDataFailure(data)?.code === 'data') return;
    const names = listUnitNames(listFolder(data), data);
    for (const purpose of ['test', 'validation'] as const) {
      listedNames(data[purpose]).forEach((name, index) => {
        const isTwice = purpose === 'validation' && listedNames(data.test).includes(name);
        if (names.includes(name) && !isTwice) return;
        report({
          code: isTwice ? 'leak' : 'wrong-value',
          path: ['data', purpose, index],
          found: isTwice ? `${JSON.stringify(name)}, which is for the test` : JSON.stringify(name),
          allowed: isTwice ? 'names that data.test does not have' : names.slice(0, MAX_NAMES).join(', '),
          nearest: isTwice ? undefined : findNearestKey(name, names),
        });
      });
    }
  },
};

/** Names of a folder that are worth printing. */
const MAX_NAMES = 20;

/** Training has pictures: validation and test leave it something. */
export const checkTrainingSelection: Rule = {
  name: 'training selection',
  needs: ['training', 'data'],
  check({ training, data }, context) {
    if (!training || !data || describeDataOnce(data)?.selections.train.length !== 0) return;
    const { keys, found, allowed } = reasonsForNoTraining[data.dataset];
    context.report({
      code: 'episode',
      path: firstGiven(context, [...keys.map((key) => ['data', key]), ['data']]),
      found,
      allowed,
    });
  },
};

/** The keys that decide how much is left for training, and what to say when it is nothing. */
const reasonsForNoTraining: Readonly<
  Record<DataSection['dataset'], { keys: readonly string[]; found: string; allowed: string }>
> = {
  omniglot: {
    keys: ['validationAlphabets'],
    found: 'all alphabets that the split trains on',
    allowed: 'some of them: training needs the others',
  },
  folder: { keys: ['test', 'validation'], found: 'all of the folder', allowed: 'some of it: training needs the rest' },
  mnist: { keys: ['trainDigits'], found: 'no digits for training', allowed: 'at least one in data.trainDigits' },
  glyphs: { keys: ['trainAlphabets'], found: 'no alphabets for training', allowed: 'at least one' },
};
