// What is known of Omniglot's recorded pens without their files: who is selected for what, at which size.
import { stableHash } from '../../base/stable-hash.js';
import type { DataOmniglotStrokes } from '../../config/experiment.js';
import type { DataDescription } from '../loaded-data.js';
import { OMNIGLOT_DRAWERS } from '../omniglot/omniglot-alphabets.js';
import { CLEAN_VERSION, resolveSizes } from '../pictures/picture-sizes.js';
import { RESIZE_VERSION } from '../pictures/resize.js';
import { countSelection, type SplitRule } from '../splits.js';
import { alphabetsOf, STROKE_PARTS } from './stroke-files.js';

/** Changes whenever painted pictures have other pixels than before. */
const PAINT_VERSION = 1;

/** The description of a section; nothing is read. */
export function describeOmniglotStrokes(section: DataOmniglotStrokes): DataDescription {
  const rule = splitRule(section);
  const count = (purpose: 'train' | 'validation' | 'test') =>
    countSelection(rule[purpose], alphabetsOf(section.parts), OMNIGLOT_DRAWERS);
  return {
    dataset: 'omniglot-strokes',
    ...resolveSizes(section),
    selections: { train: count('train'), validation: count('validation'), test: count('test') },
    disjointDrawers: false,
    hasLakeRuns: false,
    identity: stableHash({ ...sourceKey(section), rule, ...resolveSizes(section) }),
  };
}

/** What the pictures at `sourceSize` are made from. */
export function sourceKey(section: DataOmniglotStrokes) {
  const { sourceSize, inkGain } = resolveSizes(section);
  const published = section.parts.map((part) => {
    const { strokesDigest, picturesDigest } = STROKE_PARTS[part];
    return section.pictures === 'drawn' ? picturesDigest : [strokesDigest, PAINT_VERSION];
  });
  const versions = { resizeVersion: RESIZE_VERSION, cleanVersion: CLEAN_VERSION };
  return { dataset: 'omniglot-strokes', published, sourceSize, inkGain, ...versions };
}

/** The rule of the section's split: by alphabets, which nothing but its lists decide. */
export function splitRule({ parts, validationAlphabets, testAlphabets }: DataOmniglotStrokes): SplitRule {
  const kept = new Set([...validationAlphabets, ...testAlphabets]);
  return {
    train: { alphabets: [...alphabetsOf(parts).keys()].filter((name) => !kept.has(name)) },
    validation: { alphabets: validationAlphabets },
    test: { alphabets: testAlphabets },
    disjointDrawers: false,
  };
}
