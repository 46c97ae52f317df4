// The numbers that one drawing of a parse is made of (Lake et al. 2015, supplement, "Token-level"), each in units of its own
// standard deviation, so that the prior of all is a standard normal; and how they become a line, with the way back for
// gradients. A stroke starts near where it started, each sub-stroke has its control points and its scale near those of the
// parse and begins where the one before it ends; the whole is scaled and moved.
import type { InkLine } from '../image/image-model.js';
import { CONTROL_POINTS, makeSplineBasis } from '../parsing/b-spline.js';
import type { Parse } from '../parsing/parse-picture.js';
import { SHAPE_SIZE } from '../parsing/sub-strokes.js';

/** Standard deviations of what differs from drawing to drawing. */
export interface TokenNoise {
  /**
   * Of control points, in units in which a sub-stroke's longest side is 105. 0 keeps shapes, scales and starts as they
   * are: Lake's "affine model".
   */
  readonly shape: number;
  /** Of a sub-stroke's longest side, in widths of a picture. */
  readonly scale: number;
  /** Of where strokes start, in pixels of a picture 105 wide. */
  readonly startX: number;
  readonly startY: number;
}

/** As Lake's program learned them from Omniglot's background strokes. */
export const TOKEN_NOISE: TokenNoise = { shape: 3.359, scale: 0.0277, startX: 1.354, startY: 1.206 };

/** Cholesky factor of the covariance of both scales, [.0470 .0223; .0223 .0359]. */
const SCALE_FACTOR = {
  xx: Math.sqrt(0.047),
  yx: 0.0223 / Math.sqrt(0.047),
  yy: Math.sqrt(0.0359 - 0.0223 ** 2 / 0.047),
};
/** Standard deviations of the whole drawing's shift in pixels. */
const SHIFT = [5.27, 5.09] as const;
/** The whole drawing's scales and shift. */
export const AFFINE_NUMBERS = 4;
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
  readonly start: readonly [number, number];
  /** Its first number. */
  readonly number: number;
  readonly point: number;
  readonly subStrokes: readonly LaidSubStroke[];
}

