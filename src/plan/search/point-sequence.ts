// Search along a fixed sequence of draws, whatever the outcomes: what random and quasi-random search share.
import { keyOfPoint, pointAtUnits, type SearchPoint } from './search-space.js';
import type { SearchContext } from './search-strategy.js';

/** So many draws in a row that are infeasible or were there before end the sequence. */
const MAX_REJECTED_DRAWS = 2000;

/** The sequence of feasible, pairwise different points; undefined beyond its end. */
export type PointSequence = (index: number) => SearchPoint | undefined;

/**
 * The points at the draws `unitsAt(0)`, `unitsAt(1)`, … of the unit cube, without infeasible and repeated ones. The
 * index-th point depends on nothing but its index.
 */
export function sequencePoints(
  { space, isFeasible }: SearchContext,
  unitsAt: (draw: number) => ArrayLike<number>,
): PointSequence {
  // Kept so that the index-th point does not need all draws again.
  const points: SearchPoint[] = [];
  const keys = new Set<string>();
  let draw = 0;
  let ended = false;

  return (index) => {
    let rejected = 0;
    while (!ended && points.length <= index) {
      const point = pointAtUnits(space, unitsAt(draw++));
      const key = keyOfPoint(point);
      if (!keys.has(key) && isFeasible(point)) {
        keys.add(key);
        points.push(point);
        rejected = 0;
      } else {
        rejected++;
        ended = rejected === MAX_REJECTED_DRAWS;
      }
    }
    return points[index];
  };
}
