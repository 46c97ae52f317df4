import { describe, expect, it } from 'vitest';
import {
  ImageModel,
  type InkPicture,
  inkFrom,
  makeTarget,
  minimize,
  parsePicture,
  refitParse,
  StrokeScorer,
  TokenLayout,
} from '../src/index.js';

/** A picture with a square pen of three pixels moved along curves over t from 0 to 1. */
function drawCurves(...curves: ((t: number) => readonly [number, number])[]): InkPicture {
  const pixels = new Uint8Array(105 * 105);
  for (const curve of curves) {
    for (let i = 0; i <= 300; i++) {
      const [x, y] = curve(i / 300);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) pixels[(Math.round(y) + dy) * 105 + Math.round(x) + dx] = 255;
      }
    }
  }
  return inkFrom(pixels, 105, 105);
}

const arch = (rise: number) => (t: number) => [20 + 60 * t, 70 - rise * Math.sin(Math.PI * t)] as const;
const bar = (x: number) => (t: number) => [x + 4 * t, 30 + 50 * t] as const;
const archAndBar = drawCurves(arch(40), bar(50));
const another = drawCurves(arch(48), bar(46));
const twoBars = drawCurves(bar(30), bar(70));

describe('the image model', () => {
  it.each([1, 2])('has the gradient of finite differences at %i pixels a cell', (cell) => {
    const target = makeTarget(another, cell);
    const model = new ImageModel(target);
    const layout = new TokenLayout(parsePicture(archAndBar)!.parses[0]!);
    const noise = { blur: 1.5, flip: 0.02 };
    const numbers = Float64Array.from({ length: layout.numbers }, (_, i) => 0.3 * Math.sin(1.7 * i));
    const compareAt = (place: Float64Array, with_ = noise) => {
      layout.draw(place);
      return model.compare(layout.line, with_, target, true);
    };
    const { x, y, blur, flip } = compareAt(numbers);
    const gradient = layout.pullBack(numbers, x, y);
    // Small: the gradient jumps where a point crosses the border of a cell.
    const step = 1e-6;
    numbers.forEach((value, i) => {
      const [above, below] = [value + step, value - step].map((moved) => compareAt(numbers.with(i, moved)));
      const slope = (above!.logLikelihood - below!.logLikelihood) / (2 * step);
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-3 * (1 + Math.abs(slope)));
    });
    const slopeBy = (key: 'blur' | 'flip', h: number) =>
      (compareAt(numbers, { ...noise, [key]: noise[key] + h }).logLikelihood -
        compareAt(numbers, { ...noise, [key]: noise[key] - h }).logLikelihood) /
      (2 * h);
    expect(blur / slopeBy('blur', 1e-4)).toBeCloseTo(1, 5);
    expect(flip / slopeBy('flip', 1e-5)).toBeCloseTo(1, 4);
  });

  it('draws lines about three pixels wide', () => {
    const target = makeTarget(
      drawCurves((t) => [20 + 60 * t, 50]),
      1,
    );
    const layout = new TokenLayout(parsePicture(drawCurves((t) => [20 + 60 * t, 50]))!.parses[0]!);
    const drawn = new ImageModel(target).draw(layout.line, { blur: 0.5, flip: 1e-4 });
    const column = Array.from({ length: 105 }, (_, y) => drawn[y * 105 + 50]!);
    const width = column.reduce((sum, value) => sum + value, 0);
    expect(width).toBeGreaterThan(1);
    expect(width).toBeLessThan(4);
  });
});

describe('minimize', () => {
  it("finds the lowest place of Rosenbrock's valley", () => {
    const { place, evaluations } = minimize(
      ([x, y]) => ({
        value: (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
        gradient: Float64Array.from([-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)]),
      }),
      Float64Array.from([-1.2, 1]),
      { evaluations: 200, tolerance: 1e-14 },
    );
    expect(place[0]).toBeCloseTo(1, 4);
    expect(place[1]).toBeCloseTo(1, 4);
    expect(evaluations).toBeLessThan(100);
  });
});

describe('a refit', () => {
  it('explains a picture of the same character better than one of another, and its own best', () => {
    const [parse] = parsePicture(archAndBar)!.parses;
    const score = (picture: InkPicture) => {
      const target = makeTarget(picture, 2);
      const { logLikelihood, logPrior } = refitParse(parse!, target, new ImageModel(target));
      return logLikelihood + logPrior;
    };
    expect(score(archAndBar)).toBeGreaterThan(score(another));
    expect(score(another)).toBeGreaterThan(score(twoBars) + 100);
  });
});

describe('the two-way score', () => {
  it('is larger for the same character, and finite for a dot and a filled square', () => {
    const scorer = new StrokeScorer();
    const prepare = (picture: InkPicture) => scorer.prepare(picture)!;
    const [query, same, other] = [another, archAndBar, twoBars].map(prepare);
    expect(scorer.compare(query!, same!)).toBeGreaterThan(scorer.compare(query!, other!) + 100);
    const dot = prepare(drawCurves(() => [50, 50]));
    const square = prepare(inkFrom(new Uint8Array(105 * 105).fill(255), 105, 105));
    expect(Number.isFinite(scorer.compare(dot, square))).toBe(true);
    expect(Number.isFinite(scorer.compare(query!, dot))).toBe(true);
    expect(scorer.prepare(inkFrom(new Uint8Array(105 * 105), 105, 105))).toBeUndefined();
  });
});
