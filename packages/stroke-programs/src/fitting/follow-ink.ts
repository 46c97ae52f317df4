// A drawing of a parse drawn onto the ink of a picture by soft correspondences that harden from round to round (robust point
// matching, Chui and Rangarajan 2003), where what moves is no free warp but the numbers of the drawing, weighed against their
// prior. Pixels are not drawn: a round costs as much as a few comparisons of pictures, and ink attracts from afar.

import type { PlaceMap } from '../matching/elastic-matching.js';
import type { InkPoints } from '../matching/ink-points.js';
import { type Evaluation, minimize } from './minimize.js';
import type { TokenLayout } from './token-layout.js';

/** Standard deviations of correspondences, round by round, in pixels. */
const WIDTHS = [7, 6, 5, 4.2, 3.5, 3, 2.5, 2];
/** Evaluations in a round. */
const ROUND_EVALUATIONS = 10;
/** How far, in pixels, a line may stay from where it is wanted: the standard deviation. */
const DEVIATION = 2.5;
/** What directions at right angles add to the exponent of a correspondence. */
const DIRECTION_EXPONENT = 2.5;
/** Correspondences with a larger exponent are 0. */
const LARGEST_EXPONENT = 10;
/** The weight of finding no partner. */
const OUTLIER_WEIGHT = 0.05;
/** Evaluations for following a guide. */
const GUIDE_EVALUATIONS = 30;
const TOLERANCE = 0.05;

/** Where points of a line are wanted, and how much each is. */
interface WantedLine {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

/** The numbers whose line lies nearest to where the guide has that of the parse, weighed against the prior. */
export function followGuide(layout: TokenLayout, guide: PlaceMap, start: Float64Array): Float64Array {
  layout.draw(new Float64Array(layout.numbers));
  const { x, y } = layout.line;
  const wanted = Array.from(x, (_, i) => guide([x[i]!, y[i]!]));
  const goal = {
    x: Float64Array.from(wanted, ([goalX]) => goalX),
    y: Float64Array.from(wanted, ([, goalY]) => goalY),
    weight: new Float64Array(x.length).fill(1),
  };
  return moveLine(layout, start, goal, GUIDE_EVALUATIONS);
}

/** The numbers whose line covers the ink best, from a start near it. */
export function followInk(layout: TokenLayout, ink: InkPoints, start: Float64Array): Float64Array {
  const target = toPixels(ink);
  let numbers = start;
  for (const width of WIDTHS) {
    layout.draw(numbers);
    numbers = moveLine(layout, numbers, findWanted(layout, ink, target, width), ROUND_EVALUATIONS);
  }
  return numbers;
}

function toPixels({ x, y, centre, scale }: InkPoints) {
  return { x: x.map((place) => place / scale + centre[0]), y: y.map((place) => place / scale + centre[1]) };
}

function findWanted(
  { line }: TokenLayout,
  ink: InkPoints,
  target: { readonly x: Float64Array; readonly y: Float64Array },
  width: number,
): WantedLine {
  const count = line.x.length;
  const { cos, sin } = findDirections(line);
  const near = new Float64Array(count * ink.count);
  const ofInk = new Float64Array(ink.count).fill(OUTLIER_WEIGHT);
  const ofLine = new Float64Array(count).fill(OUTLIER_WEIGHT);
  const inverse = 0.5 / (width * width);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < ink.count; j++, at++) {
      const dx = line.x[i]! - target.x[j]!;
      const dy = line.y[i]! - target.y[j]!;
      const away = (dx * dx + dy * dy) * inverse;
      if (away >= LARGEST_EXPONENT) continue;
      const turned = 1 - cos[i]! * ink.cos[j]! - sin[i]! * ink.sin[j]!;
      const value = Math.exp(-away - 0.5 * DIRECTION_EXPONENT * ink.coherence[j]! * turned);
      near[at] = value;
      ofInk[j]! += value;
      ofLine[i]! += value;
    }
  }
  // Points of the line lie closer than those of the ink: each ink point counts as many of them.
  const perInk = count / ink.count;
  const wanted = { x: new Float64Array(count), y: new Float64Array(count), weight: new Float64Array(count) };
  for (let i = 0, at = 0; i < count; i++) {
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let j = 0; j < ink.count; j++, at++) {
      const value = near[at]!;
      if (value === 0) continue;
      const weight = value * (0.5 / ofLine[i]! + (0.5 * perInk) / ofInk[j]!);
      sum += weight;
      sumX += weight * target.x[j]!;
      sumY += weight * target.y[j]!;
    }
    if (sum === 0) continue;
    wanted.weight[i] = sum;
    wanted.x[i] = sumX / sum;
    wanted.y[i] = sumY / sum;
  }
  return wanted;
}

/** Cosine and sine of twice the angle at each point of a line; 0 for dots. */
function findDirections({ x, y, isStart }: TokenLayout['line']) {
  const [cos, sin] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let i = 0; i < x.length; i++) {
    const before = isStart[i] === 1 ? i : i - 1;
    const behind = i + 1 < x.length && isStart[i + 1] === 0 ? i + 1 : i;
    const [dx, dy] = [x[behind]! - x[before]!, y[behind]! - y[before]!];
    const squared = dx * dx + dy * dy;
    if (squared < 1e-6) continue;
    cos[i] = (dx * dx - dy * dy) / squared;
    sin[i] = (2 * dx * dy) / squared;
  }
  return { cos, sin };
}

function moveLine(layout: TokenLayout, start: Float64Array, wanted: WantedLine, evaluations: number): Float64Array {
  const { x, y } = layout.line;
  const [byX, byY] = [new Float64Array(x.length), new Float64Array(x.length)];
  const precision = 1 / DEVIATION ** 2;
  const evaluate = (place: Float64Array): Evaluation => {
    layout.draw(place);
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      const [dx, dy] = [wanted.x[i]! - x[i]!, wanted.y[i]! - y[i]!];
      const weight = wanted.weight[i]! * precision;
      sum += weight * (dx * dx + dy * dy);
      byX[i] = weight * dx;
      byY[i] = weight * dy;
    }
    const gradient = layout.pullBack(place, byX, byY);
    let squares = 0;
    for (let i = 0; i < place.length; i++) {
      squares += place[i]! * place[i]!;
      gradient[i] = place[i]! - gradient[i]!;
    }
    return { value: (squares + sum) / 2, gradient };
  };
  return minimize(evaluate, start, { evaluations, tolerance: TOLERANCE }).place;
}
