// What is known of Omniglot without its files: who is selected for what, at which size.
import { stableHash } from '../../base/stable-hash.js';
import type { DataOmniglot } from '../../config/experiment.js';
import type { DataDescription } from '../loaded-data.js';
import { CLEAN_VERSION, type PictureSizes, resolveSizes } from '../pictures/picture-sizes.js';
import { RESIZE_VERSION } from '../pictures/resize.js';
import { countSelection, type SplitRule } from '../splits.js';
import { BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS, OMNIGLOT_DRAWERS } from './omniglot-alphabets.js';
import { BACKGROUND, EVALUATION } from './omniglot-files.js';
import { omniglotSplits } from './omniglot-splits.js';

/** The description of a section; nothing is read. */
export function describeOmniglot(section: DataOmniglot): DataDescription {
  const rule = splitRule(section);
  const sizes = resolveSizes(section);
  const characters = new Map([...BACKGROUND_ALPHABETS, ...EVALUATION_ALPHABETS]);
  const count = (purpose: 'train' | 'validation' | 'test') =>
    countSelection(rule[purpose], characters, OMNIGLOT_DRAWERS);
  return {
    dataset: 'omniglot',
    ...sizes,
    selections: { train: count('train'), validation: count('validation'), test: count('test') },
    disjointDrawers: rule.disjointDrawers,
    hasLakeRuns: true,
    identity: stableHash({ published: [BACKGROUND.digest, EVALUATION.digest], rule, ...resizeKey(sizes), ...sizes }),
  };
}

/** The rule of the section's split. */
export function splitRule(section: DataOmniglot): SplitRule {
  return omniglotSplits[section.split].rule(section.validationAlphabets);
}

/** What makes pictures of other sizes from the files. */
export function resizeKey({ sourceSize, inkGain }: PictureSizes) {
  return { sourceSize, inkGain, resizeVersion: RESIZE_VERSION, cleanVersion: CLEAN_VERSION };
}
