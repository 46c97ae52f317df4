// Picture files from strangers: every form that is read gives the same colours, turned as people see them, and everything
// else is refused by its header.
import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodePicture, MAX_EDGE, sizeForSquare } from '../../../src/data/pictures/decode-picture.js';
import { createFitter, placePicture, writeColors, writeInk } from '../../../src/data/pictures/fit-picture.js';
import { measurePaperBrightness } from '../../../src/data/pictures/paper-brightness.js';
import { explainKind, tellKind } from '../../../src/data/pictures/picture-kind.js';
import { readPictures } from '../../../src/data/pictures/read-pictures.js';
import { writeBilevelPng, writePngChunk } from '../support/write-png.js';

/** RGBA bytes `[height, width, 4]` of one colour. */
function flat(height: number, width: number, rgba: readonly number[]): Buffer {
  return Buffer.from(Array.from({ length: height * width }, () => rgba).flat());
}

const raw = (height: number, width: number, data: Buffer) => sharp(data, { raw: { height, width, channels: 4 } });
const png = (height: number, width: number, data: Buffer, options = {}) =>
  PNG.sync.write(Object.assign(new PNG({ height, width }), { data }), options);

/** A grey PNG whose header states this size and form, with this image data. */
function writePng(height: number, width: number, rows: Buffer, { isInterlaced = false, bitDepth = 8 } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, 0, 0, 0, isInterlaced ? 1 : 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    writePngChunk('IHDR', header),
    writePngChunk('IDAT', deflateSync(rows)),
    writePngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const GREEN = [0, 200, 0, 255];

describe('a decoded picture', () => {
  const green = flat(3, 5, GREEN);

  test.each([
    ['a colour PNG', png(3, 5, green), GREEN],
    ['a PNG without alpha', png(3, 5, green, { colorType: 2 }), GREEN],
    ['a grey PNG', png(3, 5, flat(3, 5, [90, 90, 90, 255]), { colorType: 0 }), [90, 90, 90, 255]],
    [
      'a grey PNG of 16 bits',
      writePng(3, 5, Buffer.alloc(33, 90).fill(0, 0, 1).fill(0, 11, 12).fill(0, 22, 23), { bitDepth: 16 }),
      [90, 90, 90, 255],
    ],
    ['a PNG of one bit', writeBilevelPng(new Uint8Array(15), 3, 5), [255, 255, 255, 255]],
    ['a PNG with something behind its end', Buffer.concat([png(3, 5, green), Buffer.from('trailer')]), GREEN],
  ])('is read from %s', async (_, bytes, rgba) => {
    expect(await decodePicture(bytes)).toEqual({ height: 3, width: 5, rgba: flat(3, 5, rgba) });
  });

  test.each(['jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)('is read from %s, within what it loses', async (form) => {
    const { height, width, rgba } = await decodePicture(
      await raw(16, 24, flat(16, 24, GREEN))
        .toFormat(form)
        .toBuffer(),
    );
    expect([height, width]).toEqual([16, 24]);
    for (const [c, value] of GREEN.entries()) expect(Math.abs(rgba[c]! - value)).toBeLessThanOrEqual(6);
  });

  test('comes in sRGB from the four inks of printing and from a wider space of colours', async () => {
    const red = raw(8, 8, flat(8, 8, [200, 30, 30, 255])).removeAlpha();
    for (const bytes of [
      await red.clone().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer(),
      await red.clone().withIccProfile('p3').png().toBuffer(),
    ]) {
      const { rgba } = await decodePicture(bytes);
      for (const [c, value] of [200, 30, 30].entries()) expect(Math.abs(rgba[c]! - value)).toBeLessThanOrEqual(12);
    }
  });

  // EXIF 2.32, tag 274: how the picture is to be turned and mirrored to be upright. Red is in its upper left corner then.
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is turned as EXIF orientation %i says', async (orientation) => {
    const [height, width] = orientation > 4 ? [24, 16] : [16, 24];
    const [top, left] = { 1: [0, 0], 2: [0, 1], 3: [1, 1], 4: [1, 0], 5: [0, 0], 6: [1, 0], 7: [1, 1], 8: [0, 1] }[
      orientation
    ] as [number, number];
    const stored = flat(height, width, [255, 255, 255, 255]);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++)
        stored.set([255, 0, 0, 255], 4 * ((top * (height - 8) + y) * width + left * (width - 8) + x));
    }
    const bytes = await raw(height, width, stored).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
    const found = await decodePicture(bytes);
    expect([found.height, found.width]).toEqual([16, 24]);
    expect(found.rgba[4 * (3 * 24 + 3) + 1]).toBeLessThan(60);
    expect(found.rgba[4 * (12 * 24 + 20) + 1]).toBeGreaterThan(200);
  });

  test('keeps what is transparent apart', async () => {
    const { rgba } = await decodePicture(png(1, 2, Buffer.from([0, 0, 0, 0, 0, 0, 0, 255])));
    expect([rgba[3], rgba[7]]).toEqual([0, 255]);
  });

  test('is the first frame of several', async () => {
    const frames = await sharp([png(4, 4, flat(4, 4, [250, 0, 0, 255])), png(4, 4, flat(4, 4, [0, 0, 250, 255]))], {
      join: { animated: true },
    })
      .gif()
      .toBuffer();
    const { height, rgba } = await decodePicture(frames);
    expect([height, ...rgba.subarray(0, 3)]).toEqual([4, 250, 0, 0]);
  });
});

