// Picture files from strangers: every form that is read gives the same tones, and everything else is refused by its header.
import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { measurePaperBrightness } from '../../../src/data/folder/paper-brightness.js';
import { decodePicture, MAX_EDGE } from '../../../src/data/pictures/decode-picture.js';
import { createFitter } from '../../../src/data/pictures/fit-picture.js';
import { writeBilevelPng, writePngChunk } from '../support/write-png.js';

/** RGBA bytes `[height, width, 4]` of one colour. */
function flat(height: number, width: number, rgba: readonly number[]): Buffer {
  return Buffer.from(Array.from({ length: height * width }, () => rgba).flat());
}

const png = (height: number, width: number, data: Buffer, options = {}) =>
  PNG.sync.write(Object.assign(new PNG({ height, width }), { data }), options);
const jpg = (height: number, width: number, data: Buffer) => Buffer.from(jpeg.encode({ height, width, data }, 90).data);

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

describe('a decoded picture', () => {
  const green = flat(3, 5, [0, 200, 0, 255]);

  test.each([
    ['a colour PNG', png(3, 5, green), 117],
    ['a PNG without alpha', png(3, 5, green, { colorType: 2 }), 117],
    ['a grey PNG', png(3, 5, flat(3, 5, [90, 90, 90, 255]), { colorType: 0 }), 90],
    [
      'a grey PNG of 16 bits',
      writePng(3, 5, Buffer.alloc(33, 90).fill(0, 0, 1).fill(0, 11, 12).fill(0, 22, 23), { bitDepth: 16 }),
      90,
    ],
    ['a PNG of one bit', writeBilevelPng(new Uint8Array(15), 3, 5), 255],
    ['a PNG with something behind its end', Buffer.concat([png(3, 5, green), Buffer.from('trailer')]), 117],
  ])('is read from %s', (_, bytes, tone) => {
    expect(decodePicture(bytes)).toEqual({ height: 3, width: 5, brightness: new Uint8Array(15).fill(tone) });
  });

  test('is read from a JPEG, within what JPEG loses', () => {
    const { height, width, brightness } = decodePicture(jpg(3, 5, green));
    expect([height, width, brightness.length]).toEqual([3, 5, 15]);
    for (const tone of brightness) expect(Math.abs(tone - 117)).toBeLessThanOrEqual(2);
  });

  test('keeps what is transparent apart', () => {
    const { opacity } = decodePicture(png(1, 2, Buffer.from([0, 0, 0, 0, 0, 0, 0, 255])));
    expect(opacity).toEqual(Uint8Array.from([0, 255]));
  });
});

describe('a picture file is refused that', () => {
  const good = jpg(16, 16, flat(16, 16, [9, 9, 9, 255]));
  const frame = good.indexOf(Buffer.from([0xff, 0xc0]));
  const withFrame = (at: number, ...values: number[]) => {
    const changed = Buffer.from(good);
    changed.set(values, frame + 4 + at);
    return changed;
  };

  test.each([
    ['is empty', Buffer.alloc(0), /is empty/],
    ['is a GIF whatever its name says', Buffer.from('GIF89a\x01\x00\x01\x00'), /is a GIF file; expected PNG or JPEG/],
    ['is a WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8 '), /is a WebP file/],
    ['is a HEIC', Buffer.from('\0\0\0\x18ftypheic'), /is neither|is a HEIC/],
    ['is text', Buffer.from('<!doctype html><title>404'), /is neither a PNG nor a JPEG file/],
    ['is a PNG cut short', png(3, 5, flat(3, 5, [1, 2, 3, 255])).subarray(0, 50), /is a damaged PNG file/],
    ['is a JPEG cut short', good.subarray(0, good.length - 20), /is a damaged JPEG file/],
    ['is a JPEG without a picture', good.subarray(0, frame), /it has no header/],
    ['has no pixels', writePng(0, 10, Buffer.alloc(0)), /it has none/],
    [
      'is a PNG of absurd size',
      writePng(100_000, 100_000, Buffer.alloc(10)),
      /100000 x 100000 pixels; expected at most 50/,
    ],
    ['is a long PNG', writePng(1, MAX_EDGE + 1, Buffer.alloc(10)), /20001 x 1 pixels/],
    ['is a JPEG of absurd size', withFrame(1, 0xff, 0xff, 0xff, 0xff), /65535 x 65535 pixels/],
    ['is a JPEG without sampling factors', withFrame(7, 0), /damaged header/],
    ['is a JPEG of 12 bits', withFrame(0, 12), /12 bits; expected 8/],
    [
      'unpacks to more than its size',
      writePng(4, 4, Buffer.alloc(30_000_000), { isInterlaced: true }),
      /is a damaged PNG file/,
    ],
    [
      'has more scans than a picture needs',
      Buffer.concat([
        good.subarray(0, good.length - 2),
        ...Array(200).fill(Buffer.from([0xff, 0xda, 0, 2])),
        good.subarray(-2),
      ]),
      /scans; expected at most 100/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodePicture(bytes)).toThrow(message);
  });
});

describe('a picture in a square', () => {
  test('keeps its sides in proportion, in the middle of paper', () => {
    const { dark, light } = createFitter(8)(decodePicture(png(4, 16, flat(4, 16, [0, 0, 0, 255]))));
    const rows = Array.from({ length: 8 }, (_, y) => dark[8 * y]);
    expect(rows).toEqual([0, 0, 0, 255, 255, 0, 0, 0]);
    expect(light.every((tone) => tone === 0)).toBe(true);
  });

  test('is paper where it is transparent, for both polarities', () => {
    const { dark, light } = createFitter(2)(decodePicture(png(2, 2, flat(2, 2, [0, 0, 0, 0]))));
    expect([...dark, ...light]).toEqual(Array(8).fill(0));
  });

  test.each([
    ['a light edge', flat(40, 40, [230, 230, 230, 255]), 230],
    ['a dark edge', flat(40, 40, [20, 20, 20, 255]), 20],
    [
      'dark ink on nothing',
      Buffer.concat([flat(15, 40, [0, 0, 0, 0]), flat(10, 40, [40, 40, 40, 255]), flat(15, 40, [0, 0, 0, 0])]),
      215,
    ],
  ])('has its paper by %s', (_, data, expected) => {
    expect(measurePaperBrightness(decodePicture(png(40, 40, data)))).toBeCloseTo(expected, 6);
  });
});
