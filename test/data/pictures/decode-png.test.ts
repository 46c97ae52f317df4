import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { openZip } from '../../../src/data/files/zip-file.js';
import { OMNIGLOT_LIMITS } from '../../../src/data/omniglot/omniglot.js';
import { decodePng } from '../../../src/data/pictures/decode-png.js';
import { REAL_DATA } from '../support/real-data.js';
import { writeBilevelPng } from '../support/write-png.js';

test("Omniglot's 1-bit files decode as pngjs decodes them, ink 255 where the file is black", async () => {
  const zip = openZip(join(REAL_DATA, 'all_runs.zip'), OMNIGLOT_LIMITS, '');
  const files = (await zip.listEntries()).filter(({ name }) => name.endsWith('.png'));
  for (const file of files.filter((_, i) => i % 20 === 0)) {
    const bytes = file.read();
    const { data } = PNG.sync.read(bytes);
    const expected = Uint8Array.from({ length: 105 * 105 }, (_, i) => 255 - data[4 * i]!);
    expect(Buffer.compare(decodePng(bytes, 105, 105), expected)).toBe(0);
  }
});

test.each([0, 1, 2, 3, 4])('row filter %i is undone as pngjs undoes it', (filter) => {
  const ink = Uint8Array.from({ length: 40 * 24 }, (_, i) => ((i * i) % 7 < 3 ? 255 : 0));
  const png = writeBilevelPng(ink, 24, 40, { filter });
  const { data } = PNG.sync.read(png);
  expect([...decodePng(png, 24, 40)]).toEqual([...ink]);
  expect([...decodePng(png, 24, 40)]).toEqual(Array.from({ length: 40 * 24 }, (_, i) => 255 - data[4 * i]!));
});

test('8-bit grey is read as well', () => {
  const png = new PNG({ width: 2, height: 1 });
  png.data.set([0, 0, 0, 255, 200, 200, 200, 255]);
  expect([...decodePng(PNG.sync.write(png, { colorType: 0 }), 1, 2)]).toEqual([255, 55]);
});

test('a transparent pixel is paper', () => {
  const png = new PNG({ width: 2, height: 1 });
  png.data.set([0, 0, 0, 0, 0, 0, 0, 255]);
  expect([...decodePng(PNG.sync.write(png), 1, 2)]).toEqual([0, 255]);
});

test('files that are no pictures of the right size say what they are', () => {
  const ink = new Uint8Array(64);
  const good = writeBilevelPng(ink, 8, 8);
  expect(() => decodePng(Buffer.from('GIF89a'), 8, 8)).toThrow('is not a PNG file');
  expect(() => decodePng(good, 105, 105)).toThrow('is 8 x 8 pixels; expected 105 x 105');
  expect(() => decodePng(good.subarray(0, 50), 8, 8)).toThrow('is cut short');
  const lying = writeBilevelPng(ink, 8, 8, { declared: { height: 9, width: 8 } });
  expect(() => decodePng(lying, 9, 8)).toThrow('is cut short');
  const bomb = writeBilevelPng(new Uint8Array(500 * 500), 500, 500, { declared: { height: 8, width: 8 } });
  expect(() => decodePng(bomb, 8, 8)).toThrow();
});
