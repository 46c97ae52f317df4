// Strokes of fixed shapes and sizes (Lake et al. 2011, "One shot learning of simple visual concepts", and the "Simple
// Strokes" of Lake et al. 2013): each is replaced by the most alike of a thousand, which only its place tells from others.
import { CONTROL_POINTS, drawSpline, fitSpline } from './b-spline.js';
import type { Parse, Stroke } from './parse-picture.js';
import { STROKE_SHAPES } from './stroke-shapes.generated.js';
import { normalizeControl } from './sub-strokes.js';

/** Places at which a stroke is compared. */
const PLACES = 21;
/** Numbers of a shape: control points `[x0, …, x4, y0, …, y4]` in pixels about their mean. */
const NUMBERS = 2 * CONTROL_POINTS;

/** `[shapes, 10]`: the dictionary, whole pixels. */
let dictionary: Int8Array | undefined;

function readDictionary(): Int8Array {
  dictionary ??= Int8Array.from(atob(STROKE_SHAPES), (character) => character.charCodeAt(0));
  return dictionary;
}

/** The parse with each stroke as one spline of the dictionary, the middle of it where that of the stroke was. */
export function simplifyParse({ strokes, cost }: Parse): Parse {
  return { strokes: strokes.map(simplifyStroke), cost };
}

function simplifyStroke(stroke: Stroke): Stroke {
  const { shape, middle } = describeStroke(stroke);
  const shapes = readDictionary();
  let best = { distance: Number.POSITIVE_INFINITY, control: shape };
  for (let first = 0; first < shapes.length; first += NUMBERS) {
    // A line has no head: either direction will do.
    for (const control of [shapes.subarray(first, first + NUMBERS), reverse(shapes.subarray(first, first + NUMBERS))]) {
      let distance = 0;
      for (let k = 0; k < NUMBERS; k++) distance += (control[k]! - shape[k]!) ** 2;
      if (distance < best.distance) best = { distance, control: Float64Array.from(control) };
    }
  }
  const [begin] = drawSpline(best.control, PLACES);
  return { start: [middle[0] + begin![0], middle[1] + begin![1]], subStrokes: [normalizeControl(best.control)] };
}

/** A stroke as one spline: its control points in pixels about their mean, which is `middle`. */
export function describeStroke({ start, subStrokes }: Stroke): {
  readonly shape: Float64Array;
  readonly middle: readonly [number, number];
} {
  const places: [number, number][] = [[...start]];
  for (const { shape, scale } of subStrokes) {
    const curve = drawSpline(shape, PLACES);
    const [beginX, beginY] = curve[0]!;
    const [x, y] = places.at(-1)!;
    for (const [toX, toY] of curve.slice(1)) places.push([x + scale * (toX - beginX), y + scale * (toY - beginY)]);
  }
  const control = fitSpline(places);
  const mean = (first: number) =>
    control.slice(first, first + CONTROL_POINTS).reduce((a, b) => a + b, 0) / CONTROL_POINTS;
  const middle = [mean(0), mean(CONTROL_POINTS)] as const;
  return { shape: control.map((value, k) => value - middle[k < CONTROL_POINTS ? 0 : 1]), middle };
}

function reverse(shape: Int8Array): Int8Array {
  return shape.map((_, k) =>
    k < CONTROL_POINTS ? shape[CONTROL_POINTS - 1 - k]! : shape[3 * CONTROL_POINTS - 1 - k]!,
  );
}
