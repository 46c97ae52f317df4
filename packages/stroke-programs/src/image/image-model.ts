// How strokes become a picture (Lake et al. 2015, supplement, "Image model", after Hinton and Nair 2006): ink is laid along
// the line, saturates, is blurred, and each pixel may be flipped. The log-likelihood of a picture comes with its gradient by
// every point of the line and by both noises.
//
// Departures: ink saturates by 1 - exp(-ink) where Lake's program cuts it off at 1, so that every point of a line has a
// gradient; a gain stands for his 3 x 3 filter; one blur has the width of his two, whose kernels are convolved.
import type { InkPicture } from '../ink-picture.js';
import { type BlurKernel, blurColumns, blurRows, makeBlurKernel, type Window } from './blur.js';

/** A picture at the resolution that it is compared at: the part of each cell that is ink. */
export interface TargetImage {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0 … 1. */
  readonly ink: Float64Array;
  /** Pixels of the picture along a cell's side. */
  readonly cell: number;
  /** Rows and columns that hold its ink: the first, and those behind the last. */
  readonly box: CellBox;
}

interface CellBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * The picture in cells of `cell` x `cell` pixels; those at its right and lower edge may reach beyond it, where there is
 * paper.
 */
export function makeTarget(picture: InkPicture, cell: number): TargetImage {
  const width = Math.ceil(picture.width / cell);
  const height = Math.ceil(picture.height / cell);
  const ink = new Float64Array(width * height);
  let [top, left, bottom, right] = [height, width, 0, 0];
  for (let at = 0; at < picture.ink.length; at++) {
    if (picture.ink[at] === 0) continue;
    const x = Math.floor((at % picture.width) / cell);
    const y = Math.floor(at / picture.width / cell);
    ink[y * width + x]! += 1 / (cell * cell);
    [top, left] = [Math.min(top, y), Math.min(left, x)];
    [bottom, right] = [Math.max(bottom, y + 1), Math.max(right, x + 1)];
  }
  return { width, height, ink, cell, box: { top, left, bottom, right } };
}

/** The noises of a picture. */
export interface ImageNoise {
  /** Standard deviation of one of the two blurs, in pixels of the picture; .5 … 16 (Lake's σ_b). */
  readonly blur: number;
  /** Probability that a pixel is flipped; 1e-4 … .5 (Lake's ε). */
  readonly flip: number;
}

/** A line as points; `[count]` each. */
export interface InkLine {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where the pen is put down: no ink is laid on the way to such a point. */
  readonly isStart: Uint8Array;
}

/** What a picture says of a line: its log-likelihood in nats and the gradient. */
export interface ImageLikelihood {
  readonly logLikelihood: number;
  /** By each point's place, `[count]`. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly blur: number;
  readonly flip: number;
}

/** Ink that a pixel of line lays. */
const INK_PER_PIXEL = 1;
/** Ink where a pen is put down, so that dots are seen: Lake's 2 units of ink a point. */
const INK_OF_START = 2;
/**
 * The gain of ink before it saturates, by the side of a cell. Lines come out 1.8, 3.1 and 3.5 pixels wide, where Lake's two
 * filters draw 6.3 and Omniglot's pens left 5: at 2 pixels a cell they hold 60 % of the ink.
 */
const GAINS: Readonly<Record<number, number>> = { 1: 8, 2: 4, 3: 2 };
/** Largest reach of the blurs' kernel in pixels; Lake's two windows of 11 x 11 reach as far. */
const BLUR_REACH = 10;

/** Draws lines and compares them with pictures of one size. Keeps its working memory; not to be shared by threads. */
export class ImageModel {
  readonly #width: number;
  readonly #height: number;
  readonly #cell: number;
  readonly #gain: number;
  /** Working arrays have a border of so many cells of paper all around. */
  readonly #border: number;
  readonly #stride: number;
  readonly #ink: Float64Array;
  readonly #full: Float64Array;
  readonly #half: Float64Array;
  readonly #probability: Float64Array;
  readonly #slope: Float64Array;
  readonly #spare: Float64Array;
  /** What lines were laid in since the arrays were last cleared. */
  #window: Window;

