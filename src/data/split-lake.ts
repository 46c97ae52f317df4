// Lake's split: training on the background alphabets, the test on the evaluation alphabets. To compare with published
// numbers, everything that is chosen is chosen on background alphabets (README of brendenlake/omniglot).
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS } from './omniglot-alphabets.js';
import type { SplitRule } from './splits.js';

/** 30 alphabets for training, less those named for validation; 20 for the test; all drawers everywhere. */
export function lakeSplit(validationAlphabets: readonly string[]): SplitRule {
  return {
    train: { alphabets: [...BACKGROUND_ALPHABETS.keys()].filter((name) => !validationAlphabets.includes(name)) },
    validation: { alphabets: validationAlphabets },
    test: { alphabets: [...EVALUATION_ALPHABETS.keys()] },
    disjointDrawers: false,
  };
}
