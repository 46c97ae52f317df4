/** Small arithmetic on shapes, shared by recording and lowering. */

export type Shape = readonly number[];

/** Returns the number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Returns the shape with leading ones, so that it has `rank` axes. */
export function padRank(shape: Shape, rank: number): number[] {
  return [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}

/** Returns the shape without its leading ones. */
export function stripLeadingOnes(shape: Shape): number[] {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
}

/** Returns the shape that both broadcast to, by NumPy's rule; the shapes must be compatible. */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const left = padRank(a, rank);
  const right = padRank(b, rank);
  return left.map((size, axis) => (size === 1 ? right[axis]! : size));
}
