// Elastic matching of two drawings without anything learned: the ink points of one are drawn to those of the other by soft
// correspondences that harden from step to step (robust point matching, Chui and Rangarajan 2003), and move by a smooth warp
// that may bend more and more. What remains apart, and how much was bent, is the distance.
import type { InkPicture } from '../ink-picture.js';
import type { Place } from '../skeleton/skeleton-graph.js';
import { type InkPoints, sampleInkPoints } from './ink-points.js';
import {
  BASIS_WEIGHTS,
  bendingEnergy,
  invertNormalMatrix,
  LATTICE,
  type LatticeBasis,
  makeLatticeBasis,
} from './lattice-warp.js';

export interface ElasticSettings {
  /** Distance between ink points; drawings are scaled to a root mean square radius of 24. */
  readonly spacing: number;
  /** Steps from soft to hard correspondences. */
  readonly steps: number;
  /** Stiffness of the warp in the last quarter of the steps; 4, 40 and 200 times that in the quarters before. */
  readonly stiffness: number;
  /** Distance from which a point that finds no partner costs no more. */
  readonly truncation: number;
  /** Squared distance that lies between points whose directions are at right angles. */
  readonly directionWeight: number;
  /** What a unit of bending adds to the distance. */
  readonly bendingWeight: number;
  /** What the scaling, turning and shearing of the warp adds to the distance. */
  readonly affineWeight: number;
}

/** Chosen on 52 random 20-way episodes of Omniglot's background alphabets. */
export const ELASTIC_SETTINGS: ElasticSettings = {
  spacing: 4,
  steps: 24,
  stiffness: 0.15,
  truncation: 8,
  directionWeight: 64,
  bendingWeight: 0.0006,
  affineWeight: 20,
};

/** The standard deviation of correspondences in the first and in the last step. */
const WIDTHS = [14, 2.5] as const;
/** How much stiffer the warp is in each quarter of the steps. */
const STIFFER = [200, 40, 10, 1] as const;
/** What directions at right angles add to the exponent of a correspondence. */
const DIRECTION_EXPONENT = 2.5;
/** Correspondences with a larger exponent are 0. */
const LARGEST_EXPONENT = 12;
/** The weight of finding no partner. */
const OUTLIER_WEIGHT = 0.05;

/** How far ahead of a point its direction is moved, to see how the warp turns it. */
const AHEAD = 1.5;

/** A drawing made ready for matching. */
export interface ElasticShape {
  readonly points: InkPoints;
  readonly basis: LatticeBasis;
  /** The points a little way along their directions. */
  readonly ahead: { readonly x: Float64Array; readonly y: Float64Array; readonly basis: LatticeBasis };
  /** For each quarter of the steps: from what the points want to what the knots do. */
  readonly solvers: readonly Float64Array[];
}

/** The picture ready for matching; undefined for a picture without ink. */
export function prepareElasticShape(
  picture: InkPicture,
  { spacing, stiffness }: ElasticSettings = ELASTIC_SETTINGS,
): ElasticShape | undefined {
  const points = sampleInkPoints(picture, spacing);
  if (points.count === 0) return undefined;
  const basis = makeLatticeBasis(points);
  const solvers = STIFFER.map((factor) => invertNormalMatrix(basis, points.count, factor * stiffness));
  const angle = (i: number) => Math.atan2(points.sin[i]!, points.cos[i]!) / 2;
  const x = points.x.map((place, i) => place + AHEAD * Math.cos(angle(i)));
  const y = points.y.map((place, i) => place + AHEAD * Math.sin(angle(i)));
  const ahead = { x, y, basis: makeLatticeBasis({ count: points.count, x, y }) };
  return { points, basis, ahead, solvers };
}

/** The distance of two drawings, each warped onto the other: the sum over both directions. At least 0; small for alike ones. */
export function elasticDistance(
  first: ElasticShape,
  second: ElasticShape,
  settings: ElasticSettings = ELASTIC_SETTINGS,
): number {
  return matchOnto(first, second, settings).distance + matchOnto(second, first, settings).distance;
}

/** A map of places in pixels of one picture to those of another. */
export type PlaceMap = (place: Place) => Place;

/** Two drawings matched in both directions. */
export interface ElasticMatch {
  /** As `elasticDistance`. */
  readonly distance: number;
  /** Where a place of the first drawing lies in the second picture, and the other way round; in pixels. */
  readonly forth: PlaceMap;
  readonly back: PlaceMap;
}

/** The distance of two drawings with the warps that it was found by. */
export function matchElastically(
  first: ElasticShape,
  second: ElasticShape,
  settings: ElasticSettings = ELASTIC_SETTINGS,
): ElasticMatch {
  const forth = matchOnto(first, second, settings);
  const back = matchOnto(second, first, settings);
  return {
    distance: forth.distance + back.distance,
    forth: mapPlaces(first.points, second.points, forth.knots),
    back: mapPlaces(second.points, first.points, back.knots),
  };
}

