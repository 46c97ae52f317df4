// The numbers that one drawing of a parse is made of (Lake et al. 2015, supplement, "Token-level"), each in units of its own
// standard deviation, so that the prior of all is a standard normal; and how they become a line, with the way back for
// gradients. A stroke starts near where it started, each sub-stroke has its control points and its scale near those of the
// parse and begins where the one before it ends; the whole is scaled and moved.
import type { InkLine } from '../image/image-model.js';
import { CONTROL_POINTS, makeSplineBasis } from '../parsing/b-spline.js';
import type { Parse } from '../parsing/parse-picture.js';
import { normalizeControl, SHAPE_SIZE, type SubStroke } from '../parsing/sub-strokes.js';

/** How drawings of one parse differ: standard deviations, and what holds together. */
export interface TokenNoise {
  /** Of control points, in units in which a sub-stroke's longest side is 105. */
  readonly shape: number;
  /** Of a sub-stroke's longest side, in widths of a picture. */
  readonly scale: number;
  /** Of where strokes start, in pixels of a picture 105 wide. */
  readonly startX: number;
  readonly startY: number;
  /** Of the whole drawing's scales and shift, in those of Omniglot's drawings. */
  readonly affine: number;
  /** Whether strokes that begin on another one go along with it (Lake's relations); otherwise each starts by itself. */
  readonly attached: boolean;
}

/** As Lake's program learned them from Omniglot's background strokes. */
export const TOKEN_NOISE: TokenNoise = {
  shape: 3.359,
  scale: 0.0277,
  startX: 1.354,
  startY: 1.206,
  affine: 1,
  attached: true,
};

/** Lake's "affine model": shapes, scales and starts stay as they are. */
export const AFFINE_NOISE: TokenNoise = { ...TOKEN_NOISE, shape: 0, scale: 0, startX: 0, startY: 0 };

/** Only places vary: strokes start elsewhere, the whole is neither scaled nor moved (Lake's "simple strokes"). */
export const POSITION_NOISE: TokenNoise = {
  shape: 0,
  scale: 0,
  startX: 8,
  startY: 8,
  affine: 0,
  attached: false,
};

/** Token noise of which shapes, scales and starts differ so many times as much. */
export function multiplyNoise(noise: TokenNoise, factor: number): TokenNoise {
  return {
    ...noise,
    shape: factor * noise.shape,
    scale: factor * noise.scale,
    startX: factor * noise.startX,
    startY: factor * noise.startY,
  };
}

/** Cholesky factor of the covariance of both scales, [.0470 .0223; .0223 .0359]. */
const SCALE_FACTOR = {
  xx: Math.sqrt(0.047),
  yx: 0.0223 / Math.sqrt(0.047),
  yy: Math.sqrt(0.0359 - 0.0223 ** 2 / 0.047),
};
/** Standard deviations of the whole drawing's shift in pixels. */
const SHIFT = [5.27, 5.09] as const;
/** The whole drawing's scales and shift. */
const AFFINE_NUMBERS = 4;
/** A stroke that begins no farther than this from another one, in pixels, begins on it: about the width of a line. */
const ATTACHMENT_REACH = 3;
/** Pixels of line for a point. */
const POINT_SPACING = 1.5;
/** The smallest scale that a sub-stroke can shrink to. */
const SMALLEST_SCALE = 0.2 / SHAPE_SIZE;

interface LaidSubStroke {
  readonly shape: Float64Array;
  readonly scale: number;
  readonly count: number;
  /** `[count, CONTROL_POINTS]` less the first row: places about where it begins. */
  readonly basis: Float64Array;
  /** Its first number, and its first point. */
  readonly number: number;
  readonly point: number;
}

interface LaidStroke {
  /** Its start in pixels, or about the point of an earlier stroke that it is attached to. */
  start: readonly [number, number];
  attachedTo: number | undefined;
  /** Its first number, and its first point. */
  readonly number: number;
  readonly point: number;
  readonly subStrokes: readonly LaidSubStroke[];
}

