// Drawings as the pen made them: places and times, in Omniglot's files of strokes (README of brendenlake/omniglot).
import { divideStroke, type InkLine, type Parse } from 'stroke-programs';

/** What the pen drew before it was lifted; `[count]` each. */
export interface PenStroke {
  /** In pixels of the picture, from its upper left corner. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Milliseconds since the drawing began. */
  readonly ms: Float64Array;
}

/** One drawing of a character. */
export interface PenDrawing {
  readonly alphabet: string;
  /** `character01`. */
  readonly character: string;
  /** Counted from 0. */
  readonly drawer: number;
  readonly strokes: readonly PenStroke[];
}

/**
 * The strokes of a file: lines `x,y,ms` between START and BREAK, y downwards and negative. Throws an Error that names the first
 * line that is none of these.
 */
export function parsePenStrokes(text: string): PenStroke[] {
  const strokes: PenStroke[] = [];
  let points: number[][] = [];
  const endStroke = () => {
    if (points.length > 0) {
      const column = (at: number, sign: number) => Float64Array.from(points, (point) => sign * point[at]!);
      strokes.push({ x: column(0, 1), y: column(1, -1), ms: column(2, 1) });
    }
    points = [];
  };
  for (const [index, line] of text.trim().split(/\r?\n/).entries()) {
    if (line === 'BREAK') endStroke();
    else if (line !== 'START') {
      const point = line.split(',').map(Number);
      if (point.length !== 3 || !point.every(Number.isFinite)) {
        throw new Error(`line ${index + 1} is ${JSON.stringify(line.slice(0, 40))}; expected START, BREAK or x,y,ms`);
      }
      points.push(point);
    }
  }
  endStroke();
  return strokes;
}

/** Pixels of line between two points. */
const SPACING = 1.5;

/** The drawing as points at even distances. */
export function lineOfPen(strokes: readonly PenStroke[]): InkLine {
  const [x, y, isStart]: [number[], number[], number[]] = [[], [], []];
  for (const { x: penX, y: penY } of strokes) {
    penX.forEach((toX, i) => {
      const [fromX, fromY, toY] = [penX[Math.max(0, i - 1)]!, penY[Math.max(0, i - 1)]!, penY[i]!];
      const away = Math.hypot(toX - fromX, toY - fromY);
      if (i > 0 && away === 0) return;
      const steps = i === 0 ? 1 : Math.ceil(away / SPACING);
      for (let step = 1; step <= steps; step++) {
        x.push(fromX + ((toX - fromX) * step) / steps);
        y.push(fromY + ((toY - fromY) * step) / steps);
        isStart.push(i === 0 ? 1 : 0);
      }
    });
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), isStart: Uint8Array.from(isStart) };
}

/** The drawing as strokes of splines, as pictures are read. */
export function parseOfPen(strokes: readonly PenStroke[]): Parse {
  return {
    strokes: strokes.map((stroke) => {
      const places = placesOf(lineOfPen([stroke]));
      return { start: places[0]!, subStrokes: divideStroke(places) };
    }),
    cost: 0,
  };
}

/** The places of a line. */
export function placesOf({ x, y }: Pick<InkLine, 'x' | 'y'>): (readonly [x: number, y: number])[] {
  return Array.from(x, (left, i) => [left, y[i]!] as const);
}

/** How far the pen went while it was down, in pixels. */
export function lengthOfStroke({ x, y }: PenStroke): number {
  let length = 0;
  for (let i = 1; i < x.length; i++) length += Math.hypot(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!);
  return length;
}
