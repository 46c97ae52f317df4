export { drawPanels, PANEL_STYLE, type Panel, type PanelStyle } from './drawing/draw-panels.js';
export { type MinimizeSettings, minimize } from './fitting/minimize.js';
export {
  fitToOwnPicture,
  REFIT_SETTINGS,
  type Refit,
  type RefitSettings,
  type RefitStage,
  refitParse,
} from './fitting/refit.js';
export {
  AFFINE_NOISE,
  lineOfParse,
  multiplyNoise,
  POSITION_NOISE,
  TOKEN_NOISE,
  TokenLayout,
  type TokenNoise,
} from './fitting/token-layout.js';
export { ComparedPicture, ImageModels } from './image/compared-picture.js';
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
  type ElasticMatch,
  type ElasticSettings,
  type ElasticShape,
  elasticDistance,
  matchElastically,
  type PlaceMap,
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
export { describeStroke, simplifyParse } from './parsing/simplify-parse.js';
export { divideStroke, SHAPE_SIZE, type SubStroke } from './parsing/sub-strokes.js';
export { drawWalks, type Walk } from './parsing/walks.js';
export {
  ONE_WAY_WEIGHTS,
  type ScoreWeights,
  STROKE_SCORE_SETTINGS,
  type StrokeComparison,
  StrokeScorer,
  type StrokeScoreSettings,
  type StrokeShape,
  TWO_WAY_WEIGHTS,
} from './scoring/two-way-score.js';
export { extractSkeleton } from './skeleton/extract-skeleton.js';
export type { Place, SkeletonEdge, SkeletonGraph } from './skeleton/skeleton-graph.js';
