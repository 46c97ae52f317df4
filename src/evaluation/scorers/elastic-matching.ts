// Nearest neighbour by elastic matching of ink points. Its settings in the schema were chosen on random episodes of Omniglot's
// background alphabets; nothing is learned.
import { elasticDistance, prepareElasticShape } from 'stroke-programs';
import type { BaselineElasticMatching } from '../../config/experiment.js';
import { scoreShapes } from './score-shapes.js';
import type { BaselineType } from './scorer.js';

/** Scores of pictures without ink: no drawing is so far from another. */
const WITHOUT_INK = -1e6;

/** Scores by the negative distance. */
export const elasticMatching: BaselineType<BaselineElasticMatching> = {
  title: 'elastic matching',
  shortTitle: 'elastic',
  make: ({ type, name = type, ...settings }) => ({
    name,
    combineShots: 'maximum',
    constantByDesign: false,
    embed: ({ clean }) =>
      scoreShapes(
        clean,
        (picture) => prepareElasticShape(picture, settings),
        (query, support) => -elasticDistance(query, support, settings),
        WITHOUT_INK,
      ),
  }),
};
