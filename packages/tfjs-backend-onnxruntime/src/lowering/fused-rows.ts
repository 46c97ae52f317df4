/** Rows of an element-wise result as one native program, where the result is a formula of sums and products. */
import { isSameShape, type Shape, sizeOf } from '../base/shapes.js';
import { addNative, ELEMENTWISE_ATTRIBUTE } from '../graph/native-nodes.js';
import { createElementwise, type Formula, fitsProgram, type Step } from '../native/elementwise-program.js';
import type { LoweringContext } from './context.js';
import { naturalName } from './layouts.js';
import type { Value } from './value.js';

const OPERATIONS = { Add: 'add', Sub: 'subtract', Mul: 'multiply', Div: 'divide', Sqrt: 'squareRoot' } as const;
/** Below this a program saves nothing. */
const MIN_STEPS = 2;

/** What is not a formula of whole rows and numbers. */
class NoFormula extends Error {}

type Node =
  | { readonly kind: 'rows' | 'number'; readonly name: string }
  | { readonly kind: 'step'; readonly operation: Step['operation']; readonly left: Node; readonly right: Node };

/**
 * Returns the name of rows that one program computes, or null when they are no such formula. `nameRows` gives the rows of what
 * the formula reads.
 */
export function fuseRows(
  context: LoweringContext,
  value: Value,
  rows: number,
  nameRows: (value: Value) => string,
): string | null {
  const { native, builder } = context;
  if (!native || value.dtype !== 'float32') return null;
  try {
    const root = describeValue(context, value, value.shape, nameRows, true);
    const { formula, inputs } = writeFormula(root);
    const shape = [rows, ...value.shape.slice(1)];
    if (formula.steps.length < MIN_STEPS || !fitsProgram(native.vectors, formula, sizeOf(shape))) return null;
    const key = `elementwise${JSON.stringify([formula, shape])}`;
    return addNative(builder, native, inputs, key, (code) => createElementwise(code, formula, shape), {
      [ELEMENTWISE_ATTRIBUTE]: 1,
    })[0]!;
  } catch (error) {
    if (error instanceof NoFormula) return null;
    throw error;
  }
}

function describeValue(
  context: LoweringContext,
  value: Value,
  shape: Shape,
  nameRows: (value: Value) => string,
  isRoot = false,
): Node {
  // A program takes a number whatever its axes are.
  if (sizeOf(value.stored) === 1)
    return { kind: 'number', name: context.builder.sourceOf(naturalName(context, value)) };
  if (!isSameShape(value.stored, shape) || value.dtype !== 'float32') throw new NoFormula();
  const describe = (operand: Value) => describeValue(context, operand, shape, nameRows);
  const { meaning } = value;
  // Another result is computed once, by a program of its own.
  if (!value.isResult || isRoot) {
    if (meaning?.kind === 'linear') {
      const products = meaning.terms.map(({ base, scale }): Node => {
        const part = describe(base);
        return scale ? { kind: 'step', operation: 'multiply', left: part, right: describe(scale) } : part;
      });
      if (meaning.offset) products.push(describe(meaning.offset));
      return products.reduce((left, right) => ({ kind: 'step', operation: 'add', left, right }));
    }
    if (meaning?.kind === 'elementwise' && meaning.operator in OPERATIONS) {
      const [left, right = left] = meaning.operands.map(describe) as [Node, Node?];
      return { kind: 'step', operation: OPERATIONS[meaning.operator as keyof typeof OPERATIONS], left, right };
    }
  }
  // What is asked for would be read to compute it.
  if (isRoot) throw new NoFormula();
  return { kind: 'rows', name: nameRows(value) };
}

/** Returns the formula with its inputs, each of which is read once: rows first, then numbers. */
function writeFormula(root: Node): { formula: Formula; inputs: string[] } {
  const names = { rows: new Set<string>(), number: new Set<string>() };
  const collect = (node: Node): void => {
    if (node.kind !== 'step') names[node.kind].add(node.name);
    else for (const operand of [node.left, node.right]) collect(operand);
  };
  collect(root);
  const inputs = [...names.rows, ...names.number];
  const steps: Step[] = [];
  const write = (node: Node): number => {
    if (node.kind !== 'step') return inputs.indexOf(node.name);
    const [left, right] = [write(node.left), write(node.right)];
    steps.push({ operation: node.operation, left, right });
    return inputs.length + steps.length - 1;
  };
  write(root);
  return { formula: { tensors: names.rows.size, scalars: names.number.size, steps }, inputs };
}
