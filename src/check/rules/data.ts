// The data section: sizes, and alphabets kept for validation.
import { findNearestKey } from '../../base/nearest-key.js';
import type { DataSection } from '../../data/loaded-data.js';
import { EVALUATION_ALPHABETS } from '../../data/omniglot-alphabets.js';
import { omniglotSplits, SPLITS_WITH_CHOICE } from '../../data/omniglot-splits.js';
import { describeDataOnce } from '../describe-data-once.js';
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
  mnist: { keys: ['trainDigits'], found: 'no digits for training', allowed: 'at least one in data.trainDigits' },
  glyphs: { keys: ['trainAlphabets'], found: 'no alphabets for training', allowed: 'at least one' },
};
