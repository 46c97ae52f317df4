/** Operations on blocked pictures as native programs that read each picture once (native/picture-passes.ts). */
import { addNative } from '../native/native-operators.js';
import {
  createLinearPass,
  createMaxPool,
  createMaxPoolGradient,
  createPictureSums,
  type FormParts,
  MAX_TERMS,
  type PictureSize,
} from '../native/picture-passes.js';
import type { Shape } from '../shapes.js';
import type { LoweringContext } from './context.js';
import { broadcastValue, canBeBlocked, fullNaturalName, isBlockedOnly, nameIn } from './layouts.js';
import { lastAxis } from './linear.js';
import type { Term, Value, Window } from './value.js';

/** A linear form with the names of its tensors, in the order that programs take them. */
export interface PictureForm {
  readonly inputs: readonly string[];
  readonly parts: FormParts;
}

/** Returns the form Σ base · scale + offset, or null when it is too long; its parts have to fit blocks. */
export function bindForm(
  context: LoweringContext,
  terms: readonly Term[],
  offset: Value | null,
  channels: number,
): PictureForm | null {
  if (terms.length > MAX_TERMS) return null;
  const perChannel = (value: Value) =>
    fullNaturalName(context, broadcastValue(context, lastAxis(context, value), [channels]));
  const scales = terms.flatMap(({ scale }) => (scale ? [perChannel(scale)] : []));
  return {
    inputs: [
      ...terms.map(({ base }) => nameIn(context, base, 'blocked')),
      ...scales,
      ...(offset ? [perChannel(offset)] : []),
    ],
    parts: { scales: terms.map(({ scale }) => scale !== null), hasOffset: offset !== null },
  };
}

/** Returns a picture that exists in blocks, or is computed in blocks now, as a form; null when it lies otherwise. */
export function bindPicture(context: LoweringContext, value: Value): PictureForm | null {
  if (!canBeBlocked(context, value) || value.dtype !== 'float32') return null;
  void value.names;
  if (!isBlockedOnly(value)) return null;
  return bindForm(context, [{ base: value, scale: null }], null, value.shape[3]!);
}

function sizeOfPictures({ block }: LoweringContext, shape: Shape): PictureSize {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return { batch, height, width, channels, block };
}

/** Returns the blocked name of a form over pictures of `shape`, after relu when asked for; null without native code. */
export function addLinearPass(
  context: LoweringContext,
  form: PictureForm,
  shape: Shape,
  withRelu: boolean,
): string | null {
  const { builder, native } = context;
  if (!native) return null;
  const size = sizeOfPictures(context, shape);
  const key = `linear${JSON.stringify([size, form.parts, withRelu])}`;
  return addNative(builder, native, form.inputs, key, (code) => createLinearPass(code, size, form.parts, withRelu))[0]!;
}

/** Returns whether windows lie side by side and inside the picture. */
export function areTiles({ size, strides, padding }: Window): boolean {
  return strides.every((stride, axis) => stride === size[axis]) && padding.every((count) => count === 0);
}

/** Returns the blocked name of the maxima of a form over tiles; null without native code. */
export function addMaxPool(
  context: LoweringContext,
  form: PictureForm,
  shape: Shape,
  window: Window,
  withRelu: boolean,
): string | null {
  const { builder, native } = context;
  if (!native || !areTiles(window)) return null;
  const size = sizeOfPictures(context, shape);
  const tiles = { window: window.size, withRelu };
  const key = `maxPool${JSON.stringify([size, form.parts, tiles])}`;
  return addNative(builder, native, form.inputs, key, (code) => createMaxPool(code, size, form.parts, tiles))[0]!;
}

/** Returns the blocked name of the gradient of those maxima; null without native code. */
export function addMaxPoolGradient(
  context: LoweringContext,
  dy: Value,
  form: PictureForm,
  shape: Shape,
  window: Window,
  withRelu: boolean,
): string | null {
  const { builder, native } = context;
  if (!native || !areTiles(window)) return null;
  const size = sizeOfPictures(context, shape);
  const tiles = { window: window.size, withRelu };
  const inputs = [nameIn(context, dy, 'blocked'), ...form.inputs];
  const key = `maxPoolGradient${JSON.stringify([size, form.parts, tiles])}`;
  return addNative(builder, native, inputs, key, (code) => createMaxPoolGradient(code, size, form.parts, tiles))[0]!;
}

/** Returns the name [N, C] of the sums over height and width of a form, or of a product; null without native code. */
export function addPictureSums(
  context: LoweringContext,
  left: PictureForm,
  right: PictureForm | null,
  shape: Shape,
): string | null {
  const { builder, native } = context;
  if (!native) return null;
  const size = sizeOfPictures(context, shape);
  const key = `sums${JSON.stringify([size, left.parts, right?.parts])}`;
  const inputs = [...left.inputs, ...(right?.inputs ?? [])];
  return addNative(builder, native, inputs, key, (code) =>
    createPictureSums(code, size, left.parts, right?.parts ?? null),
  )[0]!;
}
