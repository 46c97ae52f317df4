/** Element-wise nodes with broadcasting, in the layout that needs the fewest conversions. */
import { broadcastShapes, isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import { type Attribute, ONNX_TYPES } from '../runtime/onnx-model.js';
import type { NumericType } from '../runtime/tensor-buffer.js';
import type { LoweringContext } from './context.js';
import { canBeBlocked, existsIn, isBlockedOnly, liftRank, nameIn } from './layouts.js';
import { type Layout, type Meaning, Value } from './value.js';

const COMMUTATIVE_OPERATORS = new Set(['Add', 'Mul']);

/** Returns the result of an ONNX operator that works element by element on operands that broadcast. */
export function elementwise(
  context: LoweringContext,
  operator: string,
  operands: readonly Value[],
  shape: Shape,
  dtype: NumericType,
  attributes: Readonly<Record<string, Attribute>> = {},
): Value {
  const lifted = operands.map((operand) => liftRank(context, operand, shape.length));
  const stored = lifted.map((operand) => operand.stored).reduce(broadcastShapes);
  const layout = chooseLayout(context, lifted, shape);
  const names = lifted.map((operand) => nameIn(context, operand, layout));
  if (sizeOf(stored) > 1) {
    lifted.forEach((operand, index) => {
      if (sizeOf(operand.stored) === 1) names[index] = nameNumber(context, names[index]!, shape.length);
    });
  }
  // a · b and b · a are one node.
  const ordered = COMMUTATIVE_OPERATORS.has(operator) ? names.sort() : names;
  const name = context.builder.add(operator, ordered, { attributes });
  return new Value({
    shape,
    stored,
    dtype,
    names: { [layout]: name },
    meaning:
      layout === 'natural'
        ? { kind: 'elementwise', operator, operands: lifted, attributes }
        : describeActivationProduct(operator, lifted, layout, shape),
  });
}

/** Returns the name of one number as it was handed over, where that has no more axes: operators broadcast it themselves. */
function nameNumber({ builder, inputs }: LoweringContext, name: string, rank: number): string {
  const source = builder.sourceOf(name);
  const input = inputs.get(source);
  return input && input.shape.length <= rank ? source : name;
}

function describeActivationProduct(
  operator: string,
  operands: readonly Value[],
  layout: Layout,
  shape: Shape,
): Meaning | undefined {
  const areWhole = operands.every(({ stored }) => isSameShape(stored, shape));
  if (operator !== 'Mul' || layout !== 'blocked' || !areWhole) return undefined;
  return { kind: 'activationProduct', factors: operands as [Value, Value] };
}

function chooseLayout(context: LoweringContext, operands: readonly Value[], shape: Shape): Layout {
  if (shape.length !== 4) return 'natural';
  const sizes = operands.map((operand) => sizeOf(operand.stored));
  const largest = Math.max(...sizes);
  for (const operand of operands) void operand.names; // what is deferred is computed now, so that its layout is known
  const big = operands.filter((_, index) => sizes[index] === largest);
  const fitsBlocks = operands.every(
    (operand, index) => sizes[index] === 1 || (canBeBlocked(context, operand) && isSameShape(operand.shape, shape)),
  );
  if (fitsBlocks && big.some(isBlockedOnly)) return 'blocked';
  if (big.every((operand) => existsIn(operand, 'natural'))) return 'natural';
  return 'channelsFirst';
}

/** Returns the value with another element type. */
export function castValue(context: LoweringContext, value: Value, dtype: NumericType): Value {
  if (value.dtype === dtype) return value;
  return elementwise(context, 'Cast', [value], value.shape, dtype, { to: ONNX_TYPES[dtype] });
}