/** A parse as a function of numbers. */
export class TokenLayout {
  /** How many numbers there are: four for the whole, two for where each stroke starts, eleven for each sub-stroke. */
  readonly numbers: number;
  readonly line: InkLine;
  readonly #strokes: readonly LaidStroke[];
  readonly #noise: TokenNoise;
  readonly #centre: readonly [number, number];
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  #affine = { scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 0 };

  constructor(parse: Parse, noise: TokenNoise = TOKEN_NOISE) {
    this.#noise = noise;
    let number = AFFINE_NUMBERS;
    let point = 0;
    const starts: number[] = [];
    this.#strokes = parse.strokes.map(({ start, subStrokes }) => {
      const own = { start, attachedTo: undefined, number, point };
      starts.push(point);
      number += 2;
      point += 1;
      const laid = subStrokes.map(({ shape, scale }) => {
        const count = Math.max(2, Math.round((scale * polygonLength(shape)) / POINT_SPACING));
        const sub = { shape, scale, count, basis: basisAboutStart(count), number, point };
        number += 2 * CONTROL_POINTS + 1;
        point += count;
        return sub;
      });
      return { ...own, subStrokes: laid };
    });
    this.numbers = number;
    this.line = { x: new Float64Array(point), y: new Float64Array(point), isStart: new Uint8Array(point) };
    for (const first of starts) this.line.isStart[first] = 1;
    this.#x = new Float64Array(point);
    this.#y = new Float64Array(point);
    this.#centre = [0, 0];
    this.draw(new Float64Array(number));
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    this.#centre = [mean(this.#x), mean(this.#y)];
    if (noise.attached) for (const stroke of this.#strokes) this.#attach(stroke);
  }

  /** Ties a stroke to the point of an earlier stroke that it begins on, if it does. */
  #attach(stroke: LaidStroke): void {
    const [x, y] = stroke.start;
    let nearest = ATTACHMENT_REACH;
    for (let i = 0; i < stroke.point; i++) {
      const away = Math.hypot(this.#x[i]! - x, this.#y[i]! - y);
      if (away <= nearest) [nearest, stroke.attachedTo] = [away, i];
    }
    if (stroke.attachedTo !== undefined) {
      stroke.start = [x - this.#x[stroke.attachedTo]!, y - this.#y[stroke.attachedTo]!];
    }
  }

  /** Sets `line` to what the numbers `[numbers]` draw. */
  draw(numbers: Float64Array): void {
    const { shape: shapeNoise, scale: scaleNoise, startX, startY } = this.#noise;
    const [placesX, placesY] = [this.#x, this.#y];
    for (const { start, attachedTo, number, point, subStrokes } of this.#strokes) {
      let x = start[0] + startX * numbers[number]! + (attachedTo === undefined ? 0 : placesX[attachedTo]!);
      let y = start[1] + startY * numbers[number + 1]! + (attachedTo === undefined ? 0 : placesY[attachedTo]!);
      placesX[point] = x;
      placesY[point] = y;
      for (const sub of subStrokes) {
        const scale = scaleOf(sub, numbers, scaleNoise);
        const control = moveControl(sub, numbers, shapeNoise);
        const { basis, count } = sub;
        for (let i = 0, at = 0, to = sub.point; i < count; i++, to++) {
          let alongX = 0;
          let alongY = 0;
          for (let k = 0; k < CONTROL_POINTS; k++, at++) {
            const weight = basis[at]!;
            alongX += weight * control[k]!;
            alongY += weight * control[CONTROL_POINTS + k]!;
          }
          placesX[to] = x + scale * alongX;
          placesY[to] = y + scale * alongY;
        }
        x = placesX[sub.point + count - 1]!;
        y = placesY[sub.point + count - 1]!;
      }
    }
    const affine = readAffine(numbers, this.#noise.affine);
    this.#affine = affine;
    const [centreX, centreY] = this.#centre;
    const { x: lineX, y: lineY } = this.line;
    for (let i = 0; i < placesX.length; i++) {
      lineX[i] = centreX + affine.scaleX * (placesX[i]! - centreX) + affine.shiftX;
      lineY[i] = centreY + affine.scaleY * (placesY[i]! - centreY) + affine.shiftY;
    }
  }

  /** The gradient `[numbers]` by the numbers that were drawn last, from that by the line's points. */
  pullBack(numbers: Float64Array, byX: Float64Array, byY: Float64Array): Float64Array {
    const gradient = new Float64Array(this.numbers);
    const { shape: shapeNoise, scale: scaleNoise, startX, startY, affine } = this.#noise;
    const { scaleX, scaleY } = this.#affine;
    const [centreX, centreY] = this.#centre;
    const [placesX, placesY] = [this.#x, this.#y];
    // By places before the whole is scaled.
    const placeX = new Float64Array(byX.length);
    const placeY = new Float64Array(byY.length);
    let byScaleX = 0;
    let byScaleY = 0;
    let byShiftX = 0;
    let byShiftY = 0;
    for (let i = 0; i < byX.length; i++) {
      const [gx, gy] = [byX[i]!, byY[i]!];
      byScaleX += gx * (placesX[i]! - centreX);
      byScaleY += gy * (placesY[i]! - centreY);
      byShiftX += gx;
      byShiftY += gy;
      placeX[i] = scaleX * gx;
      placeY[i] = scaleY * gy;
    }
    gradient[0] = affine * (SCALE_FACTOR.xx * byScaleX + SCALE_FACTOR.yx * byScaleY);
    gradient[1] = affine * SCALE_FACTOR.yy * byScaleY;
    gradient[2] = affine * SHIFT[0] * byShiftX;
    gradient[3] = affine * SHIFT[1] * byShiftY;
    // From the last stroke to the first, and in each from the last sub-stroke to the first: what comes behind hangs on where
    // those before end, and on where it is attached.
    for (let s = this.#strokes.length - 1; s >= 0; s--) {
      const { attachedTo, number, point, subStrokes } = this.#strokes[s]!;
      let [behindX, behindY] = [0, 0];
      for (let part = subStrokes.length - 1; part >= 0; part--) {
        const sub = subStrokes[part]!;
        const { basis, count } = sub;
        const scale = scaleOf(sub, numbers, scaleNoise);
        const control = moveControl(sub, numbers, shapeNoise);
        const byControl = new Float64Array(2 * CONTROL_POINTS);
        let ownX = 0;
        let ownY = 0;
        for (let i = 0, at = 0, from = sub.point; i < count; i++, from++) {
          const isLast = i === count - 1;
          const gx = placeX[from]! + (isLast ? behindX : 0);
          const gy = placeY[from]! + (isLast ? behindY : 0);
          ownX += gx;
          ownY += gy;
          for (let k = 0; k < CONTROL_POINTS; k++, at++) {
            byControl[k]! += basis[at]! * gx;
            byControl[CONTROL_POINTS + k]! += basis[at]! * gy;
          }
        }
        let byScale = 0;
        for (let k = 0; k < 2 * CONTROL_POINTS; k++) {
          byScale += byControl[k]! * control[k]!;
          gradient[sub.number + 1 + k] = byControl[k]! * scale * shapeNoise;
        }
        // A scale at its least stays there.
        gradient[sub.number] = scale > SMALLEST_SCALE ? byScale * scaleNoise : 0;
        [behindX, behindY] = [ownX, ownY];
      }
      const [atStartX, atStartY] = [behindX + placeX[point]!, behindY + placeY[point]!];
      gradient[number] = startX * atStartX;
      gradient[number + 1] = startY * atStartY;
      if (attachedTo !== undefined) {
        placeX[attachedTo]! += atStartX;
        placeY[attachedTo]! += atStartY;
      }
    }
    return gradient;
  }

  /** The parse that draws of itself what these numbers draw of this one. */
  parseFrom(numbers: Float64Array, cost: number): Parse {
    this.draw(numbers);
    const { shape: shapeNoise, scale: scaleNoise } = this.#noise;
    const { scaleX, scaleY } = this.#affine;
    const strokes = this.#strokes.map(({ point, subStrokes }) => ({
      start: [this.line.x[point]!, this.line.y[point]!] as const,
      subStrokes: subStrokes.map((sub): SubStroke => {
        const shape = moveControl(sub, numbers, shapeNoise);
        return normalizeControl(drawControl(shape, scaleOf(sub, numbers, scaleNoise), scaleX, scaleY));
      }),
    }));
    return { strokes, cost };
  }

  /**
   * The numbers that give the whole these scales and this shift, with everything else as in the parse; all 0 where the
   * whole is held.
   */
  numbersFrom(scaleX: number, scaleY: number, shiftX: number, shiftY: number): Float64Array {
    const numbers = new Float64Array(this.numbers);
    const { affine } = this.#noise;
    if (affine === 0) return numbers;
    numbers[0] = (scaleX - 1) / (affine * SCALE_FACTOR.xx);
    numbers[1] = ((scaleY - 1) / affine - SCALE_FACTOR.yx * numbers[0]) / SCALE_FACTOR.yy;
    numbers[2] = shiftX / (affine * SHIFT[0]);
    numbers[3] = shiftY / (affine * SHIFT[1]);
    return numbers;
  }
}

