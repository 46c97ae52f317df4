// Pictures drawn anew from their strokes: control points, scales and starts moved as hands differ, and the whole scaled and
// shifted (Lake et al. 2015, supplement, "Token-level"), then drawn with a pen that lays as much ink as the picture's own.
import { multiplyNoise, type Parse, type Stroke, type SubStroke, TOKEN_NOISE, TokenLayout } from 'stroke-programs';
import type { RandomStream } from '../../base/random-stream.js';
import type { Strokes } from '../../config/experiment.js';
import { paintLine } from '../strokes/paint-line.js';
import { PEN_ROW, type PictureStrokes, STROKE_ROW, SUB_STROKE_ROW } from '../strokes/picture-strokes.js';

/**
 * A picture drawn anew, `[size, size]` bytes that the next draw uses again; undefined where the picture is to stay as it is:
 * by chance, or since it has no strokes.
 */
export type StrokeDrawer = (picture: number, random: RandomStream) => Uint8Array | undefined;

/** A drawer of pictures of `size` x `size`. */
export function createStrokeDrawer(
  { probability, tokenNoise, affineNoise }: Strokes,
  strokes: PictureStrokes,
  size: number,
): StrokeDrawer {
  const noise = { ...multiplyNoise(TOKEN_NOISE, tokenNoise), affine: affineNoise };
  const painted = { pixels: new Uint8Array(size * size), size };
  const characters = indexStrokes(strokes);
  return (picture, random) => {
    if (!random.chance(probability)) return undefined;
    const character = characters.get(picture);
    if (character === undefined) return undefined;
    const layout = new TokenLayout(character.read(), noise);
    layout.draw(Float64Array.from({ length: layout.numbers }, () => random.normal()));
    paintLine(layout.line, character.radius, painted);
    return painted.pixels;
  };
}

interface StoredCharacter {
  readonly radius: number;
  readonly read: () => Parse;
}

/** Characters by the numbers of their pictures. Parses are made when they are drawn: thousands of them take much memory. */
function indexStrokes({ pens, strokes, subStrokes }: PictureStrokes): Map<number, StoredCharacter> {
  const strokesFrom = findFirsts(strokes, STROKE_ROW, pens.length / PEN_ROW);
  const subStrokesFrom = findFirsts(subStrokes, SUB_STROKE_ROW, strokes.length / STROKE_ROW);
  const readSubStroke = (row: number): SubStroke => {
    const numbers = subStrokes.subarray(row * SUB_STROKE_ROW, (row + 1) * SUB_STROKE_ROW);
    return { scale: numbers[1]!, shape: Float64Array.from(numbers.subarray(2)) };
  };
  const readStroke = (row: number): Stroke => ({
    start: [strokes[row * STROKE_ROW + 1]!, strokes[row * STROKE_ROW + 2]!],
    subStrokes: range(subStrokesFrom[row]!, subStrokesFrom[row + 1]!).map(readSubStroke),
  });
  const characters = new Map<number, StoredCharacter>();
  for (let row = 0; row < pens.length / PEN_ROW; row++) {
    characters.set(pens[row * PEN_ROW]!, {
      radius: pens[row * PEN_ROW + 1]!,
      read: () => ({ strokes: range(strokesFrom[row]!, strokesFrom[row + 1]!).map(readStroke), cost: 0 }),
    });
  }
  return characters;
}

/** `[count + 1]`: the first row of each owner, whose number is the first of a row, and the end of all. */
function findFirsts(rows: Float32Array, width: number, count: number): Int32Array {
  const firsts = new Int32Array(count + 1);
  for (let at = 0; at < rows.length; at += width) firsts[rows[at]! + 1] = at / width + 1;
  // An owner without rows begins and ends where the one before it ends.
  for (let owner = 1; owner <= count; owner++) firsts[owner] = Math.max(firsts[owner]!, firsts[owner - 1]!);
  return firsts;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
