/**
 * Sums of products with small factors, kept unmultiplied: batch norm, its gradient and the optimizers' updates are
 * chains of them. Factors are merged with each other, pulled out of sums, and applied in one pass; on blocked activations
 * that pass is a depthwise 1×1 convolution, which multiplies, adds an offset, another activation and a relu at once.
 */
import { broadcastShapes, isSameShape, padRank, type Shape, sizeOf } from '../base/shapes.js';
import { addBlocked } from '../graph/nchwc.js';
import type { NumericType } from '../runtime/tensor-buffer.js';
import { addLinearPass, bindLinearForm, bindStored, isTileGradient } from './activation-passes.js';
import { constantValue, type LoweringContext } from './context.js';
import { elementwise } from './elementwise.js';
import { broadcastValue, canBeBlocked, fullNaturalName, isBlockedOnly, lastAxis, liftRank, nameIn } from './layouts.js';
import { type BoundLinearForm, type Names, type Term, Value } from './value.js';

/** Σ base · scale + offset */
interface LinearForm {
  readonly terms: readonly Term[];
  readonly offset: Value | null;
}

const MAX_FACTOR_ELEMENTS = 65536;
const MIN_RATIO = 8;

/** Returns whether a value is small beside a result of `shape`, so that work on it costs nothing. */
export function isSmall(value: Value, shape: Shape): boolean {
  const elements = sizeOf(value.stored);
  return elements <= MAX_FACTOR_ELEMENTS && elements * MIN_RATIO <= sizeOf(shape);
}

/** Returns a · b. */
export function multiply(context: LoweringContext, a: Value, b: Value, shape: Shape, dtype: NumericType): Value {
  if (dtype !== 'float32') return elementwise(context, 'Mul', [a, b], shape, dtype);
  if (a.constant === 1) return broadcastValue(context, b, shape);
  if (b.constant === 1) return broadcastValue(context, a, shape);
  const left = liftRank(context, a, shape.length);
  const right = liftRank(context, b, shape.length);
  const isLeftSmall = isSmall(left, shape);
  if (isLeftSmall !== isSmall(right, shape)) {
    const [factor, base] = isLeftSmall ? [left, right] : [right, left];
    const scaled = scaleValue(context, base, factor, shape);
    if (scaled) return scaled;
  } else if (!isLeftSmall) {
    const product = multiplyBases(context, left, right, shape);
    if (product) return product;
  } else if (sizeOf(broadcastShapes(left.stored, right.stored)) > MAX_FACTOR_ELEMENTS) {
    // Two small operands along different axes: their product may be large and is left to its consumer.
    return linearValue(context, shape, [{ base: broadcastValue(context, left, shape), scale: right }], null);
  }
  return multiplyActivations(context, left, right, shape) ?? elementwise(context, 'Mul', [left, right], shape, dtype);
}

/** Returns the deferred product of two blocked activations: often only its sums are needed. Null for other values. */
function multiplyActivations(context: LoweringContext, a: Value, b: Value, shape: Shape): Value | null {
  const areWhole = [a, b].every((value) => isSameShape(value.stored, shape) && canBeBlocked(context, value));
  if (!context.native || !areWhole) return null;
  const areBlocked = [a, b].every((value) => {
    if (!isPendingSum(value)) return isComputedInBlocks(value);
    const { terms, offset } = flattenForm(context, linearForm(value));
    return canComputeBlocked(context, terms, offset);
  });
  if (!areBlocked) return null;
  return new Value({
    shape,
    dtype: 'float32',
    compute: () => ({ ...elementwise(context, 'Mul', [a, b], shape, 'float32').names }),
    meaning: { kind: 'activationProduct', factors: [a, b] },
  });
}

/** Returns base · factor as an unmultiplied product, or null when storing it so would not save anything. */
function scaleValue(context: LoweringContext, base: Value, factor: Value, shape: Shape): Value | null {
  const fits = (term: Value) => isSameShape(broadcastShapes(term.stored, factor.stored), term.stored);
  if (!isSameShape(base.shape, shape)) return null;
  const { terms, offset } = linearForm(base);
  // A sum that is a result is stored in any case: reading it is one pass, computing it again is one for each term.
  const isStored = base.isResult && terms.length > 1;
  if (isStored || !terms.every((term) => fits(term.base)) || !isProductSmall(offset, factor, shape)) {
    return fits(base) ? linearValue(context, shape, [{ base, scale: factor }], null) : null;
  }
  const scaled = terms.map(({ base: inner, scale }) => ({
    base: inner,
    scale: scale ? multiplySmall(context, scale, factor) : factor,
  }));
  return linearValue(context, shape, scaled, offset && multiplySmall(context, offset, factor));
}

