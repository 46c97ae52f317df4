/** Operations on blocked activations as native programs that read each activation once (native/activation-passes.ts). */

import type { Window } from '../base/convolution-shape.js';
import type { Shape } from '../base/shapes.js';
import { addNative } from '../graph/native-nodes.js';
import {
  createActivationSums,
  createLinearPass,
  createMaxPool,
  createProductSums,
} from '../native/activation-passes.js';
import {
  type ActivationSize,
  countInputs,
  type FormParts,
  MAX_ACTIVATIONS,
  MAX_VECTORS,
  type Tiles,
} from '../native/linear-forms.js';
import type { LoweringContext } from './context.js';
import { broadcastValue, canBeBlocked, fullNaturalName, isBlockedOnly, lastAxis, nameIn } from './layouts.js';
import type { BoundLinearForm, Term, TileGradient, Value } from './value.js';

/** Returns whether a value is a gradient of max pooling that programs can compute where they use it. */
export function isTileGradient(
  value: Value,
): value is Value & { readonly meaning: { readonly kind: 'tileGradient'; readonly gradient: TileGradient } } {
  return value.isDeferred && value.meaning?.kind === 'tileGradient';
}

/**
 * Returns the form Σ base · scale + offset, or null when it has too many parts for one program; they have to fit blocks.
 * One gradient of max pooling among the activations is not stored for it.
 */
export function bindLinearForm(
  context: LoweringContext,
  terms: readonly Term[],
  offset: Value | null,
  channels: number,
): BoundLinearForm | null {
  if (terms.length > MAX_ACTIVATIONS) return null;
  const perChannel = (value: Value) =>
    fullNaturalName(context, broadcastValue(context, lastAxis(context, value), [channels]));
  const lazy = terms.find(({ base }) => isTileGradient(base));
  const ordered = lazy ? [lazy, ...terms.filter((term) => term !== lazy)] : terms;
  const gradient = lazy && isTileGradient(lazy.base) ? lazy.base.meaning.gradient : null;
  const stored = gradient ? ordered.slice(1) : ordered;
  const form: BoundLinearForm = {
    inputs: [
      ...(gradient ? [nameIn(context, gradient.dy, 'blocked'), ...gradient.pooled.inputs] : []),
      ...stored.map(({ base }) => nameIn(context, base, 'blocked')),
      ...ordered.flatMap(({ scale }) => (scale ? [perChannel(scale)] : [])),
      ...(offset ? [perChannel(offset)] : []),
    ],
    parts: {
      scales: ordered.map(({ scale }) => scale !== null),
      hasOffset: offset !== null,
      ...(gradient ? { gradient: { tiles: gradient.tiles, pooled: gradient.pooled.parts } } : {}),
    },
  };
  return fits(form.parts) ? form : null;
}

/** Returns whether one program can compute a gradient of max pooling without anything else. */
export function fitsAlone({ pooled, tiles }: TileGradient): boolean {
  return fits({ scales: [false], hasOffset: false, gradient: { tiles, pooled: pooled.parts } });
}

/** Returns whether the registers of one program are enough for the forms. */
function fits(...forms: readonly FormParts[]): boolean {
  const counts = forms.map(countInputs);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return (
    sum(counts.map(({ activations }) => activations)) <= MAX_ACTIVATIONS &&
    sum(counts.map(({ vectors }) => vectors)) <= MAX_VECTORS
  );
}

/** Returns an activation that exists in blocks, or is computed in blocks now, as a form; null when it lies otherwise. */
export function bindStored(context: LoweringContext, value: Value): BoundLinearForm | null {
  if (!canBeBlocked(context, value) || value.dtype !== 'float32') return null;
  if (!isTileGradient(value)) {
    void value.names;
    if (!isBlockedOnly(value)) return null;
  }
  return bindLinearForm(context, [{ base: value, scale: null }], null, value.shape[3]!);
}

function sizeOfActivations({ block }: LoweringContext, shape: Shape): ActivationSize {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return { batch, height, width, channels, block };
}

/** Returns the blocked name of a form over activations of `shape`, after relu when asked for. Needs native code. */
export function addLinearPass(
  context: LoweringContext,
  form: BoundLinearForm,
  shape: Shape,
  withRelu: boolean,
): string {
  const size = sizeOfActivations(context, shape);
  const key = `linear${JSON.stringify([size, form.parts, withRelu])}`;
  return addNative(context.builder, context.native!, form.inputs, key, (code) =>
    createLinearPass(code, size, form.parts, withRelu),
  )[0]!;
}

/** Returns whether windows lie side by side and inside the image. */
export function areTiles({ size, strides, padding }: Window): boolean {
  return strides.every((stride, axis) => stride === size[axis]) && padding.every((count) => count === 0);
}

/** Returns the blocked name of the maxima of a form over windows. Needs native code. */
export function addMaxPool(context: LoweringContext, form: BoundLinearForm, shape: Shape, tiles: Tiles): string {
  const size = sizeOfActivations(context, shape);
  const key = `maxPool${JSON.stringify([size, form.parts, tiles])}`;
  return addNative(context.builder, context.native!, form.inputs, key, (code) =>
    createMaxPool(code, size, form.parts, tiles),
  )[0]!;
}

/** Returns the name [N, C] of the sums over height and width of a form. Needs native code. */
export function addActivationSums(context: LoweringContext, form: BoundLinearForm, shape: Shape): string {
  const known = context.activationSums.get(describeForm(form));
  if (known !== undefined) return known;
  const size = sizeOfActivations(context, shape);
  const key = `sums${JSON.stringify([size, form.parts])}`;
  return addNative(context.builder, context.native!, form.inputs, key, (code) =>
    createActivationSums(code, size, form.parts),
  )[0]!;
}

/**
 * Returns the name [N, C] of the sums over height and width of the product of two forms, or null when they do not fit one
 * program. Those of one factor come for nothing: they are kept for `addActivationSums`. Needs native code.
 */
export function addProductSums(
  context: LoweringContext,
  a: BoundLinearForm,
  b: BoundLinearForm,
  shape: Shape,
): string | null {
  if ((a.parts.gradient && b.parts.gradient) || !fits(a.parts, b.parts)) return null;
  // a · b and b · a are one node.
  const isInOrder = a.parts.gradient ? true : b.parts.gradient ? false : `${a.inputs}` < `${b.inputs}`;
  const [left, right] = isInOrder ? [a, b] : [b, a];
  const size = sizeOfActivations(context, shape);
  const key = `productSums${JSON.stringify([size, left.parts, right.parts])}`;
  const inputs = [...left.inputs, ...right.inputs];
  const [products, values] = addNative(context.builder, context.native!, inputs, key, (code) =>
    createProductSums(code, size, left.parts, right.parts),
  );
  context.activationSums.set(describeForm(left), values!);
  return products!;
}

function describeForm({ inputs, parts }: BoundLinearForm): string {
  return JSON.stringify([inputs, parts]);
}
