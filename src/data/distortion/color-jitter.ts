// Random changes of a picture's colours: brightness, contrast, saturation and hue, in a random order, as torchvision's
// ColorJitter does them (the usual augmentation of photographs since Krizhevsky et al. 2012).
import type { RandomStream } from '../../base/random-stream.js';
import type { ColorJitter } from '../../config/experiment.js';

/** A change of `[pixels, 3]` colours in [0, 1], in place. */
type ColorChange = (colors: Float32Array) => void;

/** Changes `[pixels, 3]` colours in [0, 1] in place, by a draw from `random`; `strength` is a factor on the ranges. */
export function jitterColors(colors: Float32Array, jitter: ColorJitter, random: RandomStream, strength = 1): void {
  const factor = (range: number) => Math.max(0, 1 + random.between(-range, range) * strength);
  const changes: ColorChange[] = [];
  if (jitter.brightness > 0) changes.push(scaleFrom(factor(jitter.brightness), () => 0));
  if (jitter.contrast > 0) changes.push(scaleFrom(factor(jitter.contrast), meanGrey));
  if (jitter.saturation > 0) changes.push(saturate(factor(jitter.saturation)));
  if (jitter.hue > 0) changes.push(turnHue(random.between(-jitter.hue, jitter.hue) * strength));
  for (const change of random.sample(changes, changes.length)) change(colors);
}

// ITU-R BT.601 luma.
function greyAt(colors: Float32Array, at: number): number {
  return 0.299 * colors[at]! + 0.587 * colors[at + 1]! + 0.114 * colors[at + 2]!;
}

function meanGrey(colors: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < colors.length; at += 3) sum += greyAt(colors, at);
  return (3 * sum) / colors.length;
}

/** Moves every number away from (or towards) one of the picture's own. */
function scaleFrom(factor: number, centreOf: (colors: Float32Array) => number): ColorChange {
  return (colors) => {
    const centre = centreOf(colors);
    for (let i = 0; i < colors.length; i++) colors[i] = clip(centre + factor * (colors[i]! - centre));
  };
}

function saturate(factor: number): ColorChange {
  return (colors) => {
    for (let at = 0; at < colors.length; at += 3) {
      const grey = greyAt(colors, at);
      for (let c = at; c < at + 3; c++) colors[c] = clip(grey + factor * (colors[c]! - grey));
    }
  };
}

/** Turns hues by a part of the whole circle, in YIQ, where that is a rotation. */
function turnHue(turns: number): ColorChange {
  const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
  return (colors) => {
    for (let at = 0; at < colors.length; at += 3) {
      const [r, g, b] = [colors[at]!, colors[at + 1]!, colors[at + 2]!];
      const y = greyAt(colors, at);
      const i = 0.5959 * r - 0.2746 * g - 0.3213 * b;
      const q = 0.2115 * r - 0.5227 * g + 0.3112 * b;
      const [turnedI, turnedQ] = [cos * i - sin * q, sin * i + cos * q];
      colors[at] = clip(y + 0.956 * turnedI + 0.619 * turnedQ);
      colors[at + 1] = clip(y - 0.272 * turnedI - 0.647 * turnedQ);
      colors[at + 2] = clip(y - 1.106 * turnedI + 1.703 * turnedQ);
    }
  };
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
