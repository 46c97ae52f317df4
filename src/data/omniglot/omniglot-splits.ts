// The splits of Omniglot by their names in experiment files. A new one is a file split-NAME.ts, a line here and a word in
// the schema.
import type { DataOmniglot } from '../../config/experiment.js';
import type { OmniglotSplit } from './omniglot-split.js';
import { kochSplit } from './split-koch.js';
import { lakeSplit } from './split-lake.js';
import { small1Split, small2Split } from './split-small.js';
import { vinyalsSplit } from './split-vinyals.js';

/** Every split by its name in the schema. */
export const omniglotSplits: Readonly<Record<DataOmniglot['split'], OmniglotSplit>> = {
  lake: lakeSplit,
  koch: kochSplit,
  vinyals: vinyalsSplit,
  small1: small1Split,
  small2: small2Split,
};

/** The names of the splits whose validation alphabets are chosen in the file. */
export const SPLITS_WITH_CHOICE: readonly string[] = Object.entries(omniglotSplits)
  .filter(([, { validationChoices }]) => validationChoices.length > 0)
  .map(([name]) => name);