/** A parse as a function of numbers. */
export class TokenLayout {
  /** How many numbers there are. The first four are log-free scales and shift of the whole. */
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
    const isRigid = noise.shape === 0;
    let number = AFFINE_NUMBERS;
    let point = 0;
    const starts: number[] = [];
    this.#strokes = parse.strokes.map(({ start, subStrokes }) => {
      const own = { start, number, point };
      starts.push(point);
      number += isRigid ? 0 : 2;
      point += 1;
      const laid = subStrokes.map(({ shape, scale }) => {
        const count = Math.max(2, Math.round((scale * polygonLength(shape)) / POINT_SPACING));
        const basis = makeSplineBasis(count + 1);
        const first = basis.slice(0, CONTROL_POINTS);
        const about = basis.slice(CONTROL_POINTS).map((weight, i) => weight - first[i % CONTROL_POINTS]!);
        const sub = { shape, scale, count, basis: about, number, point };
        number += isRigid ? 0 : 2 * CONTROL_POINTS + 1;
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
  }

  /** Sets `line` to what the numbers `[numbers]` draw. */
  draw(numbers: Float64Array): void {
    const { shape: shapeNoise, scale: scaleNoise, startX, startY } = this.#noise;
    const isRigid = shapeNoise === 0;
    for (const { start, number, point, subStrokes } of this.#strokes) {
      let x = start[0] + (isRigid ? 0 : startX * numbers[number]!);
      let y = start[1] + (isRigid ? 0 : startY * numbers[number + 1]!);
      this.#x[point] = x;
      this.#y[point] = y;
      for (const sub of subStrokes) {
        const scale = isRigid ? sub.scale : scaleOf(sub, numbers, scaleNoise);
        for (let i = 0; i < sub.count; i++) {
          let [alongX, alongY] = [0, 0];
          for (let k = 0; k < CONTROL_POINTS; k++) {
            const weight = sub.basis[i * CONTROL_POINTS + k]!;
            const [a, b] = [k, CONTROL_POINTS + k];
            alongX += weight * (sub.shape[a]! + (isRigid ? 0 : shapeNoise * numbers[sub.number + 1 + a]!));
            alongY += weight * (sub.shape[b]! + (isRigid ? 0 : shapeNoise * numbers[sub.number + 1 + b]!));
          }
          this.#x[sub.point + i] = x + scale * alongX;
          this.#y[sub.point + i] = y + scale * alongY;
        }
        x = this.#x[sub.point + sub.count - 1]!;
        y = this.#y[sub.point + sub.count - 1]!;
      }
    }
    const affine = readAffine(numbers);
    this.#affine = affine;
    const [centreX, centreY] = this.#centre;
    for (let i = 0; i < this.#x.length; i++) {
      this.line.x[i] = centreX + affine.scaleX * (this.#x[i]! - centreX) + affine.shiftX;
      this.line.y[i] = centreY + affine.scaleY * (this.#y[i]! - centreY) + affine.shiftY;
    }
  }

  /** The gradient `[numbers]` by the numbers that were drawn last, from that by the line's points. */
  pullBack(numbers: Float64Array, byX: Float64Array, byY: Float64Array): Float64Array {
    const gradient = new Float64Array(this.numbers);
    const { shape: shapeNoise, scale: scaleNoise, startX, startY } = this.#noise;
    const { scaleX, scaleY } = this.#affine;
    const [centreX, centreY] = this.#centre;
    let [byScaleX, byScaleY, byShiftX, byShiftY] = [0, 0, 0, 0];
    for (let i = 0; i < byX.length; i++) {
      byScaleX += byX[i]! * (this.#x[i]! - centreX);
      byScaleY += byY[i]! * (this.#y[i]! - centreY);
      byShiftX += byX[i]!;
      byShiftY += byY[i]!;
    }
    gradient[0] = SCALE_FACTOR.xx * byScaleX + SCALE_FACTOR.yx * byScaleY;
    gradient[1] = SCALE_FACTOR.yy * byScaleY;
    gradient[2] = SHIFT[0] * byShiftX;
    gradient[3] = SHIFT[1] * byShiftY;
    if (shapeNoise === 0) return gradient;
    for (const { number, point, subStrokes } of this.#strokes) {
      // From the last sub-stroke to the first: what comes behind hangs on where each ends.
      let [behindX, behindY] = [0, 0];
      for (const sub of [...subStrokes].reverse()) {
        const scale = scaleOf(sub, numbers, scaleNoise);
        let byScale = 0;
        let [ownX, ownY] = [0, 0];
        for (let i = 0; i < sub.count; i++) {
          const isLast = i === sub.count - 1;
          const gx = scaleX * byX[sub.point + i]! + (isLast ? behindX : 0);
          const gy = scaleY * byY[sub.point + i]! + (isLast ? behindY : 0);
          ownX += gx;
          ownY += gy;
          for (let k = 0; k < CONTROL_POINTS; k++) {
            const weight = sub.basis[i * CONTROL_POINTS + k]!;
            const [a, b] = [sub.number + 1 + k, sub.number + 1 + CONTROL_POINTS + k];
            gradient[a]! += gx * scale * shapeNoise * weight;
            gradient[b]! += gy * scale * shapeNoise * weight;
            byScale += gx * weight * (sub.shape[k]! + shapeNoise * numbers[a]!);
            byScale += gy * weight * (sub.shape[CONTROL_POINTS + k]! + shapeNoise * numbers[b]!);
          }
        }
        // A scale at its least stays there.
        gradient[sub.number] = scale > SMALLEST_SCALE ? byScale * scaleNoise : 0;
        [behindX, behindY] = [ownX, ownY];
      }
      gradient[number] = startX * (behindX + scaleX * byX[point]!);
      gradient[number + 1] = startY * (behindY + scaleY * byY[point]!);
    }
    return gradient;
  }

  /** The numbers that give the whole these scales and this shift, with everything else as in the parse. */
  numbersFrom(scaleX: number, scaleY: number, shiftX: number, shiftY: number): Float64Array {
    const numbers = new Float64Array(this.numbers);
    numbers[0] = (scaleX - 1) / SCALE_FACTOR.xx;
    numbers[1] = (scaleY - 1 - SCALE_FACTOR.yx * numbers[0]) / SCALE_FACTOR.yy;
    numbers[2] = shiftX / SHIFT[0];
    numbers[3] = shiftY / SHIFT[1];
    return numbers;
  }
}

function readAffine(numbers: Float64Array) {
  return {
    scaleX: 1 + SCALE_FACTOR.xx * numbers[0]!,
    scaleY: 1 + SCALE_FACTOR.yx * numbers[0]! + SCALE_FACTOR.yy * numbers[1]!,
    shiftX: SHIFT[0] * numbers[2]!,
    shiftY: SHIFT[1] * numbers[3]!,
  };
}

function scaleOf({ scale, number }: LaidSubStroke, numbers: Float64Array, noise: number): number {
  return Math.max(SMALLEST_SCALE, scale + noise * numbers[number]!);
}

function polygonLength(shape: Float64Array): number {
  let length = 0;
  for (let k = 1; k < CONTROL_POINTS; k++) {
    length += Math.hypot(shape[k]! - shape[k - 1]!, shape[CONTROL_POINTS + k]! - shape[CONTROL_POINTS + k - 1]!);
  }
  return length;
}
