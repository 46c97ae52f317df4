// How a person writes the characters of `glyphs`: a hand of one's own (slant, size, pen, wobble), and the chance of the moment.
import type { RandomStream } from '../../base/random-stream.js';
import type { Point, Stroke } from './draw-strokes.js';
import type { Glyph } from './glyph-alphabet.js';

/** What all drawings of one person share. */
export interface Hand {
  /** Shift to the side per unit of height. */
  readonly slant: number;
  readonly tiltRadians: number;
  readonly width: number;
  readonly height: number;
  /** Half the pen's width, in parts of the picture. */
  readonly penRadius: number;
  /** Smooth deviation from the true shape, in units of the glyph. */
  readonly wobble: number;
  /** Deviation of each point by itself, in units of the glyph. */
  readonly carelessness: number;
  /** Probability that a corner is drawn round. */
  readonly roundness: number;
  /** Where on the picture this person writes. */
  readonly place: Point;
}

export function inventHand(random: RandomStream): Hand {
  return {
    slant: 0.16 * random.normal(),
    tiltRadians: 0.09 * random.normal(),
    width: random.between(0.65, 1.05),
    height: random.between(0.65, 1.05),
    penRadius: random.between(0.018, 0.03),
    wobble: random.between(0.03, 0.11),
    carelessness: random.between(0.03, 0.09),
    roundness: random.between(0, 0.6),
    place: { x: 0.5 + 0.035 * random.normal(), y: 0.5 + 0.035 * random.normal() },
  };
}

/** One drawing: the strokes as this person makes them this time, and where they go on a picture from (0, 0) to (1, 1). */
export interface HandDrawing {
  readonly strokes: readonly Stroke[];
  readonly place: (point: Point) => Point;
  readonly penRadius: number;
}

export function drawByHand(random: RandomStream, hand: Hand, glyph: Glyph): HandDrawing {
  const bend = drawWobble(random, hand.wobble);
  const strokes = glyph.map(({ points, smooth }) => {
    // A stroke slips as a whole, and each of its points a little more.
    const slip = { x: hand.carelessness * random.normal(), y: hand.carelessness * random.normal() };
    const moved = points.map(({ x, y }) =>
      bend({
        x: x + slip.x + 0.5 * hand.carelessness * random.normal(),
        y: y + slip.y + 0.5 * hand.carelessness * random.normal(),
      }),
    );
    return { points: moved, smooth: smooth || random.chance(hand.roundness) };
  });
  const width = hand.width * (1 + 0.08 * random.normal());
  const height = hand.height * (1 + 0.08 * random.normal());
  const tilt = hand.tiltRadians + 0.05 * random.normal();
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const centre = { x: hand.place.x + 0.03 * random.normal(), y: hand.place.y + 0.03 * random.normal() };
  const unit = 0.37; // half a glyph, in parts of the picture
  const place = ({ x, y }: Point): Point => {
    const wide = width * (x - hand.slant * y);
    const high = height * y;
    return { x: centre.x + unit * (cos * wide - sin * high), y: centre.y + unit * (sin * wide + cos * high) };
  };
  return { strokes, place, penRadius: hand.penRadius * (1 + 0.08 * random.normal()) };
}

// A slow wave in each direction: neighbouring points move together, so that shapes are bent and not broken.
function drawWobble(random: RandomStream, amplitude: number): (point: Point) => Point {
  const wave = () => {
    const angle = random.between(0, 2 * Math.PI);
    const frequency = random.between(1, 2.5);
    const phase = random.between(0, 2 * Math.PI);
    const [u, v] = [frequency * Math.cos(angle), frequency * Math.sin(angle)];
    return ({ x, y }: Point) => 1.6 * amplitude * Math.sin(u * x + v * y + phase);
  };
  const [toSide, up] = [wave(), wave()];
  return (point) => ({ x: point.x + toSide(point), y: point.y + up(point) });
}