/** Returns whether offset · factor is small too, or there is no offset. */
function isProductSmall(offset: Value | null, factor: Value, shape: Shape): boolean {
  return !offset || (sizeOf(offset.stored) === 1 && isSmall(factor, shape));
}

/** (a · s) · (b · t) = (a · b) · (s · t): one pass over the large operands instead of three. */
function multiplyBases(context: LoweringContext, a: Value, b: Value, shape: Shape): Value | null {
  const [left, right] = [singleTerm(a), singleTerm(b)];
  if (!left.scale && !right.scale) return null;
  for (const [small, scale, other] of [
    [left.base, left.scale, b],
    [right.base, right.scale, a],
  ] as const) {
    // A factor along some axes and one along others: the first is applied to the other operand, then the second.
    if (!scale || !isSmall(small, shape)) continue;
    const scaled = scaleValue(context, other, small, shape);
    return scaled && linearValue(context, shape, [{ base: scaled, scale }], null);
  }
  const base =
    multiplyActivations(context, left.base, right.base, shape) ??
    elementwise(context, 'Mul', [left.base, right.base], shape, 'float32');
  const scale =
    left.scale && right.scale ? multiplySmall(context, left.scale, right.scale) : (left.scale ?? right.scale);
  return linearValue(context, shape, [{ base, scale }], null);
}

/** Returns a + b. */
export function addValues(context: LoweringContext, a: Value, b: Value, shape: Shape, dtype: NumericType): Value {
  if (a.constant === 0) return broadcastValue(context, b, shape);
  if (b.constant === 0) return broadcastValue(context, a, shape);
  const sum = dtype === 'float32' ? linearSum(context, a, b, shape) : null;
  return sum ?? elementwise(context, 'Add', [a, b], shape, dtype);
}

/** Returns a - b. */
export function subtractValues(context: LoweringContext, a: Value, b: Value, shape: Shape, dtype: NumericType): Value {
  if (b.constant === 0) return broadcastValue(context, a, shape);
  const centredOver = isMeanOf(b, a) ? b.meaning.axes : undefined;
  if (dtype === 'float32' && (isPendingSum(a) || isPendingSum(b) || isComputedInBlocks(a))) {
    // A mean per channel has the same form here whether its axes were kept or not, so that equal work is done once.
    const operand = shape.length === 4 && isPerChannel(b) ? lastAxis(context, b) : b;
    const minusOne = constantValue(context, -1, [], dtype);
    const negated = scaleValue(context, operand, minusOne, operand.shape) ?? negateSmall(context, operand);
    const sum = linearSum(context, a, negated, shape);
    if (sum) return centredOver ? withCentre(sum, centredOver) : sum;
  }
  const difference = elementwise(context, 'Sub', [a, b], shape, dtype);
  return centredOver ? withCentre(difference, centredOver) : difference;
}

type MeanValue = Value & { readonly meaning: { readonly kind: 'mean'; readonly axes: readonly number[] } };

/** Returns whether `mean` is the mean of `value` over some axes, in the shape that keeps them. */
function isMeanOf(mean: Value, value: Value): mean is MeanValue {
  const { meaning } = mean;
  if (meaning?.kind !== 'mean' || meaning.of !== value) return false;
  const kept = value.shape.map((size, axis) => (meaning.axes.includes(axis) ? 1 : size));
  return isSameShape(padRank(mean.shape, kept.length), kept);
}

function withCentre(value: Value, centredOver: readonly number[]): Value {
  return new Value({
    shape: value.shape,
    stored: value.stored,
    dtype: value.dtype,
    compute: () => ({ ...value.names }),
    meaning: value.meaning,
    centredOver,
  });
}

