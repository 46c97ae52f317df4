// What a split of Omniglot is; one file per split beside this one.
import type { SplitRule } from '../splits.js';

/** A way to divide Omniglot. */
export interface OmniglotSplit {
  /** What `data.validationAlphabets` may name; empty where the split has validation alphabets of its own. */
  readonly validationChoices: readonly string[];
  /** The rule, with these of the choices kept for validation. */
  rule(validationAlphabets: readonly string[]): SplitRule;
}
