// The split of Vinyals et al. 2016 by whole alphabets, 33 / 5 / 12: background and evaluation alphabets together in the
// order of the alphabet. The lists are splits/vinyals/ of jvlmdr/omniglot-eval (38 for training and validation, 12 for the
// test, with Gurmukhi wholly in the former) and val.txt of jakesnell/prototypical-networks (the 5 for validation).
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from './omniglot-alphabets.js';
import type { OmniglotSplit } from './omniglot-split.js';

const VALIDATION = ['Armenian', 'Bengali', 'Early_Aramaic', 'Hebrew', 'Mkhedruli_(Georgian)'];

const TEST = [
  'Kannada',
  'Keble',
  'Malayalam',
  'Manipuri',
  'Mongolian',
  'Old_Church_Slavonic_(Cyrillic)',
  'Oriya',
  'Sylheti',
  'Syriac_(Serto)',
  'Tengwar',
  'Tibetan',
  'ULOG',
];

/**
 * 33 alphabets for training, 5 for validation, 12 for the test; all drawers everywhere. Some of Lake's runs are of
 * training alphabets.
 */
export const vinyalsSplit: OmniglotSplit = {
  validationChoices: [],
  rule: () => ({
    train: {
      alphabets: [...BACKGROUND_ALPHABETS.keys(), ...EVALUATION_ALPHABETS.keys()].filter(
        (name) => !VALIDATION.includes(name) && !TEST.includes(name),
      ),
    },
    validation: { alphabets: VALIDATION },
    test: { alphabets: TEST },
    disjointDrawers: false,
  }),
};
