export { countInk, findInkCentre, type InkPicture, inkFrom } from './ink-picture.js';
export {
  ELASTIC_SETTINGS,
  type ElasticSettings,
  type ElasticShape,
  elasticDistance,
  prepareElasticShape,
} from './matching/elastic-matching.js';
export { type DistanceShape, modifiedHausdorff, prepareDistances } from './matching/modified-hausdorff.js';
