// The data section: sizes, and alphabets kept for validation.
import { findNearestKey } from '../../base/nearest-key.js';
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from '../../data/omniglot-alphabets.js';
import type { Rule } from '../rule.js';

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

/** Validation alphabets of Omniglot are background alphabets, of split `lake`, and leave some for training. */
export const checkValidationAlphabets: Rule = {
  name: 'validation alphabets',
  needs: ['data'],
  check({ data }, { report }) {
    if (data?.dataset !== 'omniglot' || data.validationAlphabets.length === 0) return;
    const path = ['data', 'validationAlphabets'];
    if (data.split !== 'lake') {
      report({
        code: 'conflict',
        path,
        at: 'key',
        found: `validationAlphabets with split ${data.split}`,
        allowed: 'split lake',
        hint: `${data.split} has validation alphabets of its own`,
      });
      return;
    }
    const known = [...BACKGROUND_ALPHABETS.keys()];
    data.validationAlphabets.forEach((name, index) => {
      if (BACKGROUND_ALPHABETS.has(name)) return;
      const isLeak = EVALUATION_ALPHABETS.has(name);
      report({
        code: isLeak ? 'leak' : 'wrong-value',
        path: [...path, index],
        found: isLeak ? `the evaluation alphabet ${name}` : JSON.stringify(name),
        allowed: isLeak ? 'background alphabets: the test uses the others' : known.join(', '),
        nearest: isLeak ? undefined : findNearestKey(name, known),
      });
    });
    if (known.every((name) => data.validationAlphabets.includes(name))) {
      report({
        code: 'leak',
        path,
        found: 'all background alphabets',
        allowed: 'some of them: training needs the others',
      });
    }
  },
};
