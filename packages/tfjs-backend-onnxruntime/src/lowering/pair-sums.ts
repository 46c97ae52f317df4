/**
 * Sums over differences of all pairs of rows, x_iu - y_ju: weighted distances Σ_u w_u |x_iu - y_ju| and their gradients. As
 * native programs they store no number for each pair and unit, which would be the largest tensors of a step.
 */
import { isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import { addNative } from '../graph/native-nodes.js';
import {
  canSumUnits,
  createPairDistances,
  createPairSums,
  type OfDifference,
  type PairShape,
  padColumns,
} from '../native/pair-sums.js';
import type { LoweringContext } from './context.js';
import { naturalName } from './layouts.js';
import type { Value } from './value.js';

/** Below this, a program saves nothing. */
const MIN_NUMBERS = 4096;
/** Rows, columns and groups that are added one after the other. */
const MAX_SUMMED = 1024;

/** Differences of rows [groups, rows, 1, units] and columns [groups, 1, columns, units]. */
interface Pairs {
  readonly shape: PairShape;
  readonly rows: Value;
  readonly columns: Value;
  /** Whether rows are taken from columns. */
  readonly isReversed: boolean;
}

/** Returns the names of Σ_u w_u |d_iju|, [groups, rows, columns], or null where `base` is no |d| or w varies over pairs. */
export function weightedDistances(context: LoweringContext, base: Value, weights: Value): string | null {
  const { native, builder } = context;
  const pairs = findPairs(differenceOf(base, 'size'));
  const units = base.shape.at(-1)!;
  if (!native || !pairs || sizeOf(weights.stored) !== units || weights.stored.at(-1) !== units) return null;
  const { groups, rows, columns } = pairs.shape;
  const shape = { ...pairs.shape, columns: padColumns(native.vectors, columns) };
  const last = groups.length + 1;
  const transposed = builder.transpose(nameColumns(context, pairs), swapLast(last + 1));
  const zeros = new Array<number>(last + 1).fill(0);
  const inputs = [
    nameRows(context, pairs),
    builder.padZeros(transposed, zeros, zeros.with(last, shape.columns - columns)),
    builder.reshape(naturalName(context, weights), [units]),
  ];
  const key = `pairDistances${JSON.stringify(shape)}`;
  const [distances] = addNative(builder, native, inputs, key, (code) => createPairDistances(code, shape));
  if (shape.columns === columns) return distances!;
  return builder.reshape(builder.slice(distances!, [last], [0], [columns]), [...groups, rows, columns]);
}

/**
 * Returns the name of Σ f_ij φ(d_iju) over rows, over columns, or over all pairs and groups, [units] then; null where `base`
 * is not φ(d), a step or a size, or the factors are not one for each pair.
 */
export function weightedDifferences(
  context: LoweringContext,
  base: Value,
  factors: Value,
  axes: readonly number[],
): string | null {
  const { native, builder } = context;
  const what = base.meaning?.kind === 'step' ? 'step' : 'size';
  const pairs = findPairs(differenceOf(base, what));
  const last = base.shape.length - 1;
  if (!native || !pairs || !canSumUnits(native.vectors, pairs.shape)) return null;
  if (sizeOf(factors.stored) !== sizeOf(base.shape.slice(0, -1)) || axes.includes(last)) return null;
  const { groups, rows, columns } = pairs.shape;
  if ([rows, columns, sizeOf(groups)].some((size) => size > MAX_SUMMED)) return null;
  const named = builder.reshape(naturalName(context, factors), [...groups, rows, columns]);
  if (`${axes}` === `${last - 1}`) return addSums(context, pairs, named, what);
  if (`${axes}` === `${last - 2}`) {
    const { shape, rows: x, columns: y, isReversed } = pairs;
    const swapped = { ...shape, rows: columns, columns: rows };
    const transposed = builder.transpose(named, swapLast(last));
    return addSums(context, { shape: swapped, rows: y, columns: x, isReversed: !isReversed }, transposed, what);
  }
  if (axes.length !== last) return null;
  let sums = addSums(context, pairs, named, what);
  for (let axis = last - 2; axis >= 0; axis--) {
    sums = builder.add('ReduceSum', [sums, builder.integers([axis])], { attributes: { keepdims: 0 } });
  }
  return sums;
}

function addSums(context: LoweringContext, pairs: Pairs, factors: string, what: OfDifference): string {
  const { shape, isReversed } = pairs;
  const key = `pairSums${JSON.stringify([shape, what, isReversed])}`;
  const inputs = [nameRows(context, pairs), nameColumns(context, pairs), factors];
  return addNative(context.builder, context.native!, inputs, key, (code) =>
    createPairSums(code, shape, what, isReversed),
  )[0]!;
}

/** Returns d where a value is φ(d). */
function differenceOf(value: Value, what: OfDifference): Value | null {
  const { meaning } = value;
  if (what === 'step') return meaning?.kind === 'step' ? meaning.of : null;
  return meaning?.kind === 'elementwise' && meaning.operator === 'Abs' ? meaning.operands[0]! : null;
}

function findPairs(difference: Value | null): Pairs | null {
  const meaning = difference?.meaning;
  if (meaning?.kind !== 'elementwise' || meaning.operator !== 'Sub' || difference!.dtype !== 'float32') return null;
  const { shape } = difference!;
  const last = shape.length - 1;
  if (last < 2 || sizeOf(shape) < MIN_NUMBERS) return null;
  const areRows = (value: Value) => isSameShape(value.stored, shape.with(last - 1, 1));
  const areColumns = (value: Value) => isSameShape(value.stored, shape.with(last - 2, 1));
  const [first, second] = meaning.operands as [Value, Value];
  const isReversed = areColumns(first) && areRows(second);
  if (!isReversed && !(areRows(first) && areColumns(second))) return null;
  const [rows, columns] = isReversed ? [second, first] : [first, second];
  const [countRows, countColumns, units] = shape.slice(last - 2) as [number, number, number];
  return {
    shape: { groups: shape.slice(0, last - 2), rows: countRows, columns: countColumns, units },
    rows,
    columns,
    isReversed,
  };
}

function nameRows(context: LoweringContext, { rows, shape }: Pairs): string {
  return context.builder.reshape(naturalName(context, rows), [...shape.groups, shape.rows, shape.units]);
}

function nameColumns(context: LoweringContext, { columns, shape }: Pairs): string {
  return context.builder.reshape(naturalName(context, columns), [...shape.groups, shape.columns, shape.units]);
}

/** Returns the permutation of `rank` axes that changes the places of the last two. */
function swapLast(rank: number): Shape {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
