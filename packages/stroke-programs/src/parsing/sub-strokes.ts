// A stroke as a chain of sub-strokes, each a spline of five control points (Lake et al. 2015, supplement, "Sub-strokes"): as few
// as follow the line within a pixel and a half, divided where the line turns most.
import type { Place } from '../skeleton/skeleton-graph.js';
import { CONTROL_POINTS, drawSpline, fitSpline } from './b-spline.js';

/** Lines that a spline leaves by more are divided, in pixels of a picture 105 wide. */
const LARGEST_ERROR = 1.5;
/** Shorter lines are not divided. */
const SHORTEST_DIVIDED = 10;
/** No part is shorter than this. */
const SHORTEST_PART = 4;
/** How far apart, in points, the directions before and behind a turn are measured. */
const TURN_REACH = 4;
/** The longest side of a sub-stroke's shape in the units of its control points. */
export const SHAPE_SIZE = 105;
/** The smallest scale: a dot of one pixel. */
const SMALLEST_SCALE = 1 / SHAPE_SIZE;

export interface SubStroke {
  /** Control points `[x0, …, x4, y0, …, y4]` about their middle, the longest side of the curve's box being `SHAPE_SIZE`. */
  readonly shape: Float64Array;
  /** Pixels of the picture for a unit of the shape. */
  readonly scale: number;
}

/** The sub-strokes of a smooth line with points about a pixel apart; `mostParts` 1 keeps it whole. */
export function divideStroke(line: readonly Place[], mostParts = Number.POSITIVE_INFINITY): SubStroke[] {
  const cuts = findCuts(line, 0, line.length - 1, mostParts);
  const ends = mergeParts(line, [0, ...cuts, line.length - 1]);
  return ends.slice(1).map((end, part) => normalizeControl(fitSpline(line.slice(ends[part]!, end + 1))));
}

function findCuts(line: readonly Place[], first: number, last: number, mostParts: number): number[] {
  if (mostParts <= 1 || last - first < SHORTEST_DIVIDED || splineError(line, first, last) <= LARGEST_ERROR) return [];
  const cut = findCut(line, first, last);
  const before = findCuts(line, first, cut, mostParts - 1);
  return [...before, cut, ...findCuts(line, cut, last, mostParts - 1 - before.length)];
}

/** Where the line turns most, counting less near its ends. */
function findCut(line: readonly Place[], first: number, last: number): number {
  let best = { at: Math.floor((first + last) / 2), turn: 0 };
  for (let at = first + SHORTEST_PART; at <= last - SHORTEST_PART; at++) {
    const reach = Math.min(TURN_REACH, at - first, last - at);
    const [before, here, behind] = [line[at - reach]!, line[at]!, line[at + reach]!];
    const into = Math.atan2(here[1] - before[1], here[0] - before[0]);
    const out = Math.atan2(behind[1] - here[1], behind[0] - here[0]);
    const turn = Math.abs(Math.atan2(Math.sin(out - into), Math.cos(out - into)));
    if (turn > best.turn) best = { at, turn };
  }
  return best.at;
}

/** Takes cuts away that are not needed: neighbouring parts that one spline follows. */
function mergeParts(line: readonly Place[], ends: readonly number[]): number[] {
  for (let k = 1; k < ends.length - 1; k++) {
    if (splineError(line, ends[k - 1]!, ends[k + 1]!) <= LARGEST_ERROR) {
      return mergeParts(line, [...ends.slice(0, k), ...ends.slice(k + 1)]);
    }
  }
  return [...ends];
}

/** The largest distance between the line and its spline at the same part of their lengths. */
function splineError(line: readonly Place[], first: number, last: number): number {
  const part = line.slice(first, last + 1);
  const curve = drawSpline(fitSpline(part), part.length);
  return Math.max(...part.map(([x, y], i) => Math.hypot(x - curve[i]![0], y - curve[i]![1])));
}

/** The sub-stroke with these control points in pixels, wherever they lie. */
export function normalizeControl(control: Float64Array): SubStroke {
  const curve = drawSpline(control, 25);
  const side = (axis: 0 | 1) => {
    const values = curve.map((place) => place[axis]);
    return { low: Math.min(...values), high: Math.max(...values) };
  };
  const [x, y] = [side(0), side(1)];
  const scale = Math.max(SMALLEST_SCALE, x.high - x.low, y.high - y.low) / SHAPE_SIZE;
  const limited = Math.max(SMALLEST_SCALE, scale);
  const middle = [(x.low + x.high) / 2, (y.low + y.high) / 2] as const;
  const shape = control.map((value, i) => (value - middle[i < CONTROL_POINTS ? 0 : 1]) / limited);
  return { shape, scale: limited };
}