/** Returns the sum as one linear form, or null when plain addition is as good. */
function linearSum(context: LoweringContext, a: Value, b: Value, shape: Shape): Value | null {
  const left = liftRank(context, a, shape.length);
  const right = liftRank(context, b, shape.length);
  for (const [large, small] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isSmall(small, shape) || !isSameShape(large.stored, shape)) continue;
    if (large.isPrivate && isPendingSum(large)) {
      const { terms, offset } = linearForm(large);
      const sum = offset ? addOffsets(context, offset, small) : small;
      if (sum) return linearValue(context, shape, terms, sum);
    }
    if (!isPendingSum(large) && isComputedInBlocks(large) && isPerChannel(small))
      return linearValue(context, shape, [{ base: large, scale: null }], small);
    return null;
  }
  if (!isSameShape(left.stored, shape) || !isSameShape(right.stored, shape)) return null;
  if (!isPendingSum(left) && !isPendingSum(right)) return null;
  const terms = [...ownTerms(left), ...ownTerms(right)];
  return linearValue(context, shape, terms, null);
}

/** Terms to take over into a larger sum; a sum that others read too is computed once and then read. */
function ownTerms(value: Value): readonly Term[] {
  const { terms, offset } = linearForm(value);
  const isCheap = terms.length === 1 || value.isPrivate;
  return isCheap && !offset ? terms : [{ base: value, scale: null }];
}

/** Returns whether the value is a linear form that has not been computed. */
export function isPendingSum(value: Value): boolean {
  return value.isDeferred && value.meaning?.kind === 'linear';
}

/** Returns a pending linear form, or the value itself as its only term. */
export function linearForm(value: Value): LinearForm {
  if (value.isDeferred && value.meaning?.kind === 'linear') return value.meaning;
  return { terms: [{ base: value, scale: null }], offset: null };
}

function singleTerm(value: Value): Term {
  const { terms, offset } = linearForm(value);
  return terms.length === 1 && !offset ? terms[0]! : { base: value, scale: null };
}

/** Returns whether the value comes out of its computation in blocks; computes it for that. */
function isComputedInBlocks(value: Value): boolean {
  if (isTileGradient(value)) return true;
  void value.names;
  return isBlockedOnly(value);
}

/** Returns the sum of two offsets, or null when it is larger than both. */
function addOffsets(context: LoweringContext, a: Value, b: Value): Value | null {
  const shape = broadcastShapes(a.shape, b.shape);
  const size = sizeOf(broadcastShapes(a.stored, b.stored));
  if (size > Math.max(sizeOf(a.stored), sizeOf(b.stored))) return null;
  return elementwise(context, 'Add', [a, b], shape, 'float32');
}

function multiplySmall(context: LoweringContext, a: Value, b: Value): Value {
  if (a.constant === 1) return b;
  if (b.constant === 1) return a;
  return elementwise(context, 'Mul', [a, b], broadcastShapes(a.shape, b.shape), 'float32');
}

function negateSmall(context: LoweringContext, value: Value): Value {
  return elementwise(context, 'Neg', [value], value.shape, value.dtype);
}

/** Returns the deferred value Σ base · scale + offset. */
function linearValue(context: LoweringContext, shape: Shape, terms: readonly Term[], offset: Value | null): Value {
  const parts = [...terms.flatMap(({ base, scale }) => [base, scale]), offset];
  const stored = parts.flatMap((part) => (part ? [part.stored] : [])).reduce(broadcastShapes);
  return new Value({
    shape,
    stored,
    dtype: 'float32',
    meaning: { kind: 'linear', terms, offset },
    compute: () => computeLinear(context, flattenForm(context, { terms, offset }), shape, false),
    computeWithRelu: () => {
      const form = flattenForm(context, { terms, offset });
      return canComputeBlocked(context, form.terms, form.offset) ? computeLinear(context, form, shape, true) : null;
    },
  });
}

/**
 * Returns the form with the parts of pending sums of one activation in place of these sums: (x + a) · s + b is
 * x · s + (a · s + b), which native code computes in one pass. Other terms stay as they are.
 */