/** Bases by their number of points: drawings of few lengths are made again and again. */
const basesAboutStart = new Map<number, Float64Array>();

/** Weights `[count, CONTROL_POINTS]` of places on a spline behind its start, about which they are. */
function basisAboutStart(count: number): Float64Array {
  let about = basesAboutStart.get(count);
  if (about === undefined) {
    const basis = makeSplineBasis(count + 1);
    const first = basis.slice(0, CONTROL_POINTS);
    about = basis.slice(CONTROL_POINTS).map((weight, i) => weight - first[i % CONTROL_POINTS]!);
    basesAboutStart.set(count, about);
  }
  return about;
}

function readAffine(numbers: Float64Array, noise: number) {
  return {
    scaleX: 1 + noise * SCALE_FACTOR.xx * numbers[0]!,
    scaleY: 1 + noise * (SCALE_FACTOR.yx * numbers[0]! + SCALE_FACTOR.yy * numbers[1]!),
    shiftX: noise * SHIFT[0] * numbers[2]!,
    shiftY: noise * SHIFT[1] * numbers[3]!,
  };
}

function scaleOf({ scale, number }: LaidSubStroke, numbers: Float64Array, noise: number): number {
  return Math.max(SMALLEST_SCALE, scale + noise * numbers[number]!);
}

/** Control points of a sub-stroke as the numbers move them, in units of its shape. */
function moveControl({ shape, number }: LaidSubStroke, numbers: Float64Array, noise: number): Float64Array {
  const control = new Float64Array(2 * CONTROL_POINTS);
  for (let k = 0; k < 2 * CONTROL_POINTS; k++) control[k] = shape[k]! + noise * numbers[number + 1 + k]!;
  return control;
}

/** Control points in pixels about any place. */
function drawControl(shape: Float64Array, scale: number, scaleX: number, scaleY: number): Float64Array {
  return shape.map((place, k) => place * scale * (k < CONTROL_POINTS ? scaleX : scaleY));
}

function polygonLength(shape: Float64Array): number {
  let length = 0;
  for (let k = 1; k < CONTROL_POINTS; k++) {
    length += Math.hypot(shape[k]! - shape[k - 1]!, shape[CONTROL_POINTS + k]! - shape[CONTROL_POINTS + k - 1]!);
  }
  return length;
}

/** The parse as it is, as a line. */
export function lineOfParse(parse: Parse): InkLine {
  const layout = new TokenLayout(parse);
  layout.draw(new Float64Array(layout.numbers));
  return layout.line;
}
