// Pictures for test-time augmentation: the clean one and distorted copies of it, whose embeddings are averaged.
import { randomStream } from '../base/random-stream.js';
import type { Augmentation } from '../config/experiment.js';
import { createDistorter, type DistortionPictures } from './distort.js';

/** Which copies to make. */
export interface TestTimeCopies {
  readonly seed: number;
  /** Factor on the ranges of the distortions. */
  readonly strength: number;
}

/** `[n, height, width, 1]` ink in [0, 1]: copy 0 of each picture is the clean one, the others are distorted, each in a way that depends on seed, picture and copy alone. */
export type CopyDrawer = (pictures: ArrayLike<number>, copy: number) => Float32Array;

/** A drawer of the copies of a data set's pictures, by the distortions of the experiment. */
export function createCopyDrawer(
  data: DistortionPictures,
  augmentation: Augmentation,
  { seed, strength }: TestTimeCopies,
): CopyDrawer {
  const distorter = createDistorter(data, augmentation);
  const size = data.clean.height;
  return (pictures, copy) => {
    const ink = new Float32Array(pictures.length * size * size);
    for (let i = 0; i < pictures.length; i++) {
      const picture = pictures[i]!;
      const target = { ink, offset: i * size * size, size };
      if (copy === 0) distorter.copy(picture, target);
      else distorter.distort(picture, target, randomStream(seed, 'test-time', picture, copy), 0, strength);
    }
    return ink;
  };
}
