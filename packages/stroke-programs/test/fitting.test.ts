import { describe, expect, it } from 'vitest';
import {
  ComparedPicture,
  describeStroke,
  fitToOwnPicture,
  ImageModel,
  ImageModels,
  type InkPicture,
  inkFrom,
  lineOfParse,
  makeTarget,
  minimize,
  ONE_WAY_WEIGHTS,
  type Parse,
  parsePicture,
  REFIT_SETTINGS,
  refitParse,
  STROKE_SCORE_SETTINGS,
  StrokeScorer,
  type StrokeShape,
  simplifyParse,
  TOKEN_NOISE,
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
  it('explains a picture best by its own strokes, then by the same character, and another one worst', () => {
    const picture = new ComparedPicture(another);
    const [own, same, other] = [another, archAndBar, twoBars].map((source) => {
      const { logLikelihood, logPrior } = refitParse(parsePicture(source)!.parses[0]!, picture, new ImageModels());
      return logLikelihood + logPrior;
    });
    expect(own).toBeGreaterThan(same!);
    expect(same).toBeGreaterThan(other! + 100);
  });

  it('moves a parse onto its own picture', () => {
    const picture = new ComparedPicture(archAndBar);
    const models = new ImageModels();
    const [thinned] = parsePicture(archAndBar)!.parses;
    const likelihood = (parse: Parse) =>
      models.of(picture.at(2)).compare(lineOfParse(parse), REFIT_SETTINGS.stages.at(-1)!, picture.at(2)).logLikelihood;
    expect(likelihood(fitToOwnPicture(thinned!, picture, models))).toBeGreaterThan(likelihood(thinned!));
  });
});

describe('the two-way score', () => {
  it('is about 0 nats for each pixel of ink for the picture itself, and larger for the same character than for another', () => {
    const scorer = new StrokeScorer();
    const [query, same, other] = [another, archAndBar, twoBars].map((picture) => scorer.prepare(picture)!);
    const scoreOf = (support: StrokeShape) => scorer.compare(query!, support).score;
    expect(scoreOf(query!)).toBeCloseTo(0, 1);
    expect(scoreOf(same!)).toBeGreaterThan(scoreOf(other!) + 1);
  });

  it('gives what it is made of, and spares the way back where that counts nothing', () => {
    const scorer = new StrokeScorer({ ...STROKE_SCORE_SETTINGS, weights: ONE_WAY_WEIGHTS });
    const [query, same] = [another, archAndBar].map((picture) => scorer.prepare(picture)!);
    const { score, forth, back } = scorer.compare(query!, same!);
    expect(forth).toHaveLength(same!.parses.length);
    expect(back).toEqual([]);
    const best = Math.max(...forth.map(({ logLikelihood, logPrior }) => logLikelihood + logPrior));
    // A ratio to the query's own strokes for each pixel of its ink; of several parses the mean.
    const likelihood = score * query!.ink + query!.own;
    expect(best - likelihood).toBeGreaterThanOrEqual(-1e-9);
    expect(best - likelihood).toBeLessThanOrEqual(Math.log(forth.length) + 1e-9);
  });

  const blank = inkFrom(new Uint8Array(105 * 105), 105, 105);
  const dot = drawCurves(() => [50, 50]);
  const pixel = inkFrom(
    Uint8Array.from({ length: 105 * 105 }, (_, at) => (at === 5000 ? 255 : 0)),
    105,
    105,
  );
  const corner = inkFrom(
    Uint8Array.from({ length: 105 * 105 }, (_, at) => (at === 0 ? 255 : 0)),
    105,
    105,
  );
  const square = inkFrom(new Uint8Array(105 * 105).fill(255), 105, 105);
  // A character under a scan's specks: every 90th pixel or so is ink.
  const specks = {
    ...archAndBar,
    ink: archAndBar.ink.map((ink, at) => (Math.imul(at + 1, 2654435761) >>> 0 < 2 ** 32 / 90 ? 1 : ink)),
  };

  it.each([
    ['a dot', dot],
    ['one pixel', pixel],
    ['a pixel in the corner', corner],
    ['a filled square', square],
    ['a scan with specks', specks],
  ])('is a number for %s, whatever it is compared with', (_, picture) => {
    const scorer = new StrokeScorer({ ...STROKE_SCORE_SETTINGS, parse: { parses: 1 } });
    const strange = scorer.prepare(picture)!;
    const character = scorer.prepare(archAndBar)!;
    const line = scorer.prepare(drawCurves(bar(30)))!;
    for (const [query, support] of [
      [strange, strange],
      [strange, character],
      [character, strange],
      [line, strange],
    ]) {
      expect(Number.isFinite(scorer.compare(query!, support!).score)).toBe(true);
    }
  });

  it('has nothing to compare in a picture without ink', () => {
    expect(new StrokeScorer().prepare(blank)).toBeUndefined();
  });
});

describe('a drawing of a parse', () => {
  const noise = { ...TOKEN_NOISE, attached: true };
  const tee = drawCurves(
    (t) => [20 + 60 * t, 30],
    (t) => [50, 30 + 50 * t],
  );

  it('takes what is attached to a stroke along with it', () => {
    const { parses } = parsePicture(tee)!;
    const parse = parses.find(({ strokes }) => strokes.length === 2 && strokes[1]!.start[1] < 35)!;
    const [loose, attached] = [false, true].map((isAttached) => {
      const layout = new TokenLayout(parse, { ...noise, attached: isAttached });
      // The start of the first stroke, three standard deviations down.
      const numbers = new Float64Array(layout.numbers);
      numbers[5] = 3;
      layout.draw(numbers);
      const second = layout.line.isStart.lastIndexOf(1);
      return layout.line.y[second]!;
    });
    expect(loose).toBeCloseTo(parse.strokes[1]!.start[1], 6);
    expect(attached! - loose!).toBeCloseTo(3 * noise.startY, 6);
  });

  it('is a parse of its own that draws the same', () => {
    const layout = new TokenLayout(parsePicture(archAndBar)!.parses[0]!);
    const numbers = Float64Array.from({ length: layout.numbers }, (_, i) => Math.sin(2.1 * i));
    const parse = layout.parseFrom(numbers, 1);
    layout.draw(numbers);
    const again = lineOfParse(parse);
    const nearest = (x: number, y: number) =>
      Math.min(...Array.from(again.x, (toX, i) => Math.hypot(toX - x, again.y[i]! - y)));
    // Points along the line lie elsewhere; the line does not.
    layout.line.x.forEach((x, i) => {
      expect(nearest(x, layout.line.y[i]!)).toBeLessThan(1);
    });
  });
});

describe('simple strokes', () => {
  it('have the shapes of the dictionary, each about where the stroke was', () => {
    const [parse] = parsePicture(archAndBar, { mostSubStrokes: 1 })!.parses;
    const simple = simplifyParse(parse!);
    expect(simple.strokes).toHaveLength(parse!.strokes.length);
    for (const [index, { subStrokes }] of simple.strokes.entries()) {
      expect(subStrokes).toHaveLength(1);
      const [was, is] = [parse!, simple].map(({ strokes }) => describeStroke(strokes[index]!));
      expect(Math.hypot(was!.middle[0] - is!.middle[0], was!.middle[1] - is!.middle[1])).toBeLessThan(1);
      // Whole pixels: nothing but the dictionary's shapes.
      for (const value of is!.shape) expect(Math.abs(value - Math.round(value))).toBeLessThan(0.3);
    }
  });
});
