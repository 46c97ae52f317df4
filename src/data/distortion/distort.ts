// The augmentation section as one operation: a picture to Float32 ink or colours, as it is or distorted, turned or not.
import type { RandomStream } from '../../base/random-stream.js';
import type { Augmentation } from '../../config/experiment.js';
import { type PictureSet, pictureBytes } from '../pictures/picture-set.js';
import type { PictureStrokes } from '../strokes/picture-strokes.js';
import { drawAffine, flipMap, invertAffine, turnMap } from './affine-distortion.js';
import { jitterColors } from './color-jitter.js';
import { dilate } from './dilation.js';
import { createElasticDrawer } from './elastic-distortion.js';
import { createStrokeDrawer } from './stroke-distortion.js';
import { IDENTITY_MAP, type SourcePicture, type TargetPicture, warpPicture } from './warp.js';
import { warpColors } from './warp-colors.js';

/** The two sizes of a data set: pictures as drawn are copied from `clean`, distorted ones sampled from `source`. */
export interface DistortionPictures {
  readonly clean: PictureSet;
  readonly source: PictureSet;
  /** Those of the pictures of `source` that are to be drawn anew; without them `augmentation.strokes` does nothing. */
  readonly strokes?: PictureStrokes;
}

export interface Distorter {
  /** Writes the picture as drawn, turned clockwise by quarter turns: exactly the bytes of `clean` / 255. */
  copy(picture: number, target: TargetPicture, quarterTurns?: number): void;
  /**
   * Writes the picture, or what is drawn anew of its strokes, turned, then distorted by a draw from `random`; `strength` is a
   * factor on the ranges.
   */
  distort(picture: number, target: TargetPicture, random: RandomStream, quarterTurns?: number, strength?: number): void;
}

/** A distorter of the pictures of one data set. Its targets have the size of `clean`. */
export function createDistorter(
  { clean, source, strokes }: DistortionPictures,
  { affine, elastic, flip = 0, colorJitter, dilation, strokes: redrawing }: Augmentation,
): Distorter {
  const drawAnew = strokes && redrawing && createStrokeDrawer(redrawing, strokes, source.height);
  const drawField = elastic && createElasticDrawer(elastic, clean.height);
  const warp = clean.channels === 3 ? warpColors : warpPicture;
  const view = (set: PictureSet, picture: number) => ({
    pixels: set.pixels,
    offset: picture * pictureBytes(set),
    size: set.height,
  });
  return {
    copy(picture, target, quarterTurns = 0) {
      if (quarterTurns === 0) copyPixels(view(clean, picture), target, pictureBytes(clean));
      else warp(view(clean, picture), target, turnMap(IDENTITY_MAP, quarterTurns));
    },
    distort(picture, target, random, quarterTurns = 0, strength = 1) {
      let map = affine ? invertAffine(drawAffine(random, affine, strength)) : IDENTITY_MAP;
      const field = drawField?.(random, strength);
      if (flip > 0 && random.chance(flip)) map = flipMap(map);
      const drawn = drawAnew?.(picture, random);
      let from = drawn === undefined ? view(source, picture) : { pixels: drawn, offset: 0, size: source.height };
      if (dilation) {
        const radius = random.between(...dilation.radius) * source.height * strength;
        from = { pixels: dilate(from, radius), offset: 0, size: source.height };
      }
      warp(from, target, turnMap(map, quarterTurns), field);
      if (colorJitter && clean.channels === 3) {
        const colors = target.ink.subarray(target.offset, target.offset + pictureBytes(clean));
        jitterColors(colors, colorJitter, random, strength);
      }
    },
  };
}

function copyPixels({ pixels, offset }: SourcePicture, { ink, offset: place }: TargetPicture, count: number): void {
  for (let i = 0; i < count; i++) ink[place + i] = pixels[offset + i]! / 255;
}

/**
 * Probability that a picture is distorted each time it is used: `probability`, or copies / (1 + copies), which is the
 * same on average; 1 when neither is set, 0 when there is no distortion at all.
 */
export function distortionProbability(augmentation: Augmentation): number {
  const { affine } = augmentation;
  if (affine?.copies !== undefined) return affine.copies / (1 + affine.copies);
  return affine?.probability ?? (isDistorting(augmentation) ? 1 : 0);
}

/** Whether the section changes pictures at all, but for turning them. */
export function isDistorting({ affine, elastic, flip = 0, colorJitter, dilation, strokes }: Augmentation): boolean {
  return [affine, elastic, colorJitter, dilation, strokes].some((section) => section !== undefined) || flip > 0;
}

/** Whether training sees other pictures than those of the data set: distorted or turned ones. */
export function makesNewPictures(augmentation: Augmentation): boolean {
  return augmentation.rotationClasses || distortionProbability(augmentation) > 0;
}