  constructor({ width, height, cell }: Pick<TargetImage, 'width' | 'height' | 'cell'>) {
    [this.#width, this.#height, this.#cell] = [width, height, cell];
    this.#gain = GAINS[cell] ?? 8 / cell ** 2;
    this.#border = Math.max(1, Math.round(BLUR_REACH / cell));
    this.#stride = width + 2 * this.#border;
    const size = this.#stride * (height + 2 * this.#border);
    this.#ink = new Float64Array(size);
    this.#full = new Float64Array(size);
    this.#half = new Float64Array(size);
    this.#probability = new Float64Array(size);
    this.#slope = new Float64Array(size);
    this.#spare = new Float64Array(size);
    this.#window = this.#wholeWindow();
  }

  /** Whether it draws pictures of the target's size. */
  fits({ width, height, cell }: Pick<TargetImage, 'width' | 'height' | 'cell'>): boolean {
    return width === this.#width && height === this.#height && cell === this.#cell;
  }

  /** The probability of ink in each cell, `[height, width]`: a copy. */
  draw(line: InkLine, noise: ImageNoise): Float64Array {
    this.#render(line, noise, this.#wholeWindow());
    const drawn = new Float64Array(this.#width * this.#height);
    for (let at = 0; at < drawn.length; at++) {
      const clean = this.#probability[this.#offset(Math.floor(at / this.#width)) + (at % this.#width)]!;
      drawn[at] = noise.flip + (1 - 2 * noise.flip) * clean;
    }
    return drawn;
  }

  /**
   * How likely the target is, each of its pixels by itself, and the gradient; that by the blur, which costs as much as
   * all others, only when asked for (otherwise 0). Ink outside the picture is not seen.
   */
  compare(line: InkLine, noise: ImageNoise, target: TargetImage, withBlur = false): ImageLikelihood {
    const reach = reachOf(noise, this.#cell);
    const window = this.#windowOf(line, target.box, reach);
    const kernel = this.#render(line, noise, window);
    const { flip } = noise;
    const pixels = this.#cell ** 2;
    const slope = this.#slope;
    const probability = this.#probability;
    const seenInk = target.ink;
    const keep = 1 - 2 * flip;
    const logFlip = Math.log(flip);
    const logPaper = Math.log(1 - flip);
    const { top, left, bottom, right, stride } = window;
    const cells = (bottom - top) * (right - left);
    // Cells outside the window are paper in both.
    let logLikelihood = (this.#width * this.#height - cells) * logPaper;
    let byFlip = -(this.#width * this.#height - cells) / (1 - flip);
    for (let row = top; row < bottom; row++) {
      const inTarget = (row - this.#border) * this.#width - this.#border;
      for (let column = left; column < right; column++) {
        const at = row * stride + column;
        const clean = probability[at]!;
        const ink = seenInk[inTarget + column]!;
        // Far from all ink, most cells: no logarithm is needed.
        if (clean < 1e-12) {
          logLikelihood += ink === 0 ? logPaper : ink * logFlip + (1 - ink) * logPaper;
          const bySeen = ink / flip - (1 - ink) / (1 - flip);
          byFlip += bySeen;
          slope[at] = bySeen * keep * pixels;
          continue;
        }
        const seen = flip + keep * clean;
        if (ink === 0) logLikelihood += Math.log(1 - seen);
        else if (ink === 1) logLikelihood += Math.log(seen);
        else logLikelihood += ink * Math.log(seen) + (1 - ink) * Math.log(1 - seen);
        const bySeen = (ink - seen) / (seen * (1 - seen));
        byFlip += bySeen * (1 - 2 * clean);
        slope[at] = bySeen * keep * pixels;
      }
    }
    const byBlur = withBlur ? this.#slopeOfBlur(kernel, window) / this.#cell : 0;
    // Backwards through columns, rows and saturation: a blur is its own adjoint.
    const back = this.#probability;
    blurColumns(slope, this.#spare, window, kernel.weights);
    blurRows(this.#spare, back, window, kernel.weights);
    const [full, gain] = [this.#full, this.#gain];
    for (let row = top; row < bottom; row++) {
      const end = row * stride + right;
      for (let at = row * stride + left; at < end; at++) back[at]! *= (1 - full[at]!) * gain;
    }
    return { logLikelihood: logLikelihood * pixels, ...this.#collect(line, back), blur: byBlur, flip: byFlip * pixels };
  }

  /** The slope by the standard deviation of the whole blur in cells, times √2: by that of one of the two. */
  #slopeOfBlur({ weights, slopes }: BlurKernel, window: Window): number {
    const columns = new Float64Array(this.#spare.length);
    blurRows(this.#full, this.#spare, window, slopes);
    blurColumns(this.#spare, columns, window, weights);
    let sum = dotIn(columns, this.#slope, window);
    blurColumns(this.#half, columns, window, slopes);
    sum += dotIn(columns, this.#slope, window);
    return sum * Math.SQRT2;
  }

  #wholeWindow(): Window {
    const [border, stride] = [this.#border, this.#stride];
    return { stride, top: border, left: border, bottom: border + this.#height, right: border + this.#width };
  }

  /** The cells that the line's ink reaches after two blurs, one forth and one back, and those of the target's ink. */
  #windowOf({ x, y }: InkLine, box: CellBox, reach: number): Window {
    let [lowX, lowY, highX, highY] = [this.#width, this.#height, 0, 0];
    for (let i = 0; i < x.length; i++) {
      lowX = Math.min(lowX, x[i]! / this.#cell);
      highX = Math.max(highX, x[i]! / this.#cell);
      lowY = Math.min(lowY, y[i]! / this.#cell);
      highY = Math.max(highY, y[i]! / this.#cell);
    }
    const border = this.#border;
    const away = reach + 2;
    return {
      stride: this.#stride,
      top: border + Math.max(0, Math.min(box.top, Math.floor(lowY) - away)),
      left: border + Math.max(0, Math.min(box.left, Math.floor(lowX) - away)),
      bottom: border + Math.min(this.#height, Math.max(box.bottom, Math.ceil(highY) + away)),
      right: border + Math.min(this.#width, Math.max(box.right, Math.ceil(highX) + away)),
    };
  }

  /** Fills the window of all arrays; what another window left outside of it becomes paper. */
  #render(line: InkLine, noise: ImageNoise, window: Window): BlurKernel {
    for (const array of [this.#ink, this.#full, this.#half, this.#spare, this.#slope]) clear(array, this.#window);
    this.#window = window;
    this.#lay(line);
    const { top, left, bottom, right, stride } = window;
    const [laid, full, gain] = [this.#ink, this.#full, this.#gain];
    for (let row = top; row < bottom; row++) {
      const end = row * stride + right;
      for (let at = row * stride + left; at < end; at++) {
        const ink = laid[at]!;
        if (ink !== 0) full[at] = 1 - Math.exp(-gain * ink);
      }
    }
    // Two blurs of one width are one of √2 times the width.
    const kernel = makeBlurKernel((Math.SQRT2 * noise.blur) / this.#cell, reachOf(noise, this.#cell));
    blurRows(this.#full, this.#half, window, kernel.weights);
    blurColumns(this.#half, this.#probability, window, kernel.weights);
    return kernel;
  }

  /** Divides the ink of each point among the four cells around it. */
  #lay({ x, y, isStart }: InkLine): void {
    for (let i = 0; i < x.length; i++) {
      const amount = isStart[i] === 1 ? INK_OF_START : Math.hypot(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!);
      const column = this.#toCells(x[i]!);
      const row = this.#toCells(y[i]!);
      const left = Math.floor(column);
      const top = Math.floor(row);
      if (!this.#isInside(left, top)) continue;
      const right = column - left;
      const down = row - top;
      const at = this.#offset(top) + left;
      const ink = (amount * INK_PER_PIXEL) / this.#cell;
      this.#ink[at]! += ink * (1 - right) * (1 - down);
      this.#ink[at + 1]! += ink * right * (1 - down);
      this.#ink[at + this.#stride]! += ink * (1 - right) * down;
      this.#ink[at + this.#stride + 1]! += ink * right * down;
    }
  }

  /** The gradient by places from that by the ink of each cell. */
  #collect({ x, y, isStart }: InkLine, byInk: Float64Array): Pick<ImageLikelihood, 'x' | 'y'> {
    const byX = new Float64Array(x.length);
    const byY = new Float64Array(x.length);
    const perCell = INK_PER_PIXEL / this.#cell;
    for (let i = 0; i < x.length; i++) {
      const isFirst = isStart[i] === 1;
      const dx = isFirst ? 0 : x[i]! - x[i - 1]!;
      const dy = isFirst ? 0 : y[i]! - y[i - 1]!;
      const length = Math.hypot(dx, dy);
      const amount = isFirst ? INK_OF_START : length;
      const column = this.#toCells(x[i]!);
      const row = this.#toCells(y[i]!);
      const left = Math.floor(column);
      const top = Math.floor(row);
      if (!this.#isInside(left, top)) continue;
      const right = column - left;
      const down = row - top;
      const at = this.#offset(top) + left;
      const a = byInk[at]!;
      const b = byInk[at + 1]!;
      const c = byInk[at + this.#stride]!;
      const d = byInk[at + this.#stride + 1]!;
      byX[i]! += (amount * perCell * ((b - a) * (1 - down) + (d - c) * down)) / this.#cell;
      byY[i]! += (amount * perCell * ((c - a) * (1 - right) + (d - b) * right)) / this.#cell;
      if (isFirst || length === 0) continue;
      const byAmount =
        perCell * (a * (1 - right) * (1 - down) + b * right * (1 - down) + c * (1 - right) * down + d * right * down);
      byX[i]! += (byAmount * dx) / length;
      byY[i]! += (byAmount * dy) / length;
      byX[i - 1]! -= (byAmount * dx) / length;
      byY[i - 1]! -= (byAmount * dy) / length;
    }
    return { x: byX, y: byY };
  }

  /** The middle of the first cell, which lies at (cell - 1) / 2 pixels, is 0. */
  #toCells(place: number): number {
    return (place - (this.#cell - 1) / 2) / this.#cell;
  }

  #isInside(left: number, top: number): boolean {
    return left >= 0 && top >= 0 && left < this.#width - 1 && top < this.#height - 1;
  }

  /** Where a row of the picture begins in the working arrays. */
  #offset(row: number): number {
    return (row + this.#border) * this.#stride + this.#border;
  }
}

function reachOf({ blur }: ImageNoise, cell: number): number {
  return Math.max(1, Math.min(Math.round(BLUR_REACH / cell), Math.ceil((3 * Math.SQRT2 * blur) / cell)));
}

function clear(array: Float64Array, { stride, top, left, bottom, right }: Window): void {
  for (let row = top; row < bottom; row++) array.fill(0, row * stride + left, row * stride + right);
}

function dotIn(a: Float64Array, b: Float64Array, { stride, top, left, bottom, right }: Window): number {
  let sum = 0;
  for (let row = top; row < bottom; row++) {
    for (let at = row * stride + left; at < row * stride + right; at++) sum += a[at]! * b[at]!;
  }
  return sum;
}
