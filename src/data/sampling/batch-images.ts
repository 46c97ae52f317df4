// The pictures of a batch while it is made: each written to its place, as drawn or distorted.
import type { RandomStream } from '../../base/random-stream.js';
import type { Distorter } from '../distortion/distort.js';
import type { PictureSet } from '../pictures/picture-set.js';

/** The pictures of a finished batch. */
export interface BatchPictures {
  /** `[n, height, width, 1]` ink in [0, 1]. */
  readonly images: Float32Array;
  readonly shape: readonly [count: number, height: number, width: number, channels: 1];
  /** `[n]`: which picture of the set each image was made from. */
  readonly pictures: Int32Array;
}

export interface BatchImages {
  /** Puts a picture in its place, turned by quarter turns: distorted by `random`, as drawn without. */
  write(distorter: Distorter, place: number, picture: number, random?: RandomStream, quarterTurns?: number): void;
  finish(): BatchPictures;
}

/** Room for `count` pictures of the size of a set. */
export function startImages({ height, width }: Pick<PictureSet, 'height' | 'width'>, count: number): BatchImages {
  const images = new Float32Array(count * height * width);
  const pictures = new Int32Array(count);
  return {
    write(distorter, place, picture, random, quarterTurns = 0) {
      pictures[place] = picture;
      const target = { ink: images, offset: place * height * width, size: height };
      if (random) distorter.distort(picture, target, random, quarterTurns);
      else distorter.copy(picture, target, quarterTurns);
    },
    finish: () => ({ images, shape: [count, height, width, 1] as const, pictures }),
  };
}
