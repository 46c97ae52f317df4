// A parse fitted to another picture: which drawing of it the picture shows most probably (Lake et al. 2015, supplement,
// "Inference for one-shot classification"). The drawing starts with the picture's centre and size of ink and is blurred
// strongly; then the blur goes down.
import type { ImageModel, ImageNoise, TargetImage } from '../image/image-model.js';
import type { Parse } from '../parsing/parse-picture.js';
import { minimize } from './minimize.js';
import { TOKEN_NOISE, TokenLayout, type TokenNoise } from './token-layout.js';

export interface RefitSettings {
  readonly noise: TokenNoise;
  /** One fit after the other, each with its noise of the picture and its evaluations at most. */
  readonly stages: readonly (ImageNoise & { readonly evaluations: number })[];
}

/** Two stages: far, and near. */
export const REFIT_SETTINGS: RefitSettings = {
  noise: TOKEN_NOISE,
  stages: [
    { blur: 4, flip: 0.01, evaluations: 25 },
    { blur: 1.2, flip: 0.01, evaluations: 35 },
  ],
};

export interface Refit {
  /** log P(picture | drawing) in nats at the last stage's noise. */
  readonly logLikelihood: number;
  /** log P(drawing | parse) up to the normal distribution's constant: minus half the sum of squares. */
  readonly logPrior: number;
  /** The drawing's line, in pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly isStart: Uint8Array;
}

/** The most probable drawing of the parse that the search finds. `model` has the target's size. */
export function refitParse(
  parse: Parse,
  target: TargetImage,
  model: ImageModel,
  { noise, stages }: RefitSettings = REFIT_SETTINGS,
): Refit {
  const layout = new TokenLayout(parse, noise);
  let numbers = startNumbers(layout, target);
  let logLikelihood = Number.NEGATIVE_INFINITY;
  const evaluateAt = (imageNoise: ImageNoise) => (place: Float64Array) => {
    layout.draw(place);
    const found = model.compare(layout.line, imageNoise, target);
    const gradient = layout.pullBack(place, found.x, found.y);
    let squares = 0;
    for (let i = 0; i < place.length; i++) {
      squares += place[i]! * place[i]!;
      gradient[i] = place[i]! - gradient[i]!;
    }
    return { value: squares / 2 - found.logLikelihood, gradient };
  };
  for (const { evaluations, ...imageNoise } of stages) {
    numbers = minimize(evaluateAt(imageNoise), numbers, { evaluations, tolerance: 0.05 }).place;
    layout.draw(numbers);
    logLikelihood = model.compare(layout.line, imageNoise, target).logLikelihood;
  }
  const { x, y, isStart } = layout.line;
  const logPrior = -numbers.reduce((sum, value) => sum + value * value, 0) / 2;
  return { logLikelihood, logPrior, x: x.slice(), y: y.slice(), isStart: isStart.slice() };
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