function flattenForm(context: LoweringContext, form: LinearForm): LinearForm {
  if (!context.native) return form;
  let { offset } = form;
  const terms = form.terms.map((term) => {
    const inner = isPendingSum(term.base) ? linearForm(term.base) : null;
    if (inner?.terms.length !== 1 || ![inner.terms[0]!.scale, inner.offset, term.scale, offset].every(fitsChannels)) {
      return term;
    }
    const [{ base, scale }] = inner.terms as [Term];
    const { offset: added } = inner;
    const scaled = added && term.scale ? multiplySmall(context, added, term.scale) : added;
    offset =
      offset && scaled
        ? elementwise(context, 'Add', [offset, scaled], smallShape(offset, scaled), 'float32')
        : (offset ?? scaled);
    return { base, scale: scale && term.scale ? multiplySmall(context, scale, term.scale) : (scale ?? term.scale) };
  });
  return { terms, offset };
}

const fitsChannels = (value: Value | null) => value === null || isPerChannel(value);

const smallShape = (a: Value, b: Value) => broadcastShapes(a.shape, b.shape);

function computeLinear(
  context: LoweringContext,
  { terms, offset }: LinearForm,
  shape: Shape,
  withRelu: boolean,
): Names {
  if (canComputeBlocked(context, terms, offset)) {
    return { blocked: computeBlocked(context, terms, offset, shape, withRelu) };
  }
  const products = terms.map(({ base, scale }) =>
    scale ? elementwise(context, 'Mul', [base, scale], shape, 'float32') : base,
  );
  const sum = products.reduce((left, right) => elementwise(context, 'Add', [left, right], shape, 'float32'));
  return { ...(offset ? elementwise(context, 'Add', [sum, offset], shape, 'float32') : sum).names };
}

function canComputeBlocked(context: LoweringContext, terms: readonly Term[], offset: Value | null): boolean {
  return (
    terms.every(({ base, scale }) => canBeBlocked(context, base) && (!scale || isPerChannel(scale))) &&
    (!offset || isPerChannel(offset)) &&
    terms.some(({ base }) => isComputedInBlocks(base))
  );
}

/** Returns an activation as a linear form of blocked ones, without storing a pending sum; null when it lies otherwise. */
export function bindActivation(context: LoweringContext, value: Value): BoundLinearForm | null {
  if (!canBeBlocked(context, value)) return null;
  if (isPendingSum(value)) {
    const { terms, offset } = flattenForm(context, linearForm(value));
    if (!canComputeBlocked(context, terms, offset)) return null;
    // A sum that others read too is computed once and then read.
    if (terms.length > 1 && !value.isPrivate) return bindStored(context, value);
    return bindLinearForm(context, terms, offset, value.shape[3]!) ?? bindStored(context, value);
  }
  return bindStored(context, value);
}

/** Returns whether a small value is one number per channel of an activation, or one for all. */
function isPerChannel(value: Value): boolean {
  return padRank(value.stored, 4)
    .slice(0, -1)
    .every((size) => size === 1);
}

/**
 * Each term is a depthwise 1×1 convolution that adds the sum so far; the first one adds the offset, the last one
 * applies relu. Height and width are one axis here, so that the kernel runs over long rows.
 */
function computeBlocked(
  context: LoweringContext,
  terms: readonly Term[],
  offset: Value | null,
  shape: Shape,
  withRelu: boolean,
): string {
  const { builder } = context;
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const form = context.native && bindLinearForm(context, terms, offset, channels);
  if (form) return addLinearPass(context, form, shape, withRelu);
  const perChannel = (value: Value) => fullNaturalName(context, broadcastValue(context, value, [channels]));
  let sum = '';
  terms.forEach(({ base, scale }, index) => {
    const flat = builder.reshape(nameIn(context, base, 'blocked'), [batch, channels, 1, height * width]);
    const weights = perChannel(scale ? lastAxis(context, scale) : constantValue(context, 1, [channels], 'float32'));
    const inputs = [flat, builder.reshape(weights, [channels, 1, 1, 1])];
    const bias = index === 0 && offset ? perChannel(lastAxis(context, offset)) : '';
    if (bias || sum) inputs.push(bias);
    if (sum) inputs.push(sum);
    const isLast = index === terms.length - 1;
    sum = addBlocked(builder, 'Conv', inputs, {
      kernel_shape: [1, 1],
      group: channels,
      ...(isLast && withRelu ? { activation: 'Relu' } : {}),
    });
  });
  return builder.reshape(sum, [batch, channels, height, width]);
}
