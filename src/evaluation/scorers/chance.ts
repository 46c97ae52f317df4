// What guessing reaches: all classes tie, so each query counts 1/nWay.
import { scorePairs } from './score-pairs.js';
import type { BaselineScorer } from './scorer.js';

/** Scores everything alike. */
export const chance: BaselineScorer = {
  name: 'chance',
  title: 'chance',
  shortTitle: 'chance',
  combineShots: 'mean',
  constantByDesign: true,
  embed: () => scorePairs(() => 0),
};
