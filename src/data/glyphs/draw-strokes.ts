// Strokes to antialiased ink: each is a chain of short segments, and a pixel's ink falls off linearly over one pixel at
// the pen's edge.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stroke through its points: as a curve (Catmull and Rom 1974) when smooth, else straight from point to point. */
export interface Stroke {
  readonly points: readonly Point[];
  readonly smooth: boolean;
}

export interface StrokePen {
  /**
   * Adds strokes to `ink`, `[size, size]`, 0 to 1; where strokes cross, the darker counts. `place` maps a stroke's
   * coordinates to the picture's, (0, 0) its upper left corner and (1, 1) its lower right one; `radius` is half the pen's
   * width in the same unit.
   */
  draw(ink: Float64Array, strokes: readonly Stroke[], place: (point: Point) => Point, radius: number): void;
}

/** Straight pieces between two points of a smooth stroke. */
const PIECES = 8;

/** A pen for pictures of `size` x `size`. */
export function createStrokePen(size: number): StrokePen {
  function drawSegment(ink: Float64Array, from: Point, to: Point, radius: number): void {
    const [x0, y0, x1, y1] = [from.x * size - 0.5, from.y * size - 0.5, to.x * size - 0.5, to.y * size - 0.5];
    const reach = radius * size + 0.5;
    const [dx, dy] = [x1 - x0, y1 - y0];
    const square = dx * dx + dy * dy || 1;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
    const right = Math.min(size - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
    const bottom = Math.min(size - 1, Math.floor(Math.max(y0, y1) + reach));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
        const [offX, offY] = [x - x0 - along * dx, y - y0 - along * dy];
        const distance = Math.sqrt(offX * offX + offY * offY);
        const cover = Math.min(1, reach - distance);
        const at = y * size + x;
        if (cover > ink[at]!) ink[at] = cover;
      }
    }
  }

  return {
    draw(ink, strokes, place, radius) {
      for (const stroke of strokes) {
        const path = pathOf(stroke).map(place);
        for (let i = 1; i < path.length; i++) drawSegment(ink, path[i - 1]!, path[i]!, radius);
      }
    },
  };
}

/** The points that a stroke is drawn through, straight from one to the next. */
export function pathOf({ points, smooth }: Stroke): readonly Point[] {
  return smooth ? smoothPath(points) : points;
}

function smoothPath(points: readonly Point[]): Point[] {
  const path: Point[] = [points[0]!];
  for (let i = 0; i + 1 < points.length; i++) {
    const [before, from, to, after] = [
      points[i - 1] ?? points[i]!,
      points[i]!,
      points[i + 1]!,
      points[i + 2] ?? points[i + 1]!,
    ];
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      path.push({
        x: catmullRom(before.x, from.x, to.x, after.x, t),
        y: catmullRom(before.y, from.y, to.y, after.y, t),
      });
    }
  }
  return path;
}

function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}
