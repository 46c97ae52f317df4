// The augmentation section as one operation: a picture to Float32 ink, as drawn or distorted, turned or not.
import type { RandomStream } from '../../base/random-stream.js';
import type { Augmentation } from '../../config/experiment.js';
import type { PictureSet } from '../pictures/picture-set.js';
import { drawAffine, invertAffine, turnMap } from './affine-distortion.js';
import { createElasticDrawer } from './elastic-distortion.js';
import { IDENTITY_MAP, type TargetPicture, warpPicture } from './warp.js';

/** The two sizes of a data set: pictures as drawn are copied from `clean`, distorted ones sampled from `source`. */
export interface DistortionPictures {
  readonly clean: PictureSet;
  readonly source: PictureSet;
}

export interface Distorter {
  /** Writes the picture as drawn, turned clockwise by quarter turns: exactly the bytes of `clean` / 255. */
  copy(picture: number, target: TargetPicture, quarterTurns?: number): void;
  /** Writes the picture turned, then distorted by a draw from `random`; `strength` is a factor on the ranges. */
  distort(picture: number, target: TargetPicture, random: RandomStream, quarterTurns?: number, strength?: number): void;
}

/** A distorter of the pictures of one data set. Its targets have the size of `clean`. */
export function createDistorter({ clean, source }: DistortionPictures, { affine, elastic }: Augmentation): Distorter {
  const drawField = elastic && createElasticDrawer(elastic, clean.height);
  const view = ({ pixels, height, width }: PictureSet, picture: number) => ({
    pixels,
    offset: picture * height * width,
    size: height,
  });
  return {
    copy(picture, target, quarterTurns = 0) {
      warpPicture(view(clean, picture), target, turnMap(IDENTITY_MAP, quarterTurns));
    },
    distort(picture, target, random, quarterTurns = 0, strength = 1) {
      const map = affine ? invertAffine(drawAffine(random, affine, strength)) : IDENTITY_MAP;
      warpPicture(view(source, picture), target, turnMap(map, quarterTurns), drawField?.(random, strength));
    },
  };
}

/**
 * Probability that a picture is distorted each time it is used: `probability`, or copies / (1 + copies), which is the same on average;
 * 1 when neither is set, 0 when there is no distortion at all.
 */
export function distortionProbability({ affine, elastic }: Augmentation): number {
  if (affine?.copies !== undefined) return affine.copies / (1 + affine.copies);
  return affine?.probability ?? (affine || elastic ? 1 : 0);
}
