/** A system as a point: what it costs and what it reaches. */
export interface CostedAccuracy {
  readonly cost: number;
  readonly accuracy: number;
}

/** Those that no other beats: none is at least as accurate for at most as much, and better in one of the two. */
export function findParetoFront<T extends CostedAccuracy>(points: readonly T[]): T[] {
  const beats = (one: T, other: T) =>
    one.accuracy >= other.accuracy &&
    one.cost <= other.cost &&
    (one.accuracy > other.accuracy || one.cost < other.cost);
  return points.filter((point) => !points.some((other) => beats(other, point)));
}
