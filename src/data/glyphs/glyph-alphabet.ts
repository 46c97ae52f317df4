// Invented alphabets for the data set `glyphs`: characters as strokes, with a style that the characters of an alphabet
// share and others do not. Geometry alone: hands are in glyph-hand.ts, pixels in draw-strokes.ts.
import type { RandomStream } from '../../base/random-stream.js';
import { createStrokePen, type Point, type Stroke } from './draw-strokes.js';

/** A character as it would stand in a primer: strokes within [-1, 1] x [-1, 1], x to the right, y down. */
export type Glyph = readonly Stroke[];

/** What the characters of an alphabet have in common. */
interface Style {
  /** Columns and rows of the points that strokes start, bend and end at. */
  readonly columns: number;
  readonly rows: number;
  readonly strokes: readonly [low: number, high: number];
  /** How far strokes bend away from straight, in parts of their length. */
  readonly curvature: number;
  /** How often each kind of stroke is chosen, in proportion. */
  readonly kinds: Readonly<Record<StrokeKind, number>>;
  /** Probability that a stroke starts where the last one ended. */
  readonly connection: number;
  /** Probability that a character is its own mirror image. */
  readonly symmetry: number;
  /** Parts that many of its characters are made with, as radicals and headlines are. */
  readonly radicals: readonly Stroke[];
  /** Probability that a character is built on a radical. */
  readonly radicalUse: number;
}

const STROKE_KINDS = ['bow', 'wave', 'corner', 'loop', 'dot'] as const;
type StrokeKind = (typeof STROKE_KINDS)[number];

/** Side of the sketches by which characters are compared, and how alike (cosine of their ink) two of an alphabet may be. */
const SKETCH_SIZE = 16;
const LIKENESS_LIMIT = 0.7;
const TRIES = 30;

/** What a character must measure in one direction at least: smaller ones are mere dots. */
const LEAST_EXTENT = 0.8;

/** `count` characters of one style, no two of them nearly alike. */
export function inventAlphabet(random: RandomStream, count: number): Glyph[] {
  const style = inventStyle(random);
  const pen = createStrokePen(SKETCH_SIZE);
  const sketches: Float64Array[] = [];
  const glyphs: Glyph[] = [];
  while (glyphs.length < count) {
    let best: { glyph: Glyph; sketch: Float64Array; likeness: number } | undefined;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const glyph = inventGlyph(random, style);
      const sketch = sketchGlyph(pen, glyph);
      const likeness = sketches.reduce((most, other) => Math.max(most, cosine(sketch, other)), 0);
      if (!best || likeness < best.likeness) best = { glyph, sketch, likeness };
      if (best.likeness < LIKENESS_LIMIT) break;
    }
    glyphs.push(best!.glyph);
    sketches.push(best!.sketch);
  }
  return glyphs;
}

function inventStyle(random: RandomStream): Style {
  const fewest = 1 + random.integer(3);
  const frame: Style = {
    columns: 2 + random.integer(3),
    rows: 3 + random.integer(2),
    strokes: [fewest, fewest + 1 + random.integer(2)],
    curvature: random.chance(0.3) ? 0 : random.between(0.1, 0.6),
    kinds: {
      bow: random.between(1, 3),
      wave: random.between(0, 0.8),
      corner: random.between(0, 2),
      loop: random.chance(0.6) ? random.between(0.2, 1.5) : 0,
      dot: random.chance(0.4) ? random.between(0.1, 0.6) : 0,
    },
    connection: random.between(0.1, 0.9),
    symmetry: random.chance(0.3) ? random.between(0.2, 0.5) : 0,
    radicals: [],
    radicalUse: random.between(0.2, 0.7),
  };
  const radicals = Array.from({ length: 1 + random.integer(4) }, () =>
    inventStroke(random, frame, drawAnchor(random, frame)),
  );
  return { ...frame, radicals };
}

function inventGlyph(random: RandomStream, style: Style): Glyph {
  for (;;) {
    const glyph = composeGlyph(random, style);
    const points = glyph.flatMap((stroke) => stroke.points);
    const extent = (values: number[]) => Math.max(...values) - Math.min(...values);
    if (Math.max(extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y))) >= LEAST_EXTENT) return glyph;
  }
}

