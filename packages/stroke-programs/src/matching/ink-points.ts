// A drawing as points of ink: evenly spaced, each with the direction of the ink around it, centred and of one size, so that
// drawings by different hands can be laid over each other.
import type { InkPicture } from '../ink-picture.js';

/** The root mean square distance of ink from its centre to which drawings are scaled. */
const RADIUS = 24;
/** The picture width that the radii below are meant for. */
const USUAL_WIDTH = 105;
/** Ink within this squared distance belongs to a point's place on the stroke, in pixels of the usual width. */
const CENTRE_RADIUS_SQUARED = 6.3;
/** Ink within this squared distance belongs to a point's direction. */
const DIRECTION_RADIUS_SQUARED = 30;
/** The smallest radius that is scaled up: a dot stays a dot. */
const SMALLEST_RADIUS = 4;
/** A drawing that would have more is described by these. */
const MOST_POINTS = 140;

/** Points of ink, `[count]` each. */
export interface InkPoints {
  readonly count: number;
  /** Places about the ink's centre; their root mean square distance from it is about 24. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Direction as cosine and sine of twice its angle: a line has no head. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** How clear the direction is, 0 (a blob, a crossing) … 1 (a line). */
  readonly coherence: Float64Array;
  /** The ink's centre in pixels of the picture, and units of a place for each pixel. */
  readonly centre: readonly [x: number, y: number];
  readonly scale: number;
}

/** The points of a picture, `spacing` apart in the units of their places. Empty for a picture without ink. */
export function sampleInkPoints(picture: InkPicture, spacing: number): InkPoints {
  const ink = listInk(picture);
  const count = ink.x.length;
  if (count === 0) return pointsFrom([], [0, 0], 1);
  const unit = picture.width / USUAL_WIDTH;
  const [meanX, meanY] = [mean(ink.x), mean(ink.y)];
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (ink.x[i]! - meanX) ** 2 + (ink.y[i]! - meanY) ** 2;
  const scale = RADIUS / Math.max(SMALLEST_RADIUS * unit, Math.sqrt(squares / count));

  // Farthest point sampling (Gonzalez 1985): each point is the ink that is farthest from all points before it.
  const points: Point[] = [];
  const distance = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let next = 0;
  while (points.length < MOST_POINTS) {
    const { x, y, ...direction } = describeInk(ink, next, unit);
    points.push({ x: (x - meanX) * scale, y: (y - meanY) * scale, ...direction });
    const [fromX, fromY] = [ink.x[next]!, ink.y[next]!];
    let farthest = -1;
    for (let i = 0; i < count; i++) {
      const squared = (ink.x[i]! - fromX) ** 2 + (ink.y[i]! - fromY) ** 2;
      if (squared < distance[i]!) distance[i] = squared;
      if (distance[i]! > farthest) {
        farthest = distance[i]!;
        next = i;
      }
    }
    if (farthest < (spacing / scale) ** 2) break;
  }
  return pointsFrom(points, [meanX, meanY], scale);
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly coherence: number;
}

interface InkPixels {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function listInk({ width, ink }: InkPicture): InkPixels {
  const pixels = Float64Array.from(ink.keys()).filter((i) => ink[i] === 1);
  return { x: pixels.map((i) => i % width), y: pixels.map((i) => Math.floor(i / width)) };
}

/**
 * The middle of the ink around a pixel, and its principal direction about there: twice the angle of the larger axis of
 * the covariance.
 */
function describeInk({ x, y }: InkPixels, at: number, unit: number): Point {
  let [count, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if ((x[i]! - x[at]!) ** 2 + (y[i]! - y[at]!) ** 2 >= CENTRE_RADIUS_SQUARED * unit * unit) continue;
    count++;
    sumX += x[i]!;
    sumY += y[i]!;
  }
  const [middleX, middleY] = [sumX / count, sumY / count];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = x[i]! - middleX;
    const dy = y[i]! - middleY;
    if (dx * dx + dy * dy >= DIRECTION_RADIUS_SQUARED * unit * unit) continue;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const length = Math.hypot(xx - yy, 2 * xy);
  const isRound = length === 0;
  return {
    x: middleX,
    y: middleY,
    cos: isRound ? 1 : (xx - yy) / length,
    sin: isRound ? 0 : (2 * xy) / length,
    coherence: isRound ? 0 : length / (xx + yy),
  };
}

function pointsFrom(points: readonly Point[], centre: InkPoints['centre'], scale: number): InkPoints {
  const column = (key: keyof Point) => Float64Array.from(points, (point) => point[key]);
  return {
    count: points.length,
    x: column('x'),
    y: column('y'),
    cos: column('cos'),
    sin: column('sin'),
    coherence: column('coherence'),
    centre,
    scale,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
