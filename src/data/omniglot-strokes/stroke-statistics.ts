// What pens did, and what the program reads from the pictures that they left: for people who work with strokes.
import { extractSkeleton, lineOfParse, parsePicture } from 'stroke-programs';
import type { PictureSet } from '../pictures/picture-set.js';
import { readInk } from '../strokes/read-ink.js';
import { lengthOfStroke, lineOfPen, type PenDrawing, parseOfPen, placesOf } from './pen-drawing.js';

export interface Spread {
  readonly mean: number;
  /** Quartiles: a quarter, a half and three quarters of the values are not larger. */
  readonly quartiles: readonly [number, number, number];
}

export interface StrokeStatistics {
  readonly alphabets: number;
  readonly characters: number;
  readonly drawings: number;
  /** Of the pens: strokes of a drawing, sub-strokes of a stroke by splines (of the pictures that were read), pixels of a stroke, milliseconds of a stroke and of a drawing. */
  readonly strokes: Spread;
  readonly subStrokes: Spread;
  readonly length: Spread;
  readonly strokeMs: Spread;
  readonly drawingMs: Spread;
  /** Of the cheapest parse of each picture, beside its pen. */
  readonly parses: {
    /** Pictures that were read, every so many of all. */
    readonly count: number;
    readonly strokes: Spread;
    readonly subStrokes: Spread;
    /** Parts of the parses with exactly as many strokes as the pen drew, and with one more or less at most. */
    readonly sameStrokes: number;
    readonly nearStrokes: number;
    /** Mean distance in pixels of a place of the skeleton, and of the parse, from the pen's line; and of the pen from the parse. */
    readonly skeletonToPen: Spread;
    readonly parseToPen: Spread;
    readonly penToParse: Spread;
  };
}

/** The statistics of drawings and of every `every`th of their pictures, in the same order. */
export function measureStrokes(pens: readonly PenDrawing[], pictures: PictureSet, every: number): StrokeStatistics {
  const strokes = pens.flatMap((pen) => pen.strokes);
  const durations = (ms: Float64Array) => ms.at(-1)! - ms[0]!;
  const read = pens.flatMap((pen, picture) =>
    picture % every === 0 ? (compareParse(pen, pictures, picture) ?? []) : [],
  );
  const spreadOf = (value: (one: ComparedParse) => number) => spread(read.map(value));
  const share = (holds: (one: ComparedParse) => boolean) => read.filter(holds).length / read.length;
  return {
    alphabets: new Set(pens.map(({ alphabet }) => alphabet)).size,
    characters: new Set(pens.map(({ alphabet, character }) => `${alphabet}/${character}`)).size,
    drawings: pens.length,
    strokes: spread(pens.map((pen) => pen.strokes.length)),
    subStrokes: spread(read.flatMap((one) => one.penSubStrokes)),
    length: spread(strokes.map(lengthOfStroke)),
    strokeMs: spread(strokes.map(({ ms }) => durations(ms))),
    drawingMs: spread(pens.map((pen) => pen.strokes.at(-1)!.ms.at(-1)! - pen.strokes[0]!.ms[0]!)),
    parses: {
      count: read.length,
      strokes: spreadOf((one) => one.strokes),
      subStrokes: spread(read.flatMap((one) => one.subStrokes)),
      sameStrokes: share((one) => one.strokes === one.penStrokes),
      nearStrokes: share((one) => Math.abs(one.strokes - one.penStrokes) <= 1),
      skeletonToPen: spreadOf((one) => one.skeletonToPen),
      parseToPen: spreadOf((one) => one.parseToPen),
      penToParse: spreadOf((one) => one.penToParse),
    },
  };
}

interface ComparedParse {
  readonly penStrokes: number;
  readonly penSubStrokes: readonly number[];
  readonly strokes: number;
  readonly subStrokes: readonly number[];
  readonly skeletonToPen: number;
  readonly parseToPen: number;
  readonly penToParse: number;
}

type Places = readonly (readonly [number, number])[];

/** Undefined for a picture that cannot be read as strokes. */
function compareParse(pen: PenDrawing, pictures: PictureSet, picture: number): ComparedParse | undefined {
  const ink = readInk(pictures, picture);
  const parse = parsePicture(ink, { parses: 1 })?.parses[0];
  if (parse === undefined) return undefined;
  const [drawn, read] = [placesOf(lineOfPen(pen.strokes)), placesOf(lineOfParse(parse))];
  const skeleton = extractSkeleton(ink);
  return {
    penStrokes: pen.strokes.length,
    penSubStrokes: parseOfPen(pen.strokes).strokes.map(({ subStrokes }) => subStrokes.length),
    strokes: parse.strokes.length,
    subStrokes: parse.strokes.map(({ subStrokes }) => subStrokes.length),
    skeletonToPen: meanDistance([...skeleton.nodes, ...skeleton.edges.flatMap(({ path }) => path)], drawn),
    parseToPen: meanDistance(read, drawn),
    penToParse: meanDistance(drawn, read),
  };
}

/** The mean distance from places to the nearest of others. */
function meanDistance(from: Places, to: Places): number {
  let sum = 0;
  for (const [x, y] of from) {
    let least = Number.POSITIVE_INFINITY;
    for (const [otherX, otherY] of to) least = Math.min(least, (x - otherX) ** 2 + (y - otherY) ** 2);
    sum += Math.sqrt(least);
  }
  return sum / from.length;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    quartiles: [at(0.25), at(0.5), at(0.75)],
  };
}
