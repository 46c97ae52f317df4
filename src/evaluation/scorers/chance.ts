// What guessing reaches: all classes tie, so each query counts 1/nWay.
import { scorePairs } from './score-pairs.js';
import type { Scorer } from './scorer.js';

/** Scores everything alike. */
export const chance: Scorer = {
  name: 'chance',
  combineShots: 'mean',
  constantByDesign: true,
  embed: () => scorePairs(() => 0),
};
