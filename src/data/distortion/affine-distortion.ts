// The random affine distortion of Koch et al. 2015, section 3.2: T = (theta, rho_x, rho_y, s_x, s_y, t_x, t_y), each
// component included with a probability of its own. The paper leaves the conventions open; these are ours:
//   - everything is about the picture's centre; x points to the right, y down;
//   - drawn pixel p moves to R Hy Hx S p + t: scaled, sheared along x, then along y, rotated, moved;
//   - a shear of rho along x moves a point by rho times its y; a positive rotation turns clockwise as seen;
//   - translation is in pixels of `imageSize`. New pixels are paper (warp.ts).
import type { RandomStream } from '../../base/random-stream.js';
import type { Affine } from '../../config/experiment.js';
import type { SamplingMap } from './warp.js';

/** One draw of the seven components. */
export interface AffineComponents {
  readonly rotationRadians: number;
  readonly shearX: number;
  readonly shearY: number;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly moveX: number;
  readonly moveY: number;
}

/** What draws an affine distortion: the section without what says how often. */
export type AffineRanges = Omit<Affine, 'copies' | 'probability'>;

/**
 * A draw from the section's ranges. `strength` narrows them for test-time augmentation: angles, shears and translations
 * are multiplied by it, scales raised to its power. Every draw takes the same number of random numbers, whatever
 * components take part.
 */
export function drawAffine(random: RandomStream, ranges: AffineRanges, strength = 1): AffineComponents {
  const include = (value: number, otherwise: number) =>
    random.chance(ranges.componentProbability) ? value : otherwise;
  const symmetric = (limit: number) => include(random.between(-limit, limit) * strength, 0);
  const scale = () => include(random.between(ranges.scale[0], ranges.scale[1]) ** strength, 1);
  return {
    rotationRadians: (symmetric(ranges.rotationDegrees) * Math.PI) / 180,
    shearX: symmetric(ranges.shear),
    shearY: symmetric(ranges.shear),
    scaleX: scale(),
    scaleY: scale(),
    moveX: symmetric(ranges.translationPixels),
    moveY: symmetric(ranges.translationPixels),
  };
}

/**
 * Where each target pixel comes from: the inverse S^-1 Hx^-1 Hy^-1 R^-1 (p - t). It always exists, since the shears have
 * determinant 1.
 */
export function invertAffine(components: AffineComponents): SamplingMap {
  const { rotationRadians, shearX, shearY, scaleX, scaleY, moveX, moveY } = components;
  const cos = Math.cos(rotationRadians);
  const sin = Math.sin(rotationRadians);
  const both = 1 + shearX * shearY;
  const a = (both * cos + shearX * sin) / scaleX;
  const b = (both * sin - shearX * cos) / scaleX;
  const c = (-shearY * cos - sin) / scaleY;
  const d = (cos - shearY * sin) / scaleY;
  return { a, b, c, d, x: -(a * moveX + b * moveY), y: -(c * moveX + d * moveY) };
}

/**
 * The map that turns the picture clockwise by quarter turns first and then does what `map` does. Exact: pixels fall on
 * pixels.
 */
export function turnMap(map: SamplingMap, quarterTurns: number): SamplingMap {
  let turned = map;
  for (let turn = 0; turn < quarterTurns; turn++) {
    const { a, b, c, d, x, y } = turned;
    turned = { a: c, b: d, c: -a, d: -b, x: y, y: -x };
  }
  return turned;
}

/** The map that does what `map` does and then mirrors the picture, left for right. */
export function flipMap({ a, b, c, d, x, y }: SamplingMap): SamplingMap {
  return { a: -a, b, c: -c, d, x, y };
}
