// What the command draws of a picture, and its words for pictures that hold no strokes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { explainPictureCommand } from '../../src/cli/commands/explain-picture.js';
import { newFolder } from '../support/run-command.js';

const folder = newFolder();

/** A PNG of 60 x 60 pixels, black where `isInk`. */
async function writePicture(name: string, isInk: (x: number, y: number) => boolean): Promise<string> {
  const path = join(folder, name);
  const data = Buffer.from(Array.from({ length: 3600 }, (_, i) => (isInk(i % 60, Math.floor(i / 60)) ? 0 : 255)));
  await sharp(data, { raw: { width: 60, height: 60, channels: 1 } })
    .png()
    .toFile(path);
  return path;
}

const isCross = (x: number, y: number) =>
  (Math.abs(x - 30) < 2 || Math.abs(y - 30) < 2) && x > 9 && x < 51 && y > 9 && y < 51;

test('draws skeleton, parses, and the strokes of two pictures over each other', async () => {
  const printed: string[] = [];
  const log = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  const cross = await writePicture('cross.png', isCross);
  const tilted = await writePicture('tilted.png', (x, y) => isCross(x + Math.round((y - 30) / 8), y));
  const out = join(folder, 'strokes.svg');
  try {
    expect(await explainPictureCommand(cross, { with: tilted, out })).toBe(0);
  } finally {
    log.mockRestore();
  }
  expect(printed.join('')).toMatch(/cross\.png: 4 lines between 5 places, \d parses\n.*tilted\.png: -?\d+\.\d{3} nats/);
  const svg = readFileSync(out, 'utf8');
  const titles = [...svg.matchAll(/<text y="13"[^>]*>([^<]*)</g)].map(([, title]) => title);
  expect(titles.slice(0, 2)).toEqual(['query: skeleton', 'best parse, cost 0.50']);
  expect(titles.slice(-3)).toEqual(['support picture', 'its strokes over the query', 'the query’s over it']);
  // Two strokes in the best parse: two numbers.
  const best = svg.slice(svg.indexOf('best parse'), svg.indexOf('2, cost'));
  expect(best.match(/>[12]<\/text>/g)).toHaveLength(2);
});

test('says of a blank picture and of noise that there are no strokes, and of a drawing how it may be named', async () => {
  const out = join(folder, 'none.svg');
  const blank = await writePicture('blank.png', () => false);
  await expect(explainPictureCommand(blank, { out })).rejects.toThrow('blank.png has no ink');
  const noise = await writePicture('noise.png', (x, y) => Math.imul(60 * y + x + 1, 2654435761) >>> 28 === 0);
  await expect(explainPictureCommand(noise, { out })).rejects.toThrow(/noise\.png is no drawing of strokes: \d+ lines/);
  await expect(explainPictureCommand(blank, { out: 'strokes.gif' })).rejects.toThrow(
    '--out strokes.gif names no drawing',
  );
  await expect(explainPictureCommand(join(folder, 'none.png'), { out })).rejects.toThrow(
    'none.png cannot be read (ENOENT)',
  );
});
