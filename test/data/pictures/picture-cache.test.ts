import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { cachePictures } from '../../../src/data/pictures/picture-cache.js';
import {
  decodePictureSet,
  encodePictureSet,
  packBits,
  sealPictureSet,
} from '../../../src/data/pictures/picture-file.js';
import type { PictureSet } from '../../../src/data/pictures/picture-set.js';
import { toyPictures } from '../support/toy-pictures.js';

const root = mkdtempSync(join(tmpdir(), 'oneshot-cache-'));
afterAll(() => rmSync(root, { recursive: true }));

const grey = toyPictures([3, 2], { size: 9 });
const bilevel = sealPictureSet({ ...grey, pixels: grey.pixels.map((value) => (value === 255 ? 255 : 0)) });
const encode = (set: PictureSet) => Buffer.concat(encodePictureSet(set));

describe('a picture set as bytes', () => {
  test.each([
    ['grey', grey],
    ['black and white', bilevel],
  ])('comes back as it was: %s', (_, set) => {
    const back = decodePictureSet(encode(set))!;
    expect({ ...back, pixels: [...back.pixels] }).toEqual({ ...set, pixels: [...set.pixels] });
  });

  test('takes a bit for each pixel where all are 0 or 255', () => {
    const pixels = grey.pixels.length;
    expect(encode(grey).length - encode(bilevel).length).toBe(pixels - Math.ceil(pixels / 8) + 1); // "bytes" is a letter longer than "bits"
  });

  test('has another digest when a pixel, a label or the size is another', () => {
    const pixels = grey.pixels.slice();
    pixels[0]! ^= 1;
    const digests = [
      grey,
      bilevel,
      sealPictureSet({ ...grey, pixels }),
      sealPictureSet({ ...grey, drawer: grey.drawer.map((d) => d + 1) }),
      sealPictureSet({ ...grey, alphabets: ['x', 'y'] }),
      sealPictureSet({ ...grey, height: 27, width: 3 }),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(6);
    expect(sealPictureSet({ ...grey }).digest).toBe(grey.digest);
  });

  test('is refused when any byte of it is another, or the end is missing', () => {
    const bytes = encode(bilevel);
    for (const at of [0, 30, 90, 200, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 4;
      expect(decodePictureSet(damaged)).toBeUndefined();
    }
    expect(decodePictureSet(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
    expect(decodePictureSet(Buffer.alloc(0))).toBeUndefined();
  });
});

test('bits are packed with the first in the highest', () => {
  expect([...packBits(Uint8Array.of(255, 0, 0, 0, 0, 0, 255, 0, 255))!]).toEqual([0b10000010, 0b10000000]);
  expect(packBits(Uint8Array.of(255, 254))).toBeUndefined();
});

describe('the cache', () => {
  let folder: string;
  let built: number;
  let reports: string[];
  beforeEach(() => {
    folder = join(mkdtempSync(join(root, 'c-')), 'new');
    built = 0;
    reports = [];
  });
  const load = (key: unknown = { content: 1 }) =>
    cachePictures({ folder, report: (message) => reports.push(message) }, 'toy', key, () => {
      built++;
      return grey;
    });

  test('builds once for each key, in a folder that it makes', async () => {
    await load();
    const again = await load();
    expect([built, again.digest, reports]).toEqual([1, grey.digest, []]);
    expect(Buffer.compare(again.pixels, grey.pixels)).toBe(0);
    expect(again.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    await load({ content: 2 });
    expect([built, readdirSync(folder).length]).toEqual([2, 2]);
  });

  test('makes a damaged file again and says so', async () => {
    await load();
    const path = join(folder, readdirSync(folder)[0]!);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 1000));
    expect((await load()).digest).toBe(grey.digest);
    expect([built, reports]).toEqual([2, [`${path} is damaged; making it again`]]);
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  test('does without when its folder cannot be made, and says so', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    folder = join(folder, '..', 'file', 'cache');
    expect((await load()).digest).toBe(grey.digest);
    expect(reports[0]).toMatch(/^cannot keep decoded pictures in .*; going on without$/);
    expect(existsSync(folder)).toBe(false);
  });
});
