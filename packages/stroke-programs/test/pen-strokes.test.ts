// Against the pens of real people: Omniglot's `strokes_background_small1.zip` and `images_background_small1.zip`, from
// ONESHOT_DATA or beside the checkout, and the parameters that Lake's program learned from such strokes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  extractSkeleton,
  ImageModel,
  type InkLine,
  type InkPicture,
  inkFrom,
  makeTarget,
  parsePicture,
  TOKEN_NOISE,
} from '../src/index.js';
import { readMat } from './support/read-mat.js';

const data = process.env.ONESHOT_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const SIZE = 105;
/** Every so many drawings: 68 of 2,720. */
const EVERY = 40;
/** Pixels of line for a point. */
const SPACING = 1.5;

interface Drawing {
  readonly picture: InkPicture;
  readonly pen: InkLine;
  readonly strokes: number;
}

let drawings: Drawing[];

beforeAll(() => {
  const texts = unzip('strokes_background_small1.zip', '.txt');
  const names = [...texts.keys()].filter((_, index) => index % EVERY === 0);
  const pictures = unzip('images_background_small1.zip', '.png', new Set(names));
  drawings = names.map((name) => {
    const { data: pixels } = PNG.sync.read(Buffer.from(pictures.get(name)!));
    const ink = Uint8Array.from({ length: SIZE * SIZE }, (_, at) => 255 - pixels[4 * at]!);
    return { picture: inkFrom(ink, SIZE, SIZE), ...readPen(Buffer.from(texts.get(name)!).toString()) };
  });
}, 60_000);

/** The zip's files by what stands between the folder of the zip and the ending: `Balinese/character01/0108_01`. */
function unzip(zip: string, ending: string, wanted?: ReadonlySet<string>): Map<string, Uint8Array> {
  const nameOf = (path: string) => path.slice(path.indexOf('/') + 1, -ending.length);
  const files = unzipSync(readFileSync(join(data, zip)), {
    filter: ({ name }) =>
      name.endsWith(ending) && !name.startsWith('__MACOSX') && (wanted === undefined || wanted.has(nameOf(name))),
  });
  return new Map(
    Object.entries(files)
      .map(([path, bytes]) => [nameOf(path), bytes] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Lines `x,-y,ms` between START and BREAK, as points at even distances. */
function readPen(text: string): { pen: InkLine; strokes: number } {
  const strokes: [number, number][][] = [[]];
  for (const line of text.trim().split('\n')) {
    if (line.startsWith('BREAK')) strokes.push([]);
    const [x, y] = line.split(',').map(Number);
    if (Number.isFinite(y)) strokes.at(-1)!.push([x!, -y!]);
  }
  const [x, y, isStart]: [number[], number[], number[]] = [[], [], []];
  const drawn = strokes.filter((stroke) => stroke.length > 0);
  for (const stroke of drawn) {
    stroke.forEach(([toX, toY], i) => {
      const [fromX, fromY] = stroke[Math.max(0, i - 1)]!;
      const steps = i === 0 ? 1 : Math.ceil(Math.hypot(toX - fromX, toY - fromY) / SPACING);
      for (let step = 1; step <= steps; step++) {
        x.push(fromX + ((toX - fromX) * step) / steps);
        y.push(fromY + ((toY - fromY) * step) / steps);
        isStart.push(i === 0 ? 1 : 0);
      }
    });
  }
  return {
    pen: { x: Float64Array.from(x), y: Float64Array.from(y), isStart: Uint8Array.from(isStart) },
    strokes: drawn.length,
  };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

const LIBRARY = join(data, 'bpl-library/lib_data');

describe('on 68 drawings of which the pen was followed', () => {
  // Measured: 99.1 % (least 97.5 %) of what is drawn, 60.4 % (least 48.9 %) of the picture: lines are thinner than the pen's.
  it('the image model lays ink where the pen did, in lines somewhat thinner', () => {
    const shares = drawings.map(({ picture, pen }) => {
      const target = makeTarget(picture, 2);
      const drawn = new ImageModel(target).draw(pen, { blur: 0.5, flip: 1e-4 });
      const both = sum(drawn.map((value, at) => Math.min(value, target.ink[at]!)));
      return { ofDrawn: both / sum(drawn), ofPicture: both / sum(target.ink) };
    });
    expect(Math.min(...shares.map(({ ofDrawn }) => ofDrawn))).toBeGreaterThan(0.97);
    expect(mean(shares.map(({ ofPicture }) => ofPicture))).toBeCloseTo(0.604, 2);
  });

  // Measured: 0.50 pixels on average, 0.97 in the worst drawing; points of the pen lie 1.5 pixels apart.
  it('the skeleton runs where the pen ran', () => {
    const away = drawings.map(({ picture, pen }) => {
      const places = extractSkeleton(picture).edges.flatMap(({ path }) => path);
      const nearest = (x: number, y: number) =>
        Math.min(...Array.from(pen.x, (penX, i) => Math.hypot(penX - x, pen.y[i]! - y)));
      return places.length === 0 ? 0 : mean(places.map(([x, y]) => nearest(x, y)));
    });
    expect(mean(away)).toBeLessThan(0.55);
    expect(Math.max(...away)).toBeLessThan(1.1);
  });

  // Measured: 2.35 strokes a parse, 1.91 of the pen: a pen goes back over its line, a parse never does.
  it('the cheapest parse has the pen’s number of strokes, give or take one, in 17 of 20', () => {
    const counts = drawings.map(({ picture, strokes }) => {
      const [best] = parsePicture(picture, { parses: 1, walks: 30 })!.parses;
      return { parsed: best!.strokes.length, drawn: strokes };
    });
    const near = counts.filter(({ parsed, drawn }) => Math.abs(parsed - drawn) <= 1);
    expect(near.length / counts.length).toBeGreaterThanOrEqual(0.85);
    // The library's distribution of strokes a character has a mean of 2.43.
    const { values } = readMat(join(LIBRARY, 'pkappa.mat'));
    const expected = sum(values.map((probability, index) => probability * (index + 1)));
    expect(expected).toBeCloseTo(2.4275, 3);
    expect(mean(counts.map(({ parsed }) => parsed))).toBeGreaterThan(expected - 0.5);
    expect(mean(counts.map(({ parsed }) => parsed))).toBeLessThan(expected + 0.5);
  });
});

it('token noise is what Lake’s program learned', () => {
  const numberOf = (file: string) => readMat(join(LIBRARY, file)).values[0]!;
  expect(TOKEN_NOISE.shape).toBeCloseTo(numberOf('tokenvar/sigma_shape.mat'), 3);
  expect(TOKEN_NOISE.scale).toBeCloseTo(numberOf('tokenvar/sigma_invscale.mat'), 4);
  expect(TOKEN_NOISE.startX).toBeCloseTo(numberOf('rel/sigma_x.mat'), 3);
  expect(TOKEN_NOISE.startY).toBeCloseTo(numberOf('rel/sigma_y.mat'), 3);
});
