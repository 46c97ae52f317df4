// The modified Hausdorff distance (Dubuisson and Jain 1994, "A modified Hausdorff distance for object matching", d22): the
// larger of the two mean distances from the ink of one picture to the nearest ink of the other. Both pictures are put with
// the centres of their ink on one another first, as Lake et al. 2015 do in their demonstration of one-shot classification.
import { findInkCentre, type InkPicture } from '../ink-picture.js';

/** A picture made ready for distances to its ink. */
export interface DistanceShape {
  readonly width: number;
  readonly height: number;
  /** `[ink]` pixels' columns and rows. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly centre: readonly [x: number, y: number];
  /** `[height, width]`: the nearest column of ink in the row, at or left of each; -Infinity where there is none. */
  readonly left: Float64Array;
  /** `[height, width]`: the nearest column of ink in the row, at or right of each; Infinity where there is none. */
  readonly right: Float64Array;
}

/** The picture ready for distances; undefined for a picture without ink. */
export function prepareDistances(picture: InkPicture): DistanceShape | undefined {
  const { width, height, ink } = picture;
  const centre = findInkCentre(picture);
  if (centre === undefined) return undefined;
  const pixels = Int32Array.from(ink.keys()).filter((i) => ink[i] === 1);
  const left = new Float64Array(ink.length).fill(Number.NEGATIVE_INFINITY);
  const right = new Float64Array(ink.length).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < ink.length; row += width) {
    let last = Number.NEGATIVE_INFINITY;
    for (let x = 0; x < width; x++) {
      if (ink[row + x] === 1) last = x;
      left[row + x] = last;
    }
    last = Number.POSITIVE_INFINITY;
    for (let x = width - 1; x >= 0; x--) {
      if (ink[row + x] === 1) last = x;
      right[row + x] = last;
    }
  }
  return {
    width,
    height,
    x: pixels.map((i) => i % width),
    y: pixels.map((i) => Math.floor(i / width)),
    centre,
    left,
    right,
  };
}

/** The distance in pixels, 0 for equal pictures; the same in both directions. */
export function modifiedHausdorff(first: DistanceShape, second: DistanceShape): number {
  return Math.max(meanDistance(first, second), meanDistance(second, first));
}

/** The mean distance from the ink of one picture to the nearest ink of the other, centres on one another. */
function meanDistance(from: DistanceShape, to: DistanceShape): number {
  const moveX = to.centre[0] - from.centre[0];
  const moveY = to.centre[1] - from.centre[1];
  let sum = 0;
  for (let i = 0; i < from.x.length; i++) {
    sum += Math.sqrt(squaredDistance(to, from.x[i]! + moveX, from.y[i]! + moveY));
  }
  return sum / from.x.length;
}

/** The squared distance from a place to the nearest ink: rows by their distance, until the next one is too far. */
function squaredDistance({ width, height, left, right }: DistanceShape, x: number, y: number): number {
  const column = Math.floor(x);
  const nearestRow = Math.min(height - 1, Math.max(0, Math.round(y)));
  let best = Number.POSITIVE_INFINITY;
  const look = (row: number): boolean => {
    const away = (row - y) ** 2;
    if (away >= best) return false;
    const before = column < 0 ? Number.NEGATIVE_INFINITY : left[row * width + Math.min(column, width - 1)]!;
    const behind = column >= width - 1 ? Number.POSITIVE_INFINITY : right[row * width + Math.max(column + 1, 0)]!;
    best = Math.min(best, away + Math.min(x - before, behind - x) ** 2);
    return true;
  };
  for (let row = nearestRow; row >= 0 && look(row); row--);
  for (let row = nearestRow + 1; row < height && look(row); row++);
  return best;
}
