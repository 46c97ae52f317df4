import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/base/random-stream.js';
import { dilate } from '../../../src/data/distortion/dilation.js';
import { createDistorter, distortionProbability, isDistorting } from '../../../src/data/distortion/distort.js';
import { toyPictures } from '../support/toy-pictures.js';

/** A picture of 5 x 5 with ink 200 at row 2, column 1, and 100 beside it, behind three bytes of another one. */
function makePicture() {
  const pixels = new Uint8Array(28);
  pixels.fill(9, 0, 3);
  pixels[3 + 2 * 5 + 1] = 200;
  pixels[3 + 2 * 5 + 2] = 100;
  return { pixels, offset: 3, size: 5 };
}

const rows = (bytes: Uint8Array) => Array.from({ length: 5 }, (_, y) => [...bytes.subarray(y * 5, y * 5 + 5)]);

describe('dilate', () => {
  it('changes nothing with radius 0', () => {
    const picture = makePicture();
    expect(dilate(picture, 0)).toEqual(picture.pixels.slice(3));
  });

  // Parts by hand: 1 at a distance of 1, 2 - sqrt(2) = 0.586 on the diagonal, 0 at a distance of 2.
  it('widens by a disc of one pixel: neighbours take all, diagonals a part, the darker ink wins, the edge ends it', () => {
    expect(rows(dilate(makePicture(), 1))).toEqual([
      [0, 0, 0, 0, 0],
      [117, 200, 117, 59, 0],
      [200, 200, 200, 100, 0],
      [117, 200, 117, 59, 0],
      [0, 0, 0, 0, 0],
    ]);
  });

  it('lies between whole pixels with half a pixel: half of the ink, 0.5 + 1 - sqrt(2) = 0.086 on the diagonal', () => {
    expect(rows(dilate(makePicture(), 0.5))).toEqual([
      [0, 0, 0, 0, 0],
      [17, 100, 50, 9, 0],
      [100, 200, 100, 50, 0],
      [17, 100, 50, 9, 0],
      [0, 0, 0, 0, 0],
    ]);
  });

  it('leaves the picture that it is given as it is', () => {
    const picture = makePicture();
    dilate(picture, 2);
    expect(picture.pixels).toEqual(makePicture().pixels);
  });
});

describe('augmentation.dilation', () => {
  const set = toyPictures([2], { size: 20 });
  const augmentation = { dilation: { radius: [0, 0.2] as [number, number] }, rotationClasses: false };
  const draw = (settings: typeof augmentation, strength?: number, seed = 1) => {
    const target = { ink: new Float32Array(400), offset: 0, size: 20 };
    createDistorter({ clean: set, source: set }, settings).distort(1, target, randomStream(seed), 0, strength);
    return target.ink;
  };
  const clean = Float32Array.from(set.pixels.subarray(400, 800), (ink) => ink / 255);
  const sum = (ink: Float32Array) => ink.reduce((total, value) => total + value, 0);

  it('draws a radius for each picture, in parts of its width', () => {
    const fixed = { ...augmentation, dilation: { radius: [0.05, 0.05] as [number, number] } };
    const expected = dilate({ pixels: set.pixels, offset: 400, size: 20 }, 1);
    expect(draw(fixed)).toEqual(Float32Array.from(expected, (ink) => ink / 255));
    expect(sum(draw(fixed))).toBeGreaterThan(sum(clean));
    const amounts = [1, 2, 3, 4].map((seed) => sum(draw(augmentation, 1, seed)));
    expect(new Set(amounts).size).toBe(4);
  });

  it('has no effect without strength, and is a distortion of its own', () => {
    expect(draw(augmentation, 0)).toEqual(clean);
    expect(isDistorting(augmentation)).toBe(true);
    expect(distortionProbability(augmentation)).toBe(1);
  });
});
