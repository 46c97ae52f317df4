// Thinning to lines of one pixel: Guo and Hall 1989, "Parallel thinning with two-subiteration algorithms", A1, which is also
// the `bwmorph(…, 'thin')` of Lake's program.
import type { InkPicture } from '../ink-picture.js';
import { readNeighbours } from './neighbours.js';

/** The skeleton: ink one pixel wide with the parts, loops and ends of the picture's. */
export function thin({ width, height, ink }: InkPicture): InkPicture {
  const thinned = ink.slice();
  let alive = [...ink.keys()].filter((at) => ink[at] === 1);
  for (let changed = true; changed; ) {
    changed = false;
    for (const isFirst of [true, false]) {
      const gone = alive.filter((at) => isRemovable(readNeighbours(thinned, width, height, at), isFirst));
      for (const at of gone) thinned[at] = 0;
      if (gone.length === 0) continue;
      changed = true;
      alive = alive.filter((at) => thinned[at] === 1);
    }
  }
  return { width, height, ink: thinned };
}

/** Conditions G1, G2 and G3 (first pass) or G3' (second). */
function isRemovable(n: readonly number[], isFirst: boolean): boolean {
  const [x1, x2, x3, x4, x5, x6, x7, x8] = n as [number, number, number, number, number, number, number, number];
  const parts =
    (x1 ^ 1 && x2 | x3 ? 1 : 0) +
    (x3 ^ 1 && x4 | x5 ? 1 : 0) +
    (x5 ^ 1 && x6 | x7 ? 1 : 0) +
    (x7 ^ 1 && x8 | x1 ? 1 : 0);
  if (parts !== 1) return false;
  const pairs = Math.min((x1 | x2) + (x3 | x4) + (x5 | x6) + (x7 | x8), (x2 | x3) + (x4 | x5) + (x6 | x7) + (x8 | x1));
  if (pairs < 2 || pairs > 3) return false;
  return isFirst ? ((x2 | x3 | (x8 ^ 1)) & x1) === 0 : ((x6 | x7 | (x4 ^ 1)) & x5) === 0;
}