describe('a picture file is refused that', () => {
  const good = raw(16, 16, flat(16, 16, [9, 9, 9, 255])).jpeg();

  test.each([
    ['is empty', Buffer.alloc(0), /^is empty$/],
    [
      'is a HEIC',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
      /^is a HEIC file; expected PNG, .*most compatible/,
    ],
    ['is a BMP', Buffer.from('BM\x36\0\0\0\0\0\0\0'), /^is a BMP file; expected/],
    [
      'is text',
      Buffer.from('<!doctype html><title>404'),
      /^is no picture; expected PNG, JPEG, GIF, WebP, TIFF or AVIF$/,
    ],
    ['is a PNG cut short', png(3, 5, flat(3, 5, [1, 2, 3, 255])).subarray(0, 50), /is a damaged PNG file/],
    ['has no pixels', writePng(0, 10, Buffer.alloc(0)), /is a damaged PNG file/],
    [
      'is a PNG of absurd size',
      writePng(60_000, 60_000, Buffer.alloc(10)),
      /60000 x 60000 pixels; expected at most 256/,
    ],
    ['is a long PNG', writePng(1, MAX_EDGE + 1, Buffer.alloc(10)), /65501 x 1 pixels/],
    ['unpacks to less than its size', writePng(40, 40, Buffer.alloc(50)), /is a damaged PNG file/],
  ])('%s', async (_, bytes, message) => {
    await expect(decodePicture(bytes)).rejects.toThrow(message);
  });

  test('is a JPEG cut short, has absurd sizes in its header, or no picture', async () => {
    const bytes = await good.toBuffer();
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    const large = Buffer.from(bytes);
    large.set([0xff, 0xdc, 0xff, 0xdc], frame + 5);
    for (const [broken, message] of [
      [bytes.subarray(0, bytes.length - 20), /is a damaged JPEG file/],
      [bytes.subarray(0, frame), /is a damaged JPEG file/],
      [large, /65500 x 65500 pixels; expected at most 256 million/],
    ] as const) {
      await expect(decodePicture(broken)).rejects.toThrow(message);
    }
  });
});

