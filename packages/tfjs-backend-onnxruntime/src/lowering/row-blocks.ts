/**
 * Element-wise results of some size, computed in one pass: an optimizer's updates above all. Those of a large dense layer
 * are computed in blocks of rows that stay in the cache: old and new values are read and written in place, block by block,
 * and no intermediate of full size exists.
 */
import { isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import type { LoweringContext } from './context.js';
import { fuseRows } from './fused-rows.js';
import { fullNaturalName, naturalName } from './layouts.js';
import type { Value } from './value.js';

/** Rows of a result that one node computes. */
export interface RowBlock {
  readonly name: string;
  readonly firstRow: number;
  readonly rows: number;
}

const BLOCK_ELEMENTS = 2 ** 20;
const MIN_BLOCKS = 4;
/** Below this a callback costs what a pass saves. */
const MIN_ELEMENTS_OF_PASS = 4096;

/** Returns the names of a value's row blocks, or null when it is small or not computed element by element. */
export function computeInRowBlocks(context: LoweringContext, value: Value): RowBlock[] | null {
  const { shape } = value;
  const isWhole = isSameShape(value.stored, shape) && shape.length > 1;
  if (!isFormula(value) || !isWhole || sizeOf(shape) < MIN_BLOCKS * BLOCK_ELEMENTS) return null;
  const total = shape[0]!;
  const rowsPerBlock = Math.max(1, Math.round((BLOCK_ELEMENTS * total) / sizeOf(shape)));
  const blocks: RowBlock[] = [];
  for (let firstRow = 0; firstRow < total; firstRow += rowsPerBlock) {
    const rows = Math.min(rowsPerBlock, total - firstRow);
    blocks.push({ name: nameResultRows(context, value, firstRow, rows), firstRow, rows });
  }
  return blocks;
}

/** Returns the name of a whole result that one program computes; null where it is none, or better left to the library. */
export function computeInOnePass(context: LoweringContext, value: Value): string | null {
  if (!isFormula(value) || value.shape.length === 0 || !isSameShape(value.stored, value.shape)) return null;
  if (sizeOf(value.shape) < MIN_ELEMENTS_OF_PASS) return null;
  return fuseRows(context, value, value.shape[0]!, (part) => {
    const program = part.isResult ? computeInOnePass(context, part) : null;
    return program ?? naturalName(context, part);
  });
}

const isFormula = ({ meaning }: Value) => meaning?.kind === 'linear' || meaning?.kind === 'elementwise';

/** Rows of a result: in one pass where they are a formula. */
function nameResultRows(context: LoweringContext, value: Value, firstRow: number, rows: number): string {
  const namePart = (part: Value) => namePartRows(context, part, firstRow, rows);
  return fuseRows(context, value, rows, namePart) ?? nameRows(context, value, firstRow, rows);
}

/** Another result that is read on the way is computed once, in the same way. */
function namePartRows(context: LoweringContext, value: Value, firstRow: number, rows: number): string {
  const isResult = value.isResult && isFormula(value) && isSameShape(value.stored, value.shape);
  return isResult ? nameResultRows(context, value, firstRow, rows) : nameRows(context, value, firstRow, rows);
}

function nameRows(context: LoweringContext, value: Value, firstRow: number, rows: number): string {
  const { builder } = context;
  const { meaning, shape, stored } = value;
  const isSameInAllRows = shape.length === 0 || stored[0] === 1;
  if (isSameInAllRows) return naturalName(context, value);
  switch (meaning?.kind) {
    case 'input':
      return nameInputRows(context, value, meaning.leaf, firstRow, rows);
    case 'linear': {
      const { terms, offset } = meaning;
      const products = terms.map(({ base, scale }) => {
        const part = namePartRows(context, base, firstRow, rows);
        return scale ? builder.add('Mul', [part, nameOperandRows(context, scale, shape, firstRow, rows)]) : part;
      });
      if (offset) products.push(nameOperandRows(context, offset, shape, firstRow, rows));
      return products.reduce((sum, product) => builder.add('Add', [sum, product]));
    }
    case 'elementwise': {
      const operands = meaning.operands.map((operand) => nameOperandRows(context, operand, shape, firstRow, rows));
      return builder.add(meaning.operator, operands, { attributes: meaning.attributes });
    }
    case 'transposedProduct': {
      const left = builder.slice(fullNaturalName(context, meaning.left), [1], [firstRow], [firstRow + rows]);
      const right = fullNaturalName(context, meaning.right);
      return builder.add('Gemm', [left, right], { attributes: { transA: 1 } });
    }
    default:
      return builder.slice(naturalName(context, value), [0], [firstRow], [firstRow + rows]);
  }
}

/** An operand of lower rank broadcasts along the rows. */
function nameOperandRows(
  context: LoweringContext,
  operand: Value,
  shape: Shape,
  firstRow: number,
  rows: number,
): string {
  if (operand.shape.length < shape.length) return naturalName(context, operand);
  return namePartRows(context, operand, firstRow, rows);
}

function nameInputRows(context: LoweringContext, value: Value, leaf: number, firstRow: number, rows: number): string {
  const rowShape = value.shape.slice(1);
  const name = `i${leaf}r${firstRow}`;
  context.inputs.set(name, {
    name,
    leaf,
    dtype: value.dtype,
    offset: firstRow * sizeOf(rowShape),
    shape: [rows, ...rowShape],
  });
  return name;
}
