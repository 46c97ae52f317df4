import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { drawSpline, extractSkeleton, fitSpline, type InkPicture, inkFrom, parsePicture } from '../src/index.js';

/** A picture with a square pen of three pixels moved over the places. */
function drawLines(places: readonly (readonly [number, number])[], size = 105): InkPicture {
  const pixels = new Uint8Array(size * size);
  for (const [x, y] of places) {
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) pixels[(y + dy) * size + x + dx] = 255;
  }
  return inkFrom(pixels, size, size);
}

const across = Array.from({ length: 65 }, (_, i) => [20 + i, 52] as const);
const down = Array.from({ length: 65 }, (_, i) => [52, 20 + i] as const);
const ring = Array.from({ length: 400 }, (_, i) => {
  const angle = (i / 400) * 2 * Math.PI;
  return [Math.round(52 + 25 * Math.cos(angle)), Math.round(52 + 25 * Math.sin(angle))] as const;
});

describe('extractSkeleton', () => {
  it('finds a line with two ends, a cross with one crossing of four lines, and a ring with one node', () => {
    const line = extractSkeleton(drawLines(across));
    expect([line.nodes.length, line.edges.length]).toEqual([2, 1]);
    const cross = extractSkeleton(drawLines([...across, ...down]));
    expect([cross.nodes.length, cross.edges.length]).toEqual([5, 4]);
    const [x, y] = cross.nodes.find(([x, y]) => Math.hypot(x - 52, y - 52) < 3)!;
    expect(Math.hypot(x - 52, y - 52)).toBeLessThan(1);
    const circle = extractSkeleton(drawLines(ring));
    expect([circle.nodes.length, circle.edges.length]).toEqual([1, 1]);
  });
});

describe('parsePicture', () => {
  it('draws a cross as two straight strokes, a ring as one, and a dot as a stroke without length', () => {
    const [best] = parsePicture(drawLines([...across, ...down]))!.parses;
    expect(best!.strokes.map(({ subStrokes }) => subStrokes.length)).toEqual([1, 1]);
    expect(parsePicture(drawLines(ring))!.parses[0]!.strokes).toHaveLength(1);
    const [dot] = parsePicture(drawLines([[30, 40]]))!.parses[0]!.strokes;
    expect(dot!.start).toEqual([30, 40]);
    expect(Math.max(...dot!.subStrokes[0]!.shape.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('gives the same parses for the same seed, the cheapest first', () => {
    const picture = drawLines([...across, ...down, ...ring]);
    const { parses } = parsePicture(picture, { seed: 3 })!;
    expect(parsePicture(picture, { seed: 3 })!.parses).toEqual(parses);
    expect(parses.map(({ cost }) => cost)).toEqual(parses.map(({ cost }) => cost).sort((a, b) => a - b));
    expect(parses.length).toBeGreaterThan(1);
  });

  it('has no parse of a blank picture or of noise, and one of a filled square', () => {
    expect(parsePicture(inkFrom(new Uint8Array(105 * 105), 105, 105))).toBeUndefined();
    const noise = Uint8Array.from({ length: 105 * 105 }, (_, i) => (Math.imul(i, 2654435761) >>> 24 < 40 ? 255 : 0));
    expect(parsePicture(inkFrom(noise, 105, 105))).toBeUndefined();
    const square = new Uint8Array(105 * 105).fill(255);
    expect(parsePicture(inkFrom(square, 105, 105))!.parses[0]!.strokes.length).toBeGreaterThan(0);
  });
});

describe('fitSpline', () => {
  it('gives back the curve of its own points', () => {
    const control = Float64Array.from([0, 10, 20, 15, 40, 5, 8, -3, 12, 9]);
    const again = fitSpline(drawSpline(control, 40));
    again.forEach((value, i) => {
      expect(value).toBeCloseTo(control[i]!, 3);
    });
  });
});

it("prints what the README's example says", async () => {
  const example = /```js\n(.*?)```/s.exec(readFileSync(join(import.meta.dirname, '../README.md'), 'utf8'))![1]!;
  const place = mkdtempSync(join(import.meta.dirname, 'readme-example-'));
  const printed: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => printed.push(values.join(' ')));
  try {
    writeFileSync(join(place, 'example.mjs'), example);
    await import(/* @vite-ignore */ join(place, 'example.mjs'));
  } finally {
    log.mockRestore();
    rmSync(place, { recursive: true });
  }
  const said = [...example.matchAll(/\/\/ (\d.*|true)$/gm)].map(([, comment]) => comment);
  expect(printed).toEqual(said);
});
