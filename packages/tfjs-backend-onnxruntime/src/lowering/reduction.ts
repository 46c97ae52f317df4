/** Sums, means, extrema and products over axes. */
import { isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import { addBlocked } from '../graph/nchwc.js';
import type { LargestAttributes, ReductionAttributes } from '../recording/attributes.js';
import { ONNX_TYPES } from '../runtime/onnx-model.js';
import type { NumericType } from '../runtime/tensor-buffer.js';
import { addActivationSums, addProductSums } from './activation-passes.js';
import {
  attributesOf,
  constantValue,
  type Lowering,
  type LoweringContext,
  type LoweringTask,
  naturalValue,
} from './context.js';
import { castValue, elementwise } from './elementwise.js';
import { replaceNaN } from './exact-functions.js';
import {
  broadcastValue,
  existsIn,
  fullNameIn,
  fullNaturalName,
  isBlockedOnly,
  liftRank,
  nameIn,
  toChannelsFirst,
  view,
} from './layouts.js';
import { addValues, bindActivation, linearForm, multiply } from './linear.js';
import { type Layout, Value } from './value.js';
import { weightedSum } from './weighted-sum.js';

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

export const reductionLowerings: Readonly<Record<string, Lowering>> = {
  Sum: (task) => reduceNumbers('ReduceSum', task),
  Mean: (task) => reduceNumbers('ReduceMean', task),
  Max: (task) => reduceNumbers('ReduceMax', task),
  Min: (task) => reduceNumbers('ReduceMin', task),
  Prod: (task) => reduceNumbers('ReduceProd', task),
  All: (task) => reduceTruth('ReduceMin', task),
  Any: (task) => reduceTruth('ReduceMax', task),
  ArgMax: (task) => findExtremum('ArgMax', task),
  ArgMin: (task) => findExtremum('ArgMin', task),
  LargestValues: (task) => naturalValue(task, findLargest(task).values),
  LargestIndices: (task) => {
    const { builder } = task.context;
    return naturalValue(
      task,
      builder.add('Cast', [findLargest(task).indices], { attributes: { to: ONNX_TYPES.int32 } }),
    );
  },
};

type Task = LoweringTask;

function reduceNumbers(reduction: Reduction, task: Task): Value {
  const { context, shape, dtype } = task;
  const { axes } = attributesOf<ReductionAttributes>(task);
  const [input] = task.inputs as [Value];
  const countable = input.dtype === 'bool' ? castValue(context, input, 'int32') : input;
  const numbers = reduction === 'ReduceMean' ? castValue(context, countable, 'float32') : countable;
  return castValue(context, view(context, reduce(context, reduction, numbers, axes), shape), dtype);
}

function reduceTruth(reduction: Reduction, task: Task): Value {
  const { context, shape } = task;
  const { axes } = attributesOf<ReductionAttributes>(task);
  const numbers = castValue(context, task.inputs[0]!, 'int32');
  return view(context, castValue(context, reduce(context, reduction, numbers, axes), 'bool'), shape);
}

function findExtremum(operator: 'ArgMax' | 'ArgMin', task: Task): Value {
  const { context, shape } = task;
  const { axes } = attributesOf<ReductionAttributes>(task);
  const { builder } = context;
  const [given] = task.inputs as [Value];
  const input = castValue(context, given, given.dtype === 'bool' ? 'int32' : given.dtype);
  const isFloat = input.dtype === 'float32';
  const least = operator === 'ArgMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const comparable = isFloat ? replaceNaN(context, input, least) : input;
  const attributes = { axis: axes[0]!, keepdims: 0 };
  const index = builder.add(operator, [fullNaturalName(context, comparable)], { attributes });
  const natural = builder.add('Cast', [index], { attributes: { to: ONNX_TYPES.int32 } });
  if (!isFloat) return naturalValue(task, natural);
  // As the reference, which compares all others with the first one: nothing is larger than NaN.
  const first = builder.slice(fullNaturalName(context, input), [axes[0]!], [0], [1]);
  const startsWithNaN = builder.reshape(builder.add('IsNaN', [first]), shape);
  return naturalValue(task, builder.add('Where', [startsWithNaN, builder.scalar(0, 'int32'), natural]));
}

/** The largest numbers of the last axis, in descending order, and where they are; of equal ones the first comes first. */
function findLargest(task: Task): { values: string; indices: string } {
  const { context } = task;
  const count = context.builder.integers([attributesOf<LargestAttributes>(task).count]);
  const inputs = [fullNaturalName(context, task.inputs[0]!), count];
  const [values, indices] = context.builder.addMany('TopK', inputs, 2, { attributes: { axis: -1 } });
  return { values: values!, indices: indices! };
}

/** Returns the reduction with its axes kept as ones. */
function reduce(context: LoweringContext, reduction: Reduction, value: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return value;
  const kept = keepAxes(value.shape, axes);
  if (reduction === 'ReduceSum' || reduction === 'ReduceMean') {
    return reduceAverage(context, reduction, value, axes, kept);
  }
  const isExtremum = reduction === 'ReduceMax' || reduction === 'ReduceMin';
  if (isExtremum && value.dtype === 'float32') return reduceNumbersAndNaN(context, reduction, value, axes, kept);
  return reduceStored(context, reduction, value, axes, kept);
}

/** The library passes over NaN: where one is among the numbers, it is the result. */
function reduceNumbersAndNaN(
  context: LoweringContext,
  reduction: 'ReduceMax' | 'ReduceMin',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value {
  const marks = castValue(context, elementwise(context, 'IsNaN', [value], value.shape, 'bool'), 'float32');
  const hasNaN = castValue(context, reduceStored(context, 'ReduceMax', marks, axes, kept), 'bool');
  const extremum = reduceStored(context, reduction, value, axes, kept);
  const notANumber = constantValue(context, Number.NaN, [], 'float32');
  return elementwise(context, 'Where', [hasNaN, notANumber, extremum], kept, 'float32');
}

function reduceAverage(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value {
  const { dtype } = value;
  if (value.centredOver && isSameShape(value.centredOver, axes)) return constantValue(context, 0, kept, dtype);
  const factored = reduceBase(context, reduction, value, axes, kept);
  if (factored) return factored;
  const result =
    reduceInOnePass(context, reduction, value, axes, kept) ??
    reduceConstant(context, reduction, value, axes, kept) ??
    reduceStored(context, reduction, value, axes, kept);
  if (reduction !== 'ReduceMean') return result;
  return new Value({
    shape: kept,
    stored: result.stored,
    dtype,
    compute: () => ({ ...result.names }),
    meaning: { kind: 'mean', of: value, axes },
  });
}

/** Along axes where the value is constant, a sum is a multiplication; null where it varies along all of them. */
function reduceConstant(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value | null {
  const { dtype } = value;
  void value.names;
  const constantAxes = axes.filter((axis) => value.stored[axis] === 1 && value.shape[axis]! > 1);
  if (constantAxes.length === 0) return null;
  const count = constantAxes.reduce((product, axis) => product * value.shape[axis]!, 1);
  const inner = new Value({
    shape: keepAxes(value.shape, constantAxes),
    stored: value.stored,
    dtype,
    compute: () => ({ ...value.names }),
  });
  const otherAxes = axes.filter((axis) => !constantAxes.includes(axis));
  const partial = broadcastValue(context, reduce(context, reduction, inner, otherAxes), kept);
  if (reduction === 'ReduceMean') return partial;
  return multiply(context, partial, constantValue(context, count, [], dtype), kept, dtype);
}

/**
 * Reduces a pending linear form by its parts: Σ (base · scale) = (Σ base) · scale where the scale does not vary along the
 * axes, else a weighted sum; an offset is reduced apart. Null where the whole form has to be computed.
 */
function reduceBase(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value | null {
  const { terms, offset } = linearForm(value);
  const [{ base, scale }] = terms as [(typeof terms)[number]];
  if (terms.length > 1 || !scale) return null;
  const missing = value.shape.length - scale.stored.length;
  const isConstant = axes.every((axis) => (scale.stored[axis - missing] ?? 1) === 1);
  if (!isConstant && (reduction === 'ReduceMean' || !isSameShape(base.shape, value.shape))) return null;
  const product = isConstant
    ? multiply(context, reduce(context, reduction, base, axes), scale, kept, value.dtype)
    : weightedSum(context, base, liftRank(context, scale, value.shape.length), axes, kept);
  if (!product || !offset) return product;
  const offsets = reduce(context, reduction, broadcastValue(context, offset, value.shape), axes);
  return addValues(context, product, offsets, kept, value.dtype);
}

function reduceStored(
  context: LoweringContext,
  reduction: Reduction,
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value {
  void value.names;
  if (isBlockedOnly(value) && isOverPixels(axes) && (reduction === 'ReduceSum' || reduction === 'ReduceMean')) {
    return reduceBlocked(context, reduction, value, axes, kept);
  }
  const isActivation = value.shape.length === 4 && !existsIn(value, 'natural');
  const layout: Layout = isActivation ? 'channelsFirst' : 'natural';
  // What is stored once may be reduced as it is, unless its axes are partly broadcast.
  const isFull = axes.every((axis) => value.stored[axis] === value.shape[axis]);
  const input = isFull ? nameIn(context, value, layout) : fullNameIn(context, value, layout);
  const stored = isFull ? value.stored : value.shape;
  const name = isActivation
    ? reduceNode(context, reduction, input, toChannelsFirst(stored), axes.map(toChannelsFirstAxis), value.dtype)
    : reduceNode(context, reduction, input, stored, axes, value.dtype);
  const names = { [layout]: name };
  return new Value({ shape: kept, stored: keepAxes(stored, axes), dtype: value.dtype, names });
}
function reduceNode(
  context: LoweringContext,
  reduction: Reduction,
  input: string,
  shape: Shape,
  axes: readonly number[],
  dtype: NumericType = 'float32',
): string {
  const sorted = [...axes].sort((a, b) => a - b);
  const isSum = reduction === 'ReduceSum' || reduction === 'ReduceMean';
  if (isSum && dtype === 'float32') return sumInStrips(context, reduction, input, shape, sorted);
  return addReduction(context, reduction, input, sorted, true);
}

function addReduction(
  { builder }: LoweringContext,
  reduction: Reduction,
  input: string,
  axes: readonly number[],
  keepsAxes: boolean,
): string {
  const keepdims = keepsAxes ? 1 : 0;
  if (reduction === 'ReduceSum') {
    return builder.add(reduction, [input, builder.integers(axes)], { attributes: { keepdims } });
  }
  return builder.add(reduction, [input], { attributes: { axes, keepdims } });
}

/** Numbers that one node adds up: in one long sum small ones would lose their last digits, so it is a sum of sums. */
const STRIP_ELEMENTS = 1024;
/** A strip below this length is not worth a node of its own. */
const MIN_STRIP_ELEMENTS = 64;

function sumInStrips(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  input: string,
  shape: Shape,
  axes: readonly number[],
): string {
  const first = axes.findIndex((_, index) => sizeOf(axes.slice(index).map((axis) => shape[axis]!)) <= STRIP_ELEMENTS);
  if (first === 0) return addReduction(context, reduction, input, axes, true);
  const inner = first < 0 ? [] : axes.slice(first);
  if (inner.length > 0 && sizeOf(inner.map((axis) => shape[axis]!)) >= MIN_STRIP_ELEMENTS) {
    const sums = addReduction(context, reduction, input, inner, true);
    return sumInStrips(context, reduction, sums, keepAxes(shape, inner), axes.slice(0, first));
  }
  const longest = axes.reduce((a, b) => (shape[b]! > shape[a]! ? b : a));
  if (shape[longest]! <= STRIP_ELEMENTS) {
    const sums = addReduction(context, reduction, input, [longest], true);
    return sumInStrips(context, reduction, sums, keepAxes(shape, [longest]), axes);
  }
  return sumLongAxis(context, reduction, input, shape, axes, longest);
}

/** Sums strips of one axis, then what they gave. */
function sumLongAxis(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  input: string,
  shape: Shape,
  axes: readonly number[],
  axis: number,
): string {
  const { builder } = context;
  const length = shape[axis]!;
  const strip = findStrip(length);
  const strips = Math.ceil(length / strip);
  const zeros = strips * strip - length;
  if (zeros > 0 && reduction === 'ReduceMean') {
    const sum = sumInStrips(context, 'ReduceSum', input, shape, axes);
    return builder.add('Mul', [sum, builder.scalar(1 / sizeOf(axes.map((summed) => shape[summed]!)))]);
  }
  const none = shape.map(() => 0);
  const padded = builder.padZeros(input, none, none.with(axis, zeros));
  const split = builder.reshape(padded, shape.toSpliced(axis, 1, strips, strip));
  const sums = addReduction(context, reduction, split, [axis + 1], false);
  return sumInStrips(context, reduction, sums, shape.with(axis, strips), axes);
}

/** Returns the longest strip that divides a length, or the longest of all where that would be short. */
function findStrip(length: number): number {
  for (let strip = STRIP_ELEMENTS; strip >= MIN_STRIP_ELEMENTS; strip--) if (length % strip === 0) return strip;
  return STRIP_ELEMENTS;
}

/** Sums or averages over height and width in blocks, then over the batch, where little is left. */
function reduceBlocked(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value {
  const { builder } = context;
  const products = sumOfProducts(context, value);
  const sums = products ?? addBlocked(builder, 'GlobalAveragePool', [nameIn(context, value, 'blocked')], {});
  return reduceOverBatch(context, reduction, value, { name: sums, areMeans: products === null }, axes, kept);
}

/** Reduces sums or means over height and width, [N, C], over the batch too where it is among the axes. */
function reduceOverBatch(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  planes: { readonly name: string; readonly areMeans: boolean },
  axes: readonly number[],
  kept: Shape,
): Value {
  const [batch, height, width, channels] = value.shape as [number, number, number, number];
  const shape = [batch, 1, 1, channels];
  let natural = context.builder.reshape(planes.name, shape);
  if (axes.includes(0)) natural = reduceNode(context, reduction, natural, shape, [0]);
  const result = new Value({ shape: kept, dtype: value.dtype, names: { natural } });
  const area = height * width;
  const factor = (reduction === 'ReduceSum' ? area : 1) / (planes.areMeans ? 1 : area);
  return factor === 1
    ? result
    : multiply(context, result, constantValue(context, factor, [], value.dtype), kept, value.dtype);
}

/** Returns the reduction over activations without storing what is reduced, or null when that is not possible. */
function reduceInOnePass(
  context: LoweringContext,
  reduction: 'ReduceSum' | 'ReduceMean',
  value: Value,
  axes: readonly number[],
  kept: Shape,
): Value | null {
  const { meaning, shape } = value;
  if (!context.native || !isOverPixels(axes) || shape.length !== 4) return null;
  const factors = meaning?.kind === 'activationProduct' ? meaning.factors : [value];
  const forms = factors.map((factor) => bindActivation(context, factor));
  const [left, right] = forms;
  if (!left || right === null) return null;
  const name = right ? addProductSums(context, left, right, shape) : addActivationSums(context, left, shape);
  return name ? reduceOverBatch(context, reduction, value, { name, areMeans: false }, axes, kept) : null;
}

/**
 * Returns the sums over height and width of a product of two activations, which need not exist for that: a depthwise
 * convolution of the one with the other, whose every plane is a channel. Null for other values.
 */
function sumOfProducts(context: LoweringContext, { meaning, shape }: Value): string | null {
  if (meaning?.kind !== 'activationProduct') return null;
  const [left, right] = meaning.factors.map((factor) => nameIn(context, factor, 'blocked')) as [string, string];
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const planes = batch * channels;
  const { builder } = context;
  const activations = builder.reshape(left, [1, planes, height, width]);
  const filters = builder.reshape(right, [planes, 1, height, width]);
  return addBlocked(builder, 'Conv', [activations, filters], { kernel_shape: [height, width], group: planes });
}

function isOverPixels(axes: readonly number[]): boolean {
  return `${axes}` === '1,2' || `${axes}` === '0,1,2';
}

function toChannelsFirstAxis(axis: number): number {
  return [0, 2, 3, 1][axis]!;
}

function keepAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}
