// What every part of this package starts from: a picture of which each pixel is ink or paper.

/** A picture of ink. */
export interface InkPicture {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` row by row: 1 where there is ink, 0 where there is paper. */
  readonly ink: Uint8Array;
}

/** The picture whose ink is where `pixels` (`[height, width]`, row by row, larger is darker) reach `level`. Throws a RangeError when their number is another. */
export function inkFrom(pixels: ArrayLike<number>, width: number, height: number, level = 128): InkPicture {
  if (pixels.length !== width * height) {
    throw new RangeError(`${pixels.length} pixels are no picture of ${width} x ${height}`);
  }
  return { width, height, ink: Uint8Array.from(pixels, (value) => (value >= level ? 1 : 0)) };
}

/** Pixels of ink. */
export function countInk({ ink }: InkPicture): number {
  let count = 0;
  for (const pixel of ink) count += pixel;
  return count;
}

/** The mean place of the ink `[x, y]` in pixels; undefined for a picture without ink. */
export function findInkCentre(picture: InkPicture): readonly [x: number, y: number] | undefined {
  const { width, ink } = picture;
  let [count, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < ink.length; i++) {
    if (ink[i] === 0) continue;
    count++;
    sumX += i % width;
    sumY += Math.floor(i / width);
  }
  return count === 0 ? undefined : [sumX / count, sumY / count];
}
