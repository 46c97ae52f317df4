// The pictures of a batch while it is made: each written to its place, as drawn or distorted.
import type { RandomStream } from '../../base/random-stream.js';
import type { Distorter } from '../distortion/distort.js';
import { type PictureSet, pictureBytes } from '../pictures/picture-set.js';

/** The pictures of a finished batch. */
export interface BatchPictures {
  /** `[n, height, width, channels]` in [0, 1]: ink, or red, green and blue. */
  readonly images: Float32Array;
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
  /** `[n]`: which picture of the set each image was made from. */
  readonly pictures: Int32Array;
}

export interface BatchImages {
  /** Puts a picture in its place, turned by quarter turns: distorted by `random`, as drawn without. */
  write(distorter: Distorter, place: number, picture: number, random?: RandomStream, quarterTurns?: number): void;
  finish(): BatchPictures;
}

/** Room for `count` pictures of the size of a set. */
export function startImages(set: Pick<PictureSet, 'height' | 'width' | 'channels'>, count: number): BatchImages {
  const { height, width, channels } = set;
  const size = pictureBytes(set);
  const images = new Float32Array(count * size);
  const pictures = new Int32Array(count);
  return {
    write(distorter, place, picture, random, quarterTurns = 0) {
      pictures[place] = picture;
      const target = { ink: images, offset: place * size, size: height };
      if (random) distorter.distort(picture, target, random, quarterTurns);
      else distorter.copy(picture, target, quarterTurns);
    },
    finish: () => ({ images, shape: [count, height, width, channels] as const, pictures }),
  };
}
