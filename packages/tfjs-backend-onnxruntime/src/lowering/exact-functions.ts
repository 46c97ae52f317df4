/**
 * Functions of one number whose ONNX operators lose digits, or all of them, somewhere: near zero, or far from it. Each is put
 * together from operators that do not.
 */

import { ONNX_TYPES } from '../runtime/onnx-model.js';
import type { NumericType } from '../runtime/tensor-buffer.js';
import { constantValue, type LoweringContext, type LoweringTask } from './context.js';
import { elementwise } from './elementwise.js';
import type { Value } from './value.js';

/** Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2, as tfjs rounds them. */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

type Operand = Value | number;

/** Returns a function that adds nodes over the task's shape; numbers are constants. */
function nodesOf({ context, shape }: Pick<LoweringTask, 'context' | 'shape'>) {
  const toValue = (context: LoweringContext, operand: Operand) =>
    typeof operand === 'number' ? constantValue(context, operand, [], 'float32') : operand;
  return {
    add: (operator: string, ...operands: readonly Operand[]): Value =>
      elementwise(
        context,
        operator,
        operands.map((operand) => toValue(context, operand)),
        shape,
        'float32',
      ),
    test: (operator: string, ...operands: readonly Operand[]): Value =>
      elementwise(
        context,
        operator,
        operands.map((operand) => toValue(context, operand)),
        shape,
        'bool',
      ),
  };
}

/**
 * Returns log(1 + x). What 1 + x loses of x, its logarithm has too much by the same factor (Goldberg 1991, "What Every
 * Computer Scientist Should Know About Floating-Point Arithmetic", theorem 4).
 */
export function logOfOnePlus(task: Pick<LoweringTask, 'context' | 'shape'>, x: Value): Value {
  const { add, test } = nodesOf(task);
  const sum = add('Add', x, 1);
  const logarithm = add('Log', sum);
  const corrected = add('Mul', logarithm, add('Div', x, add('Sub', sum, 1)));
  // Far from zero, infinity included, there is nothing to correct.
  const far = add('Where', test('Equal', sum, x), logarithm, corrected);
  return add('Where', test('Equal', sum, 1), x, far);
}

/** Returns exp(x) − 1 = tanh(x / 2) · (exp(x) + 1). */
export function expMinusOne(task: Pick<LoweringTask, 'context' | 'shape'>, x: Value): Value {
  const { add } = nodesOf(task);
  return add('Mul', add('Tanh', add('Mul', x, 0.5)), add('Add', add('Exp', x), 1));
}

export function elu(task: LoweringTask, x: Value): Value {
  const { add, test } = nodesOf(task);
  return add('Where', test('Less', x, 0), expMinusOne(task, add('Min', x, 0)), x);
}

export function selu(task: LoweringTask, x: Value): Value {
  const { add, test } = nodesOf(task);
  const below = add('Mul', expMinusOne(task, add('Min', x, 0)), SELU_SCALE_ALPHA);
  return add('Where', test('Less', x, 0), below, add('Mul', x, SELU_SCALE));
}

/** Returns 1 / (1 + exp(−x)): the library's own is 0 from −18 on, and its logarithm −∞. */
export function sigmoid(task: LoweringTask, x: Value): Value {
  const { add } = nodesOf(task);
  return add('Reciprocal', add('Add', add('Exp', add('Mul', x, -1)), 1));
}

/** Returns log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)). */
export function softplus(task: LoweringTask, x: Value): Value {
  const { add } = nodesOf(task);
  const rest = logOfOnePlus(task, add('Exp', add('Mul', add('Abs', x), -1)));
  return add('Add', add('Max', x, 0), rest);
}

const DOUBLE = 11;

/** Returns sin(x) / cos(x) in double precision: near its poles the last digit of a float is not enough. */
export function tangent(context: LoweringContext, x: string): string {
  const { builder } = context;
  const precise = toDouble(context, x);
  const quotient = builder.add('Div', [builder.add('Sin', [precise]), builder.add('Cos', [precise])]);
  return builder.add('Cast', [quotient], { attributes: { to: ONNX_TYPES.float32 } });
}

function toDouble({ builder }: LoweringContext, name: string): string {
  return builder.add('Cast', [name], { attributes: { to: DOUBLE } });
}

/** Returns ⌊a / b⌋ in double precision, which holds all whole numbers; the library's division of these by zero would crash. */
export function floorOfQuotient(context: LoweringContext, a: string, b: string, dtype: NumericType): string {
  const { builder } = context;
  const quotient = builder.add('Floor', [builder.add('Div', [toDouble(context, a), toDouble(context, b)])]);
  return castResult(context, quotient, b, dtype);
}

/** Returns the remainder of a / b with the sign of b, as the reference: that of C, and once more after b was added. */
export function remainder(context: LoweringContext, a: string, b: string, dtype: NumericType): string {
  const { builder } = context;
  const [dividend, divisor] = [toDouble(context, a), toDouble(context, b)];
  const modulo = (name: string) => builder.add('Mod', [name, divisor], { attributes: { fmod: 1 } });
  const rest = modulo(dividend);
  const isNegative = (name: string) => builder.add('Less', [name, builder.scalar(0, dtype)]);
  const haveSameSign = builder.add('Equal', [isNegative(a), isNegative(b)]);
  const result = builder.add('Where', [haveSameSign, rest, modulo(builder.add('Add', [rest, divisor]))]);
  return castResult(context, result, b, dtype);
}

/** What is divided by zero has no whole number: it becomes 0, as in an array of integers. */
function castResult({ builder }: LoweringContext, precise: string, divisor: string, dtype: NumericType): string {
  const result = builder.add('Cast', [precise], { attributes: { to: ONNX_TYPES[dtype] } });
  if (dtype === 'float32') return result;
  const number = builder.add('Cast', [divisor], { attributes: { to: ONNX_TYPES.float32 } });
  const isZero = builder.add('Equal', [number, builder.scalar(0)]);
  return builder.add('Where', [isZero, builder.scalar(0, dtype), result]);
}

/** Returns −1, 0 or 1; NaN has no sign: 0. */
export function sign(task: LoweringTask, x: Value): Value {
  const { add, test } = nodesOf(task);
  return add('Where', test('IsNaN', x), 0, add('Sign', x));
}

/** Returns the value with `replacement` in place of NaN. */
export function replaceNaN(context: LoweringContext, x: Value, replacement: number): Value {
  const { add, test } = nodesOf({ context, shape: x.shape });
  return add('Where', test('IsNaN', x), replacement, x);
}