function mapPlaces(from: InkPoints, to: InkPoints, { x: knotsX, y: knotsY }: Places): PlaceMap {
  return ([x, y]) => {
    const place = [(x - from.centre[0]) * from.scale, (y - from.centre[1]) * from.scale] as const;
    const point = { count: 1, x: Float64Array.of(place[0]), y: Float64Array.of(place[1]) };
    const { weights, knots } = makeLatticeBasis(point);
    let [movedX, movedY] = place;
    for (let k = 0; k < BASIS_WEIGHTS; k++) {
      movedX += weights[k]! * knotsX[knots[k]!]!;
      movedY += weights[k]! * knotsY[knots[k]!]!;
    }
    return [movedX / to.scale + to.centre[0], movedY / to.scale + to.centre[1]];
  };
}

/** Places `[count]`. */
interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Points as the warp has moved them; directions turn with it. */
interface MovedPoints extends Places {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function matchOnto(
  shape: ElasticShape,
  { points: target }: ElasticShape,
  settings: ElasticSettings,
): { readonly distance: number; readonly knots: Places } {
  const { points, basis, ahead, solvers } = shape;
  const { steps } = settings;
  const moved = { x: points.x.slice(), y: points.y.slice(), cos: points.cos.slice(), sin: points.sin.slice() };
  const movedAhead = { x: ahead.x.slice(), y: ahead.y.slice() };
  const knots = { x: new Float64Array(LATTICE), y: new Float64Array(LATTICE) };
  const wanted = { x: new Float64Array(points.count), y: new Float64Array(points.count) };
  const weights = new Float64Array(points.count * target.count);
  for (let step = 0; step < steps; step++) {
    const progress = steps === 1 ? 1 : step / (steps - 1);
    const width = WIDTHS[0] * (WIDTHS[1] / WIDTHS[0]) ** progress;
    pullPoints(points, moved, target, width, weights, wanted);
    solveKnots(basis, solvers[Math.min(STIFFER.length - 1, Math.floor(progress * STIFFER.length))]!, wanted, knots);
    movePoints(basis, points, knots, moved);
    if (step % 4 === 3 || step === steps - 1) {
      movePoints(ahead.basis, ahead, knots, movedAhead);
      turnDirections(moved, movedAhead);
    }
  }
  const distance =
    meanResiduals(points, moved, target, settings) +
    settings.bendingWeight * (bendingEnergy(knots.x) + bendingEnergy(knots.y)) +
    settings.affineWeight * affineEnergy(points, moved);
  return { distance, knots };
}

// Where each point wants to go, from where it was drawn: to the mean of the target's points by their weights. A target's
// point divides itself among those that want it, so that many points do not gather on one.
function pullPoints(
  points: InkPoints,
  moved: MovedPoints,
  target: InkPoints,
  width: number,
  weights: Float64Array,
  wanted: Places,
): void {
  const inverse = 0.5 / (width * width);
  const { x: targetX, y: targetY, cos: targetCos, sin: targetSin, coherence: targetCoherence, count } = target;
  const taken = new Float64Array(count).fill(OUTLIER_WEIGHT);
  for (let i = 0, at = 0; i < points.count; i++) {
    const x = moved.x[i]!;
    const y = moved.y[i]!;
    const cos = moved.cos[i]!;
    const sin = moved.sin[i]!;
    const coherence = 0.5 * DIRECTION_EXPONENT * points.coherence[i]!;
    for (let j = 0; j < count; j++, at++) {
      const dx = x - targetX[j]!;
      const dy = y - targetY[j]!;
      const near = (dx * dx + dy * dy) * inverse;
      weights[at] = 0;
      if (near >= LARGEST_EXPONENT) continue;
      const gap = (1 - cos * targetCos[j]! - sin * targetSin[j]!) * coherence * targetCoherence[j]!;
      const weight = fallOff(near + gap);
      weights[at] = weight;
      taken[j]! += weight;
    }
  }
  for (let j = 0; j < count; j++) taken[j] = 1 / taken[j]!;
  for (let i = 0, at = 0; i < points.count; i++) {
    let sum = 0;
    let sumX = 0;
    let sumY = 0;
    for (let j = 0; j < count; j++, at++) {
      const weight = weights[at]! * taken[j]!;
      sum += weight;
      sumX += weight * targetX[j]!;
      sumY += weight * targetY[j]!;
    }
    // A point that nothing wants stays where the warp has it.
    const total = sum + OUTLIER_WEIGHT;
    wanted.x[i] = (sumX + OUTLIER_WEIGHT * moved.x[i]!) / total - points.x[i]!;
    wanted.y[i] = (sumY + OUTLIER_WEIGHT * moved.y[i]!) / total - points.y[i]!;
  }
}

const FALL_OFF_STEPS = 256;
/** exp(-e) at every 256th: half of the time of a matching went into the function itself. */
const FALL_OFF = Float64Array.from({ length: LARGEST_EXPONENT * FALL_OFF_STEPS }, (_, i) =>
  Math.exp(-(i + 0.5) / FALL_OFF_STEPS),
);

function fallOff(exponent: number): number {
  return exponent >= LARGEST_EXPONENT ? 0 : FALL_OFF[(exponent * FALL_OFF_STEPS) | 0]!;
}

/** The displacements of the knots that give the points best what they want. */
function solveKnots({ weights, knots }: LatticeBasis, solver: Float64Array, wanted: Places, solved: Places): void {
  const gatheredX = new Float64Array(LATTICE);
  const gatheredY = new Float64Array(LATTICE);
  for (let i = 0, at = 0; i < wanted.x.length; i++) {
    const x = wanted.x[i]!;
    const y = wanted.y[i]!;
    for (let k = 0; k < BASIS_WEIGHTS; k++, at++) {
      const knot = knots[at]!;
      gatheredX[knot]! += weights[at]! * x;
      gatheredY[knot]! += weights[at]! * y;
    }
  }
  for (let a = 0, at = 0; a < LATTICE; a++) {
    let x = 0;
    let y = 0;
    for (let b = 0; b < LATTICE; b++, at++) {
      x += solver[at]! * gatheredX[b]!;
      y += solver[at]! * gatheredY[b]!;
    }
    solved.x[a] = x;
    solved.y[a] = y;
  }
}

function movePoints({ weights, knots }: LatticeBasis, from: Places, displacement: Places, moved: Places): void {
  const { x: knotsX, y: knotsY } = displacement;
  for (let i = 0, at = 0; i < from.x.length; i++) {
    let x = from.x[i]!;
    let y = from.y[i]!;
    for (let k = 0; k < BASIS_WEIGHTS; k++, at++) {
      const knot = knots[at]!;
      x += weights[at]! * knotsX[knot]!;
      y += weights[at]! * knotsY[knot]!;
    }
    moved.x[i] = x;
    moved.y[i] = y;
  }
}

function turnDirections(moved: MovedPoints, ahead: Places): void {
  for (let i = 0; i < moved.x.length; i++) {
    const dx = ahead.x[i]! - moved.x[i]!;
    const dy = ahead.y[i]! - moved.y[i]!;
    const squared = dx * dx + dy * dy;
    if (squared === 0) continue;
    moved.cos[i] = (dx * dx - dy * dy) / squared;
    moved.sin[i] = (2 * dx * dy) / squared;
  }
}

/**
 * The mean truncated squared distance to the nearest point, from the moved points to the target and back, directions
 * counted in.
 */
function meanResiduals(points: InkPoints, moved: MovedPoints, target: InkPoints, settings: ElasticSettings): number {
  const limit = settings.truncation ** 2;
  const forth = new Float64Array(points.count).fill(limit);
  const back = new Float64Array(target.count).fill(limit);
  for (let i = 0; i < points.count; i++) {
    for (let j = 0; j < target.count; j++) {
      const alike = moved.cos[i]! * target.cos[j]! + moved.sin[i]! * target.sin[j]!;
      const gap = (1 - alike) * 0.5 * points.coherence[i]! * target.coherence[j]!;
      const residual =
        (moved.x[i]! - target.x[j]!) ** 2 + (moved.y[i]! - target.y[j]!) ** 2 + settings.directionWeight * gap;
      if (residual < forth[i]!) forth[i] = residual;
      if (residual < back[j]!) back[j] = residual;
    }
  }
  return mean(forth) + mean(back);
}

/**
 * How much the warp scales, turns and shears, from the linear map that fits it best: half of the squared scalings and
 * the squared mixed terms.
 */
function affineEnergy({ count, x, y }: InkPoints, moved: MovedPoints): number {
  // A ridge of one unit per point keeps a dot, whose map is undetermined, from counting.
  let [xx, xy, yy] = [count, 0, count];
  let [alongXX, alongXY, alongYX, alongYY] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    xx += x[i]! * x[i]!;
    xy += x[i]! * y[i]!;
    yy += y[i]! * y[i]!;
    alongXX += (moved.x[i]! - x[i]!) * x[i]!;
    alongXY += (moved.x[i]! - x[i]!) * y[i]!;
    alongYX += (moved.y[i]! - y[i]!) * x[i]!;
    alongYY += (moved.y[i]! - y[i]!) * y[i]!;
  }
  const determinant = xx * yy - xy * xy;
  const a = (alongXX * yy - alongXY * xy) / determinant;
  const b = (alongXY * xx - alongXX * xy) / determinant;
  const c = (alongYX * yy - alongYY * xy) / determinant;
  const d = (alongYY * xx - alongYX * xy) / determinant;
  return (a * a + d * d) / 2 + b * b + c * c;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
