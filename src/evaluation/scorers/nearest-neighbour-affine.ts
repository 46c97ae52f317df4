// Nearest neighbour that is allowed to move the drawings first: both are put with their ink's centre in the middle, then the
// support picture is turned, sheared and scaled in a few ways, and the best cosine of ink counts. A yardstick for what
// alignment alone reaches, without anything learned (Koch et al. 2015, Table 2, has an affine model of another kind).
import { invertAffine } from '../../data/distortion/affine-distortion.js';
import { warpPicture } from '../../data/distortion/warp.js';
import { type PictureSet, pictureAt } from '../../data/pictures/picture-set.js';
import { scorePairs } from './score-pairs.js';
import type { BaselineScorer } from './scorer.js';

/** Height and width at which pictures are compared: larger ones are made smaller. */
const LARGEST_SIZE = 28;

/** Pictures whose warps are kept: those of the next episodes are mostly others. 42 MB. */
const MOST_KEPT = 500;

const ROTATIONS_DEGREES = [-10, 0, 10];
const SHEARS = [-0.25, 0, 0.25];
const SCALES = [0.85, 1, 1.18];

/** All combinations: 27. */
const WARPS = ROTATIONS_DEGREES.flatMap((degrees) =>
  SHEARS.flatMap((shearX) =>
    SCALES.map((scale) => ({
      rotationRadians: (degrees * Math.PI) / 180,
      shearX,
      shearY: 0,
      scaleX: scale,
      scaleY: scale,
      moveX: 0,
      moveY: 0,
    })),
  ),
);
const AS_DRAWN = WARPS.filter(
  ({ rotationRadians, shearX, scaleX }) => rotationRadians === 0 && shearX === 0 && scaleX === 1,
);

/** Scores by the largest cosine of ink over the warps of the support picture, 0 … 1; 0 where a picture has no ink. */
export const nearestNeighbourAffine: BaselineScorer = {
  name: 'nearestNeighbourAffine',
  title: 'nearest neighbour, affine-aligned',
  shortTitle: '1-NN affine',
  combineShots: 'maximum',
  constantByDesign: false,
  embed({ clean }) {
    // A picture is warped when it is first needed: only support pictures take all warps.
    const queries = new Map<number, Float32Array>();
    const supports = new Map<number, Float32Array>();
    return scorePairs((query, support) => {
      const drawn = recall(queries, query, () => warpAll(clean, query, AS_DRAWN));
      const warped = recall(supports, support, () => warpAll(clean, support, WARPS));
      return findLargestProduct(drawn, warped);
    });
  },
};

function recall(known: Map<number, Float32Array>, picture: number, make: () => Float32Array): Float32Array {
  const found = known.get(picture);
  if (found) return found;
  if (known.size >= MOST_KEPT) known.clear();
  const made = make();
  known.set(picture, made);
  return made;
}

/** `[warps, size, size]` ink of the picture, each copy centred and of length 1, or 0 where it has no ink. */
function warpAll(set: PictureSet, picture: number, warps: typeof WARPS): Float32Array {
  const { height } = set;
  const size = Math.min(height, LARGEST_SIZE);
  const pixels = pictureAt(set, picture);
  const [centreX, centreY] = findCentre(pixels, height);
  const ink = new Float32Array(warps.length * size * size);
  for (const [index, warp] of warps.entries()) {
    const target = { ink, offset: index * size * size, size };
    // Maps count from the picture's centre in pixels of the target: the ink's centre comes to lie there.
    const map = invertAffine(warp);
    const moved = { ...map, x: map.x + (centreX * size) / height, y: map.y + (centreY * size) / height };
    warpPicture({ pixels, offset: 0, size: height }, target, moved);
    normalize(ink.subarray(target.offset, target.offset + size * size));
  }
  return ink;
}

/** The mean place of the ink in pixels, counted from the picture's centre; the centre itself without ink. */
function findCentre(pixels: Uint8Array, size: number): [number, number] {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < pixels.length; i++) {
    mass += pixels[i]!;
    x += pixels[i]! * (i % size);
    y += pixels[i]! * Math.floor(i / size);
  }
  const middle = (size - 1) / 2;
  return mass === 0 ? [0, 0] : [x / mass - middle, y / mass - middle];
}

function normalize(ink: Float32Array): void {
  let squares = 0;
  for (const value of ink) squares += value * value;
  if (squares > 0) for (let i = 0; i < ink.length; i++) ink[i]! /= Math.sqrt(squares);
}

function findLargestProduct(drawn: Float32Array, warped: Float32Array): number {
  let largest = 0;
  for (let first = 0; first < warped.length; first += drawn.length) {
    let product = 0;
    for (let i = 0; i < drawn.length; i++) product += drawn[i]! * warped[first + i]!;
    largest = Math.max(largest, product);
  }
  return largest;
}
