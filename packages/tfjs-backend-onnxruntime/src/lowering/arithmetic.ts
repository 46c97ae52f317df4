/** Operations that work element by element: arithmetic, functions, comparisons, selections, type conversions. */
import type { Shape } from '../base/shapes.js';
import type {
  BatchNormAttributes,
  ClipAttributes,
  LeakyReluAttributes,
  NormalizationAttributes,
  StepAttributes,
} from '../recording/attributes.js';
import { FloatAttribute } from '../runtime/onnx-model.js';
import { attributesOf, constantValue, type Lowering, type LoweringTask, naturalValue } from './context.js';
import { addBias } from './convolution.js';
import { castValue, elementwise } from './elementwise.js';
import {
  elu,
  expMinusOne,
  floorOfQuotient,
  logOfOnePlus,
  remainder,
  selu,
  sigmoid,
  sign,
  softplus,
  tangent,
} from './exact-functions.js';
import { fullNameIn, fullNaturalName } from './layouts.js';
import { addValues, isSmall, multiply, subtractValues } from './linear.js';
import { gradientOfReluAndPool } from './pooling.js';
import { reluOf, stepOf } from './relu.js';
import { Value } from './value.js';

/** tfjs kernels whose ONNX operator computes the same, on one operand. */
const UNARY_OPERATORS: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  LogicalNot: 'Not',
  Reciprocal: 'Reciprocal',
  Round: 'Round',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Sqrt: 'Sqrt',
  Tanh: 'Tanh',
};

/** The same on two operands. */
const BINARY_OPERATORS: Readonly<Record<string, string>> = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
};

function lowerAll(operators: Readonly<Record<string, string>>): Record<string, Lowering> {
  const lower =
    (operator: string): Lowering =>
    ({ context, inputs, shape, dtype }) =>
      elementwise(context, operator, inputs, shape, dtype);
  return Object.fromEntries(Object.entries(operators).map(([name, operator]) => [name, lower(operator)]));
}

export const arithmeticLowerings: Readonly<Record<string, Lowering>> = {
  ...lowerAll(UNARY_OPERATORS),
  ...lowerAll(BINARY_OPERATORS),

  Add: (task) => {
    const [a, b] = task.inputs as [Value, Value];
    return addBias(task, a, b) ?? addValues(task.context, a, b, task.shape, task.dtype);
  },
  AddN: ({ context, inputs, shape, dtype }) =>
    inputs.reduce((sum, input) => addValues(context, sum, input, shape, dtype)),
  Sub: ({ context, inputs, shape, dtype }) => subtractValues(context, inputs[0]!, inputs[1]!, shape, dtype),
  Multiply: ({ context, inputs, shape, dtype }) => {
    const [a, b] = inputs as [Value, Value];
    const masked = gradientOfReluAndPool(context, a, b) ?? gradientOfReluAndPool(context, b, a);
    return masked ?? multiply(context, a, b, shape, dtype);
  },
  RealDiv: divide,
  SquaredDifference: ({ context, inputs, shape, dtype }) => {
    const difference = elementwise(context, 'Sub', inputs, shape, dtype);
    return elementwise(context, 'Mul', [difference, difference], shape, dtype);
  },
  NotEqual: ({ context, inputs, shape, dtype }) =>
    elementwise(context, 'Not', [elementwise(context, 'Equal', inputs, shape, dtype)], shape, dtype),

  Neg: ({ context, inputs, shape, dtype }) =>
    dtype === 'float32'
      ? multiply(context, inputs[0]!, constantValue(context, -1, [], dtype), shape, dtype)
      : elementwise(context, 'Neg', inputs, shape, dtype),
  Square: ({ context, inputs, shape, dtype }) => multiply(context, inputs[0]!, inputs[0]!, shape, dtype),
  Rsqrt: ({ context, inputs, shape, dtype }) => reciprocalRoot(context, inputs[0]!, shape, dtype),
  Log1p: (task) => logOfOnePlus(task, task.inputs[0]!),
  Expm1: (task) => expMinusOne(task, task.inputs[0]!),
  Elu: (task) => elu(task, task.inputs[0]!),
  Selu: (task) => selu(task, task.inputs[0]!),
  Sigmoid: (task) => sigmoid(task, task.inputs[0]!),
  IsNan: ({ context, inputs, shape }) => elementwise(context, 'IsNaN', inputs, shape, 'bool'),
  IsInf: ({ context, inputs, shape }) => elementwise(context, 'IsInf', inputs, shape, 'bool'),
  IsFinite: ({ context, inputs, shape }) => {
    const size = elementwise(context, 'Abs', inputs, shape, 'float32');
    return elementwise(
      context,
      'Less',
      [size, constantValue(context, Number.POSITIVE_INFINITY, [], 'float32')],
      shape,
      'bool',
    );
  },
  FloorDiv: (task) => naturalValue(task, floorOfQuotient(task.context, ...namesOf(task), task.dtype)),
  Mod: (task) => naturalValue(task, remainder(task.context, ...namesOf(task), task.dtype)),
  LRN: (task) => {
    const { depthRadius, bias, alpha, beta } = attributesOf<NormalizationAttributes>(task);
    const size = 2 * depthRadius + 1;
    const input = fullNameIn(task.context, task.inputs[0]!, 'channelsFirst');
    // The library divides by the count of channels that it sums.
    const attributes = {
      size,
      alpha: new FloatAttribute(alpha * size),
      beta: new FloatAttribute(beta),
      bias: new FloatAttribute(bias),
    };
    const channelsFirst = task.context.builder.add('LRN', [input], { attributes });
    return new Value({ shape: task.shape, dtype: task.dtype, names: { channelsFirst } });
  },
  Tan: (task) => naturalValue(task, tangent(task.context, fullNaturalName(task.context, task.inputs[0]!))),
  Softplus: (task) => softplus(task, task.inputs[0]!),
  Sign: (task) =>
    task.dtype === 'float32'
      ? sign(task, task.inputs[0]!)
      : elementwise(task.context, 'Sign', task.inputs, task.shape, task.dtype),
  Relu: ({ context, inputs }) => reluOf(context, inputs[0]!),
  Relu6: ({ context, inputs }) => clip(context, inputs[0]!, 0, 6),
  ClipByValue: (task) => {
    const { min, max } = attributesOf<ClipAttributes>(task);
    return clip(task.context, task.inputs[0]!, min, max);
  },
  LeakyRelu: (task) => {
    const { alpha } = attributesOf<LeakyReluAttributes>(task);
    return elementwise(task.context, 'LeakyRelu', task.inputs, task.shape, task.dtype, {
      alpha: new FloatAttribute(alpha),
    });
  },
  Prelu: ({ context, inputs, shape, dtype }) => elementwise(context, 'PRelu', inputs, shape, dtype),
  Step: (task) => {
    const { context, dtype } = task;
    if (dtype !== 'float32') {
      const number = stepOfNumbers({ ...task, dtype: 'float32' }, castValue(context, task.inputs[0]!, 'float32'));
      return castValue(context, number, dtype);
    }
    return stepOfNumbers(task, task.inputs[0]!);
  },
  Select: ({ context, inputs, shape, dtype }) => {
    if (dtype !== 'bool') return elementwise(context, 'Where', inputs, shape, dtype);
    // The library chooses among numbers only.
    const [condition, ...choices] = inputs as [Value, Value, Value];
    const numbers = choices.map((choice) => castValue(context, choice, 'int32'));
    return castValue(context, elementwise(context, 'Where', [condition, ...numbers], shape, 'int32'), 'bool');
  },
  Cast: ({ context, inputs, dtype }) => castValue(context, inputs[0]!, dtype),
  BatchNorm: normalize,
};

