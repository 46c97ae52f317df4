/** Products of matrices, and softmax, which goes over rows. */
import { sizeOf } from '../base/shapes.js';
import { MICROSOFT_DOMAIN } from '../graph/graph-builder.js';
import type { EinsumAttributes, MatrixProductAttributes } from '../recording/attributes.js';
import { attributesOf, type Lowering, type LoweringTask, naturalValue } from './context.js';
import { fullNaturalName, view } from './layouts.js';
import { multiply } from './linear.js';
import { weightedDifferences, weightedDistances } from './pair-sums.js';
import { Value } from './value.js';

export const matrixLowerings: Readonly<Record<string, Lowering>> = {
  MatMul: multiplyMatrices,
  Einsum: (task) => {
    const { equation } = attributesOf<EinsumAttributes>(task);
    const operands = task.inputs.map((input) => fullNaturalName(task.context, input));
    return naturalValue(task, task.context.builder.add('Einsum', operands, { attributes: { equation } }));
  },
  Softmax: (task) => {
    const logits = fullNaturalName(task.context, task.inputs[0]!);
    return naturalValue(task, task.context.builder.add('Softmax', [logits], { attributes: { axis: -1 } }));
  },
};

function multiplyMatrices(task: LoweringTask): Value {
  const { context, shape, dtype } = task;
  const { builder } = context;
  const { transposeA, transposeB } = attributesOf<MatrixProductAttributes>(task);
  const [a, b] = task.inputs as [Value, Value];
  const isSingle = (value: Value) => sizeOf(value.shape.slice(0, -2)) === 1;
  const flags = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  if (!isSingle(a) || !isSingle(b)) {
    const operands = [a, b].map((value) => fullNaturalName(context, value));
    return naturalValue(task, builder.add('FusedMatMul', operands, { attributes: flags, domain: MICROSOFT_DOMAIN }));
  }
  const [left, right] = [a, b].map((value) => view(context, value, value.shape.slice(-2))) as [Value, Value];
  const isOuter = !transposeA && left.shape[1] === 1;
  if (isOuter)
    return view(
      context,
      multiply(context, left, view(context, right, [1, shape.at(-1)!]), shape.slice(-2), dtype),
      shape,
    );
  const pairs = right.shape[transposeB ? 0 : 1] === 1 ? sumOverPairs(task, left, right) : null;
  if (pairs) return naturalValue(task, builder.reshape(pairs, shape));
  return new Value({
    shape,
    dtype,
    meaning: shape.length === 2 && transposeA && !transposeB ? { kind: 'transposedProduct', left, right } : undefined,
    compute: () => {
      const operands = [left, right].map((value) => fullNaturalName(context, value));
      return { natural: builder.reshape(builder.add('Gemm', operands, { attributes: flags }), shape) };
    },
  });
}

/** A product with one column where the first matrix holds the size of differences of all pairs, [pairs, units]. */
function sumOverPairs(task: LoweringTask, left: Value, column: Value): string | null {
  const { context } = task;
  const { transposeA } = attributesOf<MatrixProductAttributes>(task);
  const { meaning } = left;
  if (meaning?.kind !== 'view' || meaning.of.shape.at(-1) !== left.shape[1]) return null;
  const numbers = view(context, column, [sizeOf(column.shape)]);
  if (!transposeA) return weightedDistances(context, meaning.of, numbers);
  const axes = meaning.of.shape.slice(0, -1).map((_, axis) => axis);
  return weightedDifferences(context, meaning.of, numbers, axes);
}