function composeGlyph(random: RandomStream, style: Style): Glyph {
  const [low, high] = style.strokes;
  const count = low + random.integer(high - low + 1);
  const strokes: Stroke[] = random.chance(style.radicalUse) ? [random.pick(style.radicals)] : [];
  let pen = drawAnchor(random, style);
  for (let i = 0; i < count; i++) {
    const stroke = inventStroke(random, style, random.chance(style.connection) ? pen : drawAnchor(random, style));
    strokes.push(stroke);
    pen = stroke.points.at(-1)!;
  }
  return random.chance(style.symmetry) ? [...strokes, ...strokes.map(mirrorStroke)] : strokes;
}

function drawAnchor(random: RandomStream, { columns, rows }: Style): Point {
  const place = (count: number) => -0.85 + (1.7 * random.integer(count)) / (count - 1);
  return { x: place(columns) + random.between(-0.12, 0.12), y: place(rows) + random.between(-0.12, 0.12) };
}

function inventStroke(random: RandomStream, style: Style, start: Point): Stroke {
  const kind = pickKind(random, style.kinds);
  if (kind === 'dot') return { points: [start, { x: start.x + 0.06, y: start.y + 0.04 }], smooth: false };
  if (kind === 'loop') return inventLoop(random, start);
  const end = drawDistantAnchor(random, style, start);
  const bend = () => (random.chance(0.5) ? 1 : -1) * style.curvature * random.between(0.5, 1.2);
  if (kind === 'bow') return { points: [start, beside(start, end, 0.5, bend()), end], smooth: true };
  if (kind === 'corner') {
    const corner = beside(start, end, random.between(0.3, 0.7), random.pick([-1, 1]) * random.between(0.35, 0.7));
    return { points: [start, corner, end], smooth: false };
  }
  const sway = random.pick([-1, 1]) * random.between(0.2, 0.35);
  return { points: [start, beside(start, end, 0.27, sway), beside(start, end, 0.73, -sway), end], smooth: true };
}

// Most of an ellipse around or beside the start.
function inventLoop(random: RandomStream, start: Point): Stroke {
  const width = random.between(0.22, 0.5);
  const height = random.between(0.22, 0.5);
  const from = random.between(0, 2 * Math.PI);
  const sweep = random.pick([-1, 1]) * random.between(1.3, 2) * Math.PI;
  const steps = 8;
  const points = Array.from({ length: steps + 1 }, (_, i) => {
    const angle = from + (sweep * i) / steps;
    return {
      x: start.x * 0.7 + width * (Math.cos(angle) - Math.cos(from) * 0.5),
      y: start.y * 0.7 + height * (Math.sin(angle) - Math.sin(from) * 0.5),
    };
  });
  return { points, smooth: true };
}

function drawDistantAnchor(random: RandomStream, style: Style, start: Point): Point {
  for (;;) {
    const end = drawAnchor(random, style);
    if (Math.hypot(end.x - start.x, end.y - start.y) > 0.5) return end;
  }
}

function pickKind(random: RandomStream, kinds: Style['kinds']): StrokeKind {
  let rest = random.uniform() * STROKE_KINDS.reduce((sum, kind) => sum + kinds[kind], 0);
  for (const kind of STROKE_KINDS) {
    rest -= kinds[kind];
    if (rest < 0) return kind;
  }
  return 'bow';
}

/** The point at `along` of the way from start to end, `aside` of its length to the side. */
function beside(start: Point, end: Point, along: number, aside: number): Point {
  const dx = end.x - start.x;
  const dy = end.y - start.y;
  return { x: start.x + along * dx - aside * dy, y: start.y + along * dy + aside * dx };
}

function mirrorStroke({ points, smooth }: Stroke): Stroke {
  return { points: points.map(({ x, y }) => ({ x: -x, y })), smooth };
}

// A thick pen, so that strokes which nearly meet count as alike.
function sketchGlyph(pen: ReturnType<typeof createStrokePen>, glyph: Glyph): Float64Array {
  const ink = new Float64Array(SKETCH_SIZE * SKETCH_SIZE);
  pen.draw(ink, glyph, ({ x, y }) => ({ x: (x + 1.2) / 2.4, y: (y + 1.2) / 2.4 }), 0.06);
  return ink;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb || 1);
}
