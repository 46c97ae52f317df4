// The split of Koch et al. 2015, sections 4.1 and 4.2: alphabets and drawers are both divided. The paper names neither
// the drawers nor, beyond "the same ones used in Lake 2013", the alphabets.
import {
  BACKGROUND_ALPHABETS,
  KOCH_VALIDATION_ALPHABETS,
  LAKE_ALPHABETS,
  OMNIGLOT_DRAWERS,
} from './omniglot-alphabets.js';
import type { OmniglotSplit } from './omniglot-split.js';

/**
 * Training: the 30 background alphabets by drawers 09-20; validation: 10 evaluation alphabets by drawers 05-08; test: Lake's 10
 * alphabets by drawers 01-04. The drawers are our choice: Lake's runs are by 01-08, which training then never sees.
 */
export const kochSplit: OmniglotSplit = {
  validationChoices: [],
  rule: () => ({
    train: { alphabets: [...BACKGROUND_ALPHABETS.keys()], drawers: drawers(9, OMNIGLOT_DRAWERS) },
    validation: { alphabets: KOCH_VALIDATION_ALPHABETS, drawers: drawers(5, 8) },
    test: { alphabets: LAKE_ALPHABETS, drawers: drawers(1, 4) },
    disjointDrawers: true,
  }),
};

function drawers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first - 1 + i);
}