describe('the kind of a file', () => {
  test.each([
    ['\x89PNG\r\n\x1a\n', 'picture', 'PNG'],
    ['\xff\xd8\xff\xe0', 'picture', 'JPEG'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'picture', 'WebP'],
    ['\0\0\0\x1cftypavif', 'picture', 'AVIF'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'picture', 'AVIF'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1heic', 'other-picture', 'HEIC'],
    ['\0\0\0\x1cftypisom', 'other', 'film'],
    ['<svg xmlns=', 'other-picture', 'SVG'],
    ['P5 4 4 255', 'other-picture', 'portable any-map'],
    ['Paris in spring', 'other', 'text'],
    ['path,label\n', 'other', 'text'],
    ['\x01\x02\x03', 'other', 'unknown'],
  ])('is told by its content: %j', (start, role, name) => {
    expect(tellKind(Buffer.from(start, 'latin1'))).toEqual({ role, name });
  });

  test('is said with its article', () => {
    expect(explainKind({ role: 'other-picture', name: 'SVG' })).toMatch(/^is a SVG|^is an SVG/);
    expect(explainKind({ role: 'other-picture', name: 'ICO' })).toMatch(/^is an ICO file/);
  });
});

describe('a picture in a square', () => {
  const ink = (square: Uint8Array, isInkDark: boolean) => {
    const target = new Uint8Array(square.length / 4);
    writeInk(square, { isInkDark, inkGain: 1 }, target, 0);
    return target;
  };

  test('keeps its sides in proportion, in the middle of paper', async () => {
    const square = createFitter(8, 'pad')(await decodePicture(png(4, 16, flat(4, 16, [0, 0, 0, 255]))));
    const rows = Array.from({ length: 8 }, (_, y) => ink(square, true)[8 * y]);
    expect(rows).toEqual([0, 0, 0, 255, 255, 0, 0, 0]);
    expect(ink(square, false).every((tone) => tone === 0)).toBe(true);
  });

  test.each([
    ['pad', 4, 16, { top: 3, left: 0, height: 2, width: 8, isCropped: false }],
    ['pad', 1, 1000, { top: 3, left: 0, height: 1, width: 8, isCropped: false }],
    ['crop', 4, 16, { top: 0, left: 0, height: 8, width: 8, isCropped: true }],
    ['stretch', 4, 16, { top: 0, left: 0, height: 8, width: 8, isCropped: false }],
  ] as const)('is placed by %s: %i x %i', (fit, height, width, target) => {
    expect(placePicture(height, width, 8, fit)).toEqual(target);
  });

  test.each(['pad', 'crop', 'stretch'] as const)('is the same whoever resizes it, within rounding: %s', async (fit) => {
    const data = flat(40, 60, [0, 0, 0, 255]);
    for (let i = 0; i < 2400; i++) data.set([4 * (i % 60), i % 60, Math.floor(i / 60) * 6], 4 * i);
    const bytes = png(40, 60, data);
    const whole = createFitter(20, fit)(await decodePicture(bytes));
    const small = createFitter(20, fit)(await decodePicture(bytes, sizeForSquare(20, fit)));
    const apart = whole.map((value, i) => Math.abs(value - small[i]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(3);
    expect(whole.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0);
  });

  test('is paper where it is transparent, for both polarities, and background in colour', async () => {
    const square = createFitter(2, 'pad')(await decodePicture(png(2, 2, flat(2, 2, [0, 0, 0, 0]))));
    expect([...ink(square, true), ...ink(square, false)]).toEqual(Array(8).fill(0));
    const half = createFitter(1, 'pad')(await decodePicture(png(1, 1, Buffer.from([200, 0, 100, 128]))));
    const colors = new Uint8Array(3);
    writeColors(half, [255, 255, 255], colors, 0);
    // 200 * 128 / 255 + 255 * 127 / 255, and so on.
    expect([...colors]).toEqual([227, 127, 177]);
  });

  test.each([
    ['a light edge', flat(40, 40, [230, 230, 230, 255]), 230],
    ['a dark edge', flat(40, 40, [20, 20, 20, 255]), 20],
    [
      'dark ink on nothing',
      Buffer.concat([flat(15, 40, [0, 0, 0, 0]), flat(10, 40, [40, 40, 40, 255]), flat(15, 40, [0, 0, 0, 0])]),
      215,
    ],
  ])('has its paper by %s', async (_, data, expected) => {
    expect(measurePaperBrightness(await decodePicture(png(40, 40, data)))).toBeCloseTo(expected, 6);
  });
});

test('pictures are read in their order, and those that cannot be are named together', async () => {
  const files = [10, 60, 110, 160].map((tone) => png(2, 2, flat(2, 2, [tone, tone + 1, tone + 2, 255])));
  files.splice(1, 0, Buffer.alloc(0));
  files.push(Buffer.from('text'));
  const settings = { size: 1, color: 'rgb', fit: 'crop', ink: 'auto', inkGain: 1, background: '#ffffff' } as const;
  const { pixels, unread, isInkDark } = await readPictures(files.length, (index) => files[index]!, settings);
  expect(isInkDark).toBeUndefined();
  expect([...pixels.subarray(0, 3), ...pixels.subarray(6, 15)]).toEqual([
    10, 11, 12, 60, 61, 62, 110, 111, 112, 160, 161, 162,
  ]);
  expect(unread.map(({ index, what }) => [index, what.split(';')[0]])).toEqual([
    [1, 'is empty'],
    [5, 'is no picture'],
  ]);
});
