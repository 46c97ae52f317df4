/**
 * Sums of products with a small factor that varies along the summed axes, as products of matrices: Σ_j w_j x_ij reads x
 * once and stores nothing of its size. Distances of all pairs of embeddings and their gradients are such sums.
 */
import { isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import type { LoweringContext } from './context.js';
import { existsIn, fullNaturalName, naturalName } from './layouts.js';
import { weightedDifferences, weightedDistances } from './pair-sums.js';
import { Value } from './value.js';

/**
 * Returns Σ base · factor over `axes`, which stay as ones, or null when it is not a product of matrices: the axes are
 * the last one, or several that end before the last one.
 */
export function weightedSum(
  context: LoweringContext,
  base: Value,
  factor: Value,
  axes: readonly number[],
  kept: Shape,
): Value | null {
  const { shape } = base;
  const pairs = sumOverPairs(context, base, factor, axes);
  if (pairs)
    return new Value({ shape: kept, dtype: 'float32', names: { natural: context.builder.reshape(pairs, kept) } });
  void base.names;
  if (!isSameShape(base.stored, shape) || !existsIn(base, 'natural') || shape.length < 2) return null;
  const name = sumOverLastAxis(context, base, factor, axes) ?? sumOverRows(context, base, factor, axes);
  if (!name) return null;
  return new Value({ shape: kept, dtype: 'float32', names: { natural: context.builder.reshape(name, kept) } });
}

function sumOverPairs(context: LoweringContext, base: Value, factor: Value, axes: readonly number[]): string | null {
  const isOverUnits = `${axes}` === `${base.shape.length - 1}`;
  return isOverUnits ? weightedDistances(context, base, factor) : weightedDifferences(context, base, factor, axes);
}

/** [rows, columns] · [columns, 1] */
function sumOverLastAxis(context: LoweringContext, base: Value, factor: Value, axes: readonly number[]): string | null {
  const columns = base.shape.at(-1)!;
  if (`${axes}` !== `${base.shape.length - 1}` || sizeOf(factor.stored) !== columns) return null;
  if (factor.stored.at(-1) !== columns) return null;
  const { builder } = context;
  const matrix = builder.reshape(fullNaturalName(context, base), [-1, columns]);
  return builder.add('MatMul', [matrix, builder.reshape(naturalName(context, factor), [columns, 1])]);
}

/** [..., 1, rows] · [..., rows, columns], where the factor is the same in all columns */
function sumOverRows(context: LoweringContext, base: Value, factor: Value, axes: readonly number[]): string | null {
  const { shape } = base;
  const columns = shape.length - 1;
  const first = columns - axes.length;
  const isGroup = axes.length > 0 && axes.every((axis, index) => axis === first + index);
  if (!isGroup || !isSameShape(factor.stored, shape.with(columns, 1))) return null;
  const { builder } = context;
  const [batches, rows] = [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, columns))];
  const weights = builder.reshape(naturalName(context, factor), [batches, 1, rows]);
  const matrices = builder.reshape(fullNaturalName(context, base), [batches, rows, shape[columns]!]);
  return builder.add('MatMul', [weights, matrices]);
}
