// Nearest neighbour by elastic matching of ink points: LAKE of 400 on Lake's runs at 105 x 105 with the settings that the
// schema gives, which were chosen on background alphabets; nothing is learned.
import { type ElasticShape, elasticDistance, prepareElasticShape } from 'stroke-programs';
import type { BaselineElasticMatching } from '../../config/experiment.js';
import { scoreShapes } from './score-shapes.js';
import type { Scorer } from './scorer.js';

/** Scores of pictures without ink: no drawing is so far from another. */
const WITHOUT_INK = -1e6;

/** Scores by the negative distance. */
export function makeElasticMatching({ type, name = type, ...settings }: BaselineElasticMatching): Scorer {
  return {
    name,
    combineShots: 'maximum',
    constantByDesign: false,
    embed: ({ clean }) =>
      scoreShapes(
        clean,
        (picture) => prepareElasticShape(picture, settings),
        (query: ElasticShape, support: ElasticShape) => -elasticDistance(query, support, settings),
        WITHOUT_INK,
      ),
  };
}
