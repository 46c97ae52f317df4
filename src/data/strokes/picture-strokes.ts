// Pictures read as strokes once, each in the way that costs its pen least, in the form in which threads and files share them.
import { type InkPicture, lineOfParse, type Parse, parsePicture } from 'stroke-programs';
import { type PictureSet, pictureAt } from '../pictures/picture-set.js';
import { paintLine } from './paint-line.js';
import { readInk } from './read-ink.js';

/** Strokes of pictures; all places are in pixels of a picture of `STROKE_SIZE`. */
export interface PictureStrokes {
  /** `[pictures, 2]`: the picture's number in its set, ascending, and the radius of its pen. Only pictures that have strokes. */
  readonly pens: Float32Array;
  /** `[strokes, 3]`: the row of its picture in `pens`, ascending, and where the pen is put down, x and y. */
  readonly strokes: Float32Array;
  /** `[subStrokes, 12]`: the row of its stroke in `strokes`, ascending, its scale, and its shape as in `SubStroke`. */
  readonly subStrokes: Float32Array;
}

/** Numbers in a row of each. */
export const PEN_ROW = 2;
export const STROKE_ROW = 3;
export const SUB_STROKE_ROW = 12;

/** Changes whenever the same pictures give other strokes than before. */
export const STROKES_VERSION = 1;

/** A pen's radius lies in this range; halvings of it until the radius is found. */
const RADII = [0.2, 8] as const;
const HALVINGS = 8;

/** Reads one picture after the other. */
export interface StrokeReader {
  /** Adds the strokes of a picture, whose number is larger than those before. A picture that is no drawing, or blank, has none. */
  read(number: number): void;
  finish(): PictureStrokes;
}

/** A reader of the pictures of a set of ink; `parseOf` knows of some how they were drawn. */
export function startReading(set: PictureSet, parseOf?: (picture: number) => Parse | undefined): StrokeReader {
  const pens: number[] = [];
  const strokes: number[] = [];
  const subStrokes: number[] = [];
  return {
    read(number) {
      const parse = parseOf?.(number) ?? readParse(readInk(set, number));
      if (parse === undefined) return;
      for (const { start, subStrokes: parts } of parse.strokes) {
        for (const { scale, shape } of parts) subStrokes.push(strokes.length / STROKE_ROW, scale, ...shape);
        strokes.push(pens.length / PEN_ROW, ...start);
      }
      pens.push(number, findPenRadius(parse, set, number));
    },
    finish: () => ({ pens: share(pens), strokes: share(strokes), subStrokes: share(subStrokes) }),
  };
}

/** The parse of a certain walk: always where the pen has to turn least. */
function readParse(ink: InkPicture): Parse | undefined {
  return parsePicture(ink, { parses: 1, walks: 0 })?.parses[0];
}

/** The radius of the pen that leaves as much ink along the parse as the picture has. */
function findPenRadius(parse: Parse, set: PictureSet, number: number): number {
  const line = lineOfParse(parse);
  const painted = { pixels: new Uint8Array(set.width * set.width), size: set.width };
  const sum = (pixels: Uint8Array) => pixels.reduce((total, value) => total + value, 0);
  const wanted = sum(pictureAt(set, number));
  let [low, high]: [number, number] = [...RADII];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    paintLine(line, middle, painted);
    if (sum(painted.pixels) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Numbers in memory that threads share. */
function share(numbers: readonly number[]): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(4 * numbers.length));
  shared.set(numbers);
  return shared;
}
