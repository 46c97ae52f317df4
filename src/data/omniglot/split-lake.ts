// Lake's split: training on the background alphabets, the test on the evaluation alphabets. To compare with published
// numbers, everything that is chosen is chosen on background alphabets (README of brendenlake/omniglot).
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from './omniglot-alphabets.js';
import type { OmniglotSplit } from './omniglot-split.js';

/** 30 alphabets for training, less those named for validation; 20 for the test; all drawers everywhere. */
export const lakeSplit: OmniglotSplit = splitBackground([...BACKGROUND_ALPHABETS.keys()]);

/** Training on these background alphabets, less those named for validation; the test on all evaluation alphabets. */
export function splitBackground(background: readonly string[]): OmniglotSplit {
  return {
    validationChoices: background,
    rule: (validationAlphabets) => ({
      train: { alphabets: background.filter((name) => !validationAlphabets.includes(name)) },
      validation: { alphabets: validationAlphabets },
      test: { alphabets: [...EVALUATION_ALPHABETS.keys()] },
      disjointDrawers: false,
    }),
  };
}
