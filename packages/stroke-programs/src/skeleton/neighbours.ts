// The eight neighbours of a pixel, once around.

/**
 * Steps `[dx, dy]` to the neighbours, counter-clockwise from the right: x1 … x8 of Guo and Hall 1989. Those with even
 * places share a side with the pixel.
 */
export const NEIGHBOURS: readonly (readonly [dx: number, dy: number])[] = [
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
];

/** The values 0 or 1 of the eight neighbours; paper beyond the picture's edges. */
export function readNeighbours(ink: Uint8Array, width: number, height: number, at: number): number[] {
  const x = at % width;
  const y = (at - x) / width;
  return NEIGHBOURS.map(([dx, dy]) => {
    const column = x + dx;
    const row = y + dy;
    return column < 0 || row < 0 || column >= width || row >= height ? 0 : ink[row * width + column]!;
  });
}

/**
 * How often paper turns to ink on the way once around: the parts that the ink around a pixel falls into (Rutovitz's
 * crossing number, halved).
 */
export function countCrossings(neighbours: readonly number[]): number {
  let crossings = 0;
  for (let i = 0; i < 8; i++) if (neighbours[i] === 0 && neighbours[(i + 1) % 8] === 1) crossings++;
  return crossings;
}