function namesOf({ context, inputs }: LoweringTask): [string, string] {
  return inputs.map((input) => fullNaturalName(context, input)) as [string, string];
}

function stepOfNumbers(task: LoweringTask, input: Value): Value {
  const { context, shape, dtype } = task;
  const { alpha } = attributesOf<StepAttributes>(task);
  const step = stepOf(context, input);
  if (alpha === 0) return step;
  // As a product and an offset, which can be merged with what the result is multiplied by.
  const rise = constantValue(context, 1 - alpha, [], dtype);
  const scaled = multiply(context, step, rise, shape, dtype);
  return addValues(context, scaled, constantValue(context, alpha, [], dtype), shape, dtype);
}

/** Division by something small is multiplication by its reciprocal, which can be merged with other factors. */
function divide({ context, inputs, shape, dtype }: LoweringTask): Value {
  const [a, b] = inputs.map((input) => castValue(context, input, 'float32')) as [Value, Value];
  if (isSmall(b, shape) && !isSmall(a, shape)) {
    return multiply(context, a, elementwise(context, 'Reciprocal', [b], b.shape, dtype), shape, dtype);
  }
  return elementwise(context, 'Div', [a, b], shape, dtype);
}

function reciprocalRoot(context: LoweringTask['context'], value: Value, shape: Shape, dtype: Value['dtype']): Value {
  return elementwise(context, 'Reciprocal', [elementwise(context, 'Sqrt', [value], shape, dtype)], shape, dtype);
}

/** Two comparisons keep the layout of the value; the Clip operator would fix its limits to plain scalars. */
function clip(context: LoweringTask['context'], value: Value, min: number, max: number): Value {
  const lower = elementwise(
    context,
    'Max',
    [value, constantValue(context, min, [], value.dtype)],
    value.shape,
    value.dtype,
  );
  return elementwise(context, 'Min', [lower, constantValue(context, max, [], value.dtype)], value.shape, value.dtype);
}

/** (x - mean) · scale / √(variance + ε) + offset; Ioffe and Szegedy 2015, algorithm 1. */
function normalize(task: LoweringTask): Value {
  const { context, shape, dtype } = task;
  const { epsilon, hasOffset, hasScale } = attributesOf<BatchNormAttributes>(task);
  const [x, mean, variance] = task.inputs as [Value, Value, Value];
  const offset = hasOffset ? task.inputs[3]! : null;
  const scale = hasScale ? task.inputs[hasOffset ? 4 : 3]! : null;
  const guarded = elementwise(
    context,
    'Add',
    [variance, constantValue(context, epsilon, [], dtype)],
    variance.shape,
    dtype,
  );
  const deviation = reciprocalRoot(context, guarded, variance.shape, dtype);
  const factor = scale ? multiply(context, deviation, scale, variance.shape, dtype) : deviation;
  const normalized = multiply(context, subtractValues(context, x, mean, shape, dtype), factor, shape, dtype);
  return offset ? addValues(context, normalized, offset, shape, dtype) : normalized;
}
