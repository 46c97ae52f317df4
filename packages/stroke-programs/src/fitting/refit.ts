// A parse fitted to another picture: which drawing of it the picture shows most probably (Lake et al. 2015, supplement,
// "Inference for one-shot classification"). The drawing starts with the picture's centre and size of ink, or where a warp of
// one drawing onto the other has its line, is drawn onto the ink by soft correspondences, and ends where the picture's
// likelihood and the prior are highest.
import type { ComparedPicture, ImageModels } from '../image/compared-picture.js';
import type { ImageNoise, TargetImage } from '../image/image-model.js';
import type { PlaceMap } from '../matching/elastic-matching.js';
import type { Parse } from '../parsing/parse-picture.js';
import { followGuide, followInk } from './follow-ink.js';
import { type Evaluation, minimize } from './minimize.js';
import { multiplyNoise, TOKEN_NOISE, TokenLayout, type TokenNoise } from './token-layout.js';

/** A fit at one resolution and one noise of the picture. */
export interface RefitStage extends ImageNoise {
  /** Side of the cells that pictures are compared in, in pixels. */
  readonly cell: number;
  /** Evaluations at most. */
  readonly evaluations: number;
}

export interface RefitSettings {
  readonly noise: TokenNoise;
  /** One fit after the other, at least one; the last one's likelihood counts. */
  readonly stages: readonly RefitStage[];
}

/**
 * Chosen on background drawings of Omniglot. Noise is 2.5 times what Lake's program learned for tokens of a known type: of a
 * type only one drawing is known here, which is off by such a noise itself (that alone is √2), and splines are fitted to
 * thinned ink.
 */
export const REFIT_SETTINGS: RefitSettings = {
  noise: multiplyNoise(TOKEN_NOISE, 2.5),
  stages: [
    { cell: 3, blur: 2, flip: 0.1, evaluations: 25 },
    { cell: 2, blur: 1.2, flip: 0.1, evaluations: 45 },
    { cell: 2, blur: 0.8, flip: 0.1, evaluations: 10 },
  ],
};

/** Ends where a step gains less, in nats. */
const TOLERANCE = 0.05;

export interface Refit {
  /** log P(picture | drawing) in nats at the last stage's noise. */
  readonly logLikelihood: number;
  /** log P(drawing | parse) up to the normal distribution's constant: minus half the sum of squares. */
  readonly logPrior: number;
  /** The drawing's line, in pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly isStart: Uint8Array;
  /** The drawing as a parse of its own. */
  readonly parse: Parse;
}

/** The most probable drawing of the parse that the search finds; `guide` maps the parse's picture to this one. */
export function refitParse(
  parse: Parse,
  picture: ComparedPicture,
  models: ImageModels,
  { noise, stages }: RefitSettings = REFIT_SETTINGS,
  guide?: PlaceMap,
): Refit {
  const layout = new TokenLayout(parse, noise);
  const [first] = stages;
  const affine = startNumbers(layout, picture.at(first!.cell));
  const near = guide === undefined ? affine : followGuide(layout, guide, affine);
  const starts = [near, followInk(layout, picture.points, near)];
  return searchFrom(parse, layout, starts, picture, models, stages);
}

/** What the parse of a picture may be off by: thinning moves lines by a pixel and cuts corners. */
const OWN_NOISE: TokenNoise = { ...TOKEN_NOISE, shape: 10, scale: 0.08, startX: 4, startY: 4, affine: 0 };

/** The parse moved until it shows the picture that it is of as well as it can. */
export function fitToOwnPicture(
  parse: Parse,
  picture: ComparedPicture,
  models: ImageModels,
  { stages }: RefitSettings = REFIT_SETTINGS,
): Parse {
  const layout = new TokenLayout(parse, OWN_NOISE);
  const near = stages.length === 1 ? stages : stages.slice(1);
  return searchFrom(parse, layout, [new Float64Array(layout.numbers)], picture, models, near).parse;
}

/** All stages, from the start that the first one likes best. */
function searchFrom(
  { cost }: Parse,
  layout: TokenLayout,
  starts: readonly Float64Array[],
  picture: ComparedPicture,
  models: ImageModels,
  stages: readonly RefitStage[],
): Refit {
  const evaluateAt = ({ cell, ...imageNoise }: RefitStage) => {
    const target = picture.at(cell);
    const model = models.of(target);
    return (place: Float64Array): Evaluation & { readonly logLikelihood: number } => {
      layout.draw(place);
      const { logLikelihood, x, y } = model.compare(layout.line, imageNoise, target);
      const { half, gradient } = subtractFromPrior(place, layout.pullBack(place, x, y));
      return { value: half - logLikelihood, gradient, logLikelihood };
    };
  };
  const far = evaluateAt(stages[0]!);
  const values = starts.map((start) => far(start).value);
  let numbers = starts[values.indexOf(Math.min(...values))] ?? starts[0]!;
  for (const stage of stages) {
    numbers = minimize(evaluateAt(stage), numbers, { evaluations: stage.evaluations, tolerance: TOLERANCE }).place;
  }
  const { logLikelihood } = evaluateAt(stages.at(-1)!)(numbers);
  const parse = layout.parseFrom(numbers, cost);
  const { x, y, isStart } = layout.line;
  const logPrior = -halfSquares(numbers);
  return { logLikelihood, logPrior, x: x.slice(), y: y.slice(), isStart: isStart.slice(), parse };
}

/** Half the sum of squares of a place, and its gradient less another, which is overwritten. */
function subtractFromPrior(place: Float64Array, gradient: Float64Array) {
  for (let i = 0; i < place.length; i++) gradient[i] = place[i]! - gradient[i]!;
  return { half: halfSquares(place), gradient };
}

function halfSquares(place: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < place.length; i++) squares += place[i]! * place[i]!;
  return squares / 2;
}

/** Scales and shift that put the centre and the spread of the line on those of the ink. */
function startNumbers(layout: TokenLayout, { width, ink, cell }: TargetImage): Float64Array {
  layout.draw(new Float64Array(layout.numbers));
  const ones = new Float64Array(layout.line.x.length).fill(1);
  const line = measureSpread(layout.line.x, layout.line.y, ones);
  const toPixels = (place: number) => place * cell + (cell - 1) / 2;
  const columns = Float64Array.from(ink, (_, at) => toPixels(at % width));
  const rows = Float64Array.from(ink, (_, at) => toPixels(Math.floor(at / width)));
  const seen = measureSpread(columns, rows, ink);
  // Lines that are nearly straight have no width to go by; nobody draws thrice as large.
  const ratio = (a: number, b: number) => Math.min(2, Math.max(0.5, (a + 2) / (b + 2)));
  return layout.numbersFrom(
    ratio(seen.spreadX, line.spreadX),
    ratio(seen.spreadY, line.spreadY),
    seen.x - line.x,
    seen.y - line.y,
  );
}

function measureSpread(x: Float64Array, y: Float64Array, weight: Float64Array) {
  let [sum, meanX, meanY, squaresX, squaresY] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    sum += weight[i]!;
    meanX += weight[i]! * x[i]!;
    meanY += weight[i]! * y[i]!;
  }
  [meanX, meanY] = [meanX / sum, meanY / sum];
  for (let i = 0; i < x.length; i++) {
    squaresX += weight[i]! * (x[i]! - meanX) ** 2;
    squaresY += weight[i]! * (y[i]! - meanY) ** 2;
  }
  return { x: meanX, y: meanY, spreadX: Math.sqrt(squaresX / sum), spreadY: Math.sqrt(squaresY / sum) };
}
