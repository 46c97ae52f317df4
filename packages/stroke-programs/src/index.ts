export { type MinimizeSettings, minimize } from './fitting/minimize.js';
export { REFIT_SETTINGS, type Refit, type RefitSettings, refitParse } from './fitting/refit.js';
export { TOKEN_NOISE, TokenLayout, type TokenNoise } from './fitting/token-layout.js';
export {
  type ImageLikelihood,
  ImageModel,
  type ImageNoise,
  type InkLine,
  makeTarget,
  type TargetImage,
} from './image/image-model.js';
export { countInk, findInkCentre, type InkPicture, inkFrom } from './ink-picture.js';
export {
  ELASTIC_SETTINGS,
  type ElasticSettings,
  type ElasticShape,
  elasticDistance,
  prepareElasticShape,
} from './matching/elastic-matching.js';
export { type DistanceShape, modifiedHausdorff, prepareDistances } from './matching/modified-hausdorff.js';
export { CONTROL_POINTS, drawSpline, fitSpline, makeSplineBasis } from './parsing/b-spline.js';
export {
  PARSE_SETTINGS,
  type Parse,
  type ParsedPicture,
  type ParseSettings,
  parsePicture,
  type Stroke,
} from './parsing/parse-picture.js';
export { divideStroke, SHAPE_SIZE, type SubStroke } from './parsing/sub-strokes.js';
export { drawWalks, type Walk } from './parsing/walks.js';
export {
  STROKE_SCORE_SETTINGS,
  StrokeScorer,
  type StrokeScoreSettings,
  type StrokeShape,
} from './scoring/two-way-score.js';
export { extractSkeleton } from './skeleton/extract-skeleton.js';
export type { Place, SkeletonEdge, SkeletonGraph } from './skeleton/skeleton-graph.js';
