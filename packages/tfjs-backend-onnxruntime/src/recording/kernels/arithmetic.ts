/** Recording of operations that work element by element. */
import type {
  CastAttrs,
  ClipByValueAttrs,
  DataType,
  FusedBatchNormAttrs,
  LeakyReluAttrs,
  LRNAttrs,
  StepAttrs,
  TensorInfo,
} from '@tensorflow/tfjs';
import type {
  BatchNormAttributes,
  ClipAttributes,
  LeakyReluAttributes,
  NormalizationAttributes,
  StepAttributes,
} from '../attributes.js';
import {
  attributesOf,
  inputOf,
  type Kernel,
  type KernelCall,
  type KernelTable,
  listInputs,
  UnsupportedCase,
} from './kernel.js';

const UNARY_KERNELS = [
  ...['Abs', 'Ceil', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp', 'Expm1', 'Floor', 'Log', 'Log1p', 'LogicalNot', 'Neg'],
  ...['Reciprocal', 'Relu', 'Relu6', 'Round', 'Rsqrt', 'Selu', 'Sigmoid', 'Sign', 'Sin', 'Sinh', 'Softplus', 'Sqrt'],
  ...['Square', 'Tan', 'Tanh', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh'],
];

/** Kernels that ONNX Runtime has for integers too. */
const INTEGER_KERNELS = new Set(['Abs', 'Neg', 'Relu', 'Sign', 'Square', 'LogicalNot']);

const ARITHMETIC_KERNELS = ['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum', 'Pow', 'SquaredDifference'];
const COMPARISON_KERNELS = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'];
const LOGICAL_KERNELS = ['LogicalAnd', 'LogicalOr'];

function table(names: readonly string[], create: (name: string) => Kernel): KernelTable {
  return Object.fromEntries(names.map((name) => [name, create(name)]));
}

export const arithmeticKernels: KernelTable = {
  ...table(UNARY_KERNELS, (name) => (call) => {
    const x = inputOf(call, 'x');
    if (x.dtype !== 'float32' && !INTEGER_KERNELS.has(name)) throw new UnsupportedCase();
    return call.backend.record(name, [x], {}, x.shape, x.dtype);
  }),
  ...table(ARITHMETIC_KERNELS, (name) => (call) => recordBinary(call, name, inputOf(call, 'a').dtype)),
  ...table(COMPARISON_KERNELS, (name) => (call) => recordBinary(call, name, 'bool')),
  ...table(LOGICAL_KERNELS, (name) => (call) => recordBinary(call, name, 'bool')),

  ...table(['IsNan', 'IsInf', 'IsFinite'], (name) => (call) => {
    const x = inputOf(call, 'x');
    if (x.dtype !== 'float32') throw new UnsupportedCase();
    return call.backend.record(name, [x], {}, x.shape, 'bool');
  }),

  FloorDiv: (call) => recordBinary(call, 'FloorDiv', 'int32'),
  Mod: (call) => recordBinary(call, 'Mod', inputOf(call, 'a').dtype),

  LRN: (call) => {
    const x = inputOf(call, 'x');
    const { depthRadius, bias, alpha, beta } = attributesOf<LRNAttrs>(call);
    const attributes: NormalizationAttributes = { depthRadius, bias, alpha, beta };
    return call.backend.record('LRN', [x], attributes, x.shape, x.dtype);
  },

  RealDiv: (call) => recordBinary(call, 'RealDiv', 'float32'),

  AddN: (call) => {
    const tensors = listInputs(call);
    const [first] = tensors as [TensorInfo];
    return call.backend.record('AddN', tensors, {}, first.shape, first.dtype);
  },

  Step: (call) => {
    const x = inputOf(call, 'x');
    const attributes: StepAttributes = { alpha: attributesOf<StepAttrs>(call).alpha ?? 0 };
    return call.backend.record('Step', [x], attributes, x.shape, x.dtype);
  },

  LeakyRelu: (call) => {
    const x = inputOf(call, 'x');
    if (x.dtype !== 'float32') throw new UnsupportedCase();
    const attributes: LeakyReluAttributes = { alpha: attributesOf<LeakyReluAttrs>(call).alpha };
    return call.backend.record('LeakyRelu', [x], attributes, x.shape, x.dtype);
  },

  EluGrad: (call) => {
    const { backend } = call;
    const [dy, y] = [inputOf(call, 'dy'), inputOf(call, 'y')];
    const { shape, dtype } = y;
    const zero = backend.record('Fill', [], { value: 0 }, [], dtype);
    const one = backend.record('Fill', [], { value: 1 }, [], dtype);
    const isPositive = backend.record('GreaterEqual', [y, zero], {}, shape, 'bool');
    // Where y = exp(x) - 1, its derivative is y + 1.
    const slope = backend.record('Add', [y, one], {}, shape, dtype);
    const product = backend.record('Multiply', [dy, slope], {}, shape, dtype);
    const gradient = backend.record('Select', [isPositive, dy, product], {}, shape, dtype);
    for (const { dataId } of [zero, one, isPositive, slope, product]) backend.disposeData(dataId);
    return gradient;
  },

  Prelu: (call) => {
    const [x, alpha] = [inputOf(call, 'x'), inputOf(call, 'alpha')];
    const shape = call.tf.backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape);
    if (`${shape}` !== `${x.shape}` || x.dtype !== 'float32' || alpha.dtype !== 'float32') throw new UnsupportedCase();
    return call.backend.record('Prelu', [x, alpha], {}, shape, 'float32');
  },

  ClipByValue: (call) => {
    const x = inputOf(call, 'x');
    const { clipValueMin, clipValueMax } = attributesOf<ClipByValueAttrs>(call);
    const attributes: ClipAttributes = { min: clipValueMin, max: clipValueMax };
    return call.backend.record('ClipByValue', [x], attributes, x.shape, x.dtype);
  },

  Select: (call) => {
    const [condition, t, e] = [inputOf(call, 'condition'), inputOf(call, 't'), inputOf(call, 'e')];
    if (t.dtype !== e.dtype) throw new UnsupportedCase();
    const missing = t.shape.length - condition.shape.length;
    // A condition of lower rank chooses whole rows.
    const rows = { ...condition, shape: [...condition.shape, ...new Array<number>(missing).fill(1)] };
    return call.backend.record('Select', [rows, t, e], {}, t.shape, t.dtype);
  },

  Cast: (call) => castTensor(call, inputOf(call, 'x'), attributesOf<CastAttrs>(call).dtype),

  FusedBatchNorm: (call) => {
    const { x, mean, variance, offset, scale } = call.inputs as Record<string, TensorInfo | undefined>;
    const attributes: BatchNormAttributes = {
      epsilon: attributesOf<FusedBatchNormAttrs>(call).varianceEpsilon ?? 0.001,
      hasOffset: Boolean(offset),
      hasScale: Boolean(scale),
    };
    const inputs = [x, mean, variance, offset, scale].filter((tensor) => tensor !== undefined && tensor !== null);
    return call.backend.record('BatchNorm', inputs, attributes, x!.shape, x!.dtype);
  },
};

function recordBinary(call: KernelCall, name: string, dtype: DataType): TensorInfo {
  const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
  const shape = call.tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const isLogical = LOGICAL_KERNELS.includes(name);
  const isEquality = name === 'Equal' || name === 'NotEqual';
  if ((a.dtype === 'bool' || b.dtype === 'bool') && !isLogical && !isEquality) throw new UnsupportedCase();
  if (isLogical && (a.dtype !== 'bool' || b.dtype !== 'bool')) throw new UnsupportedCase();
  if (a.dtype !== b.dtype) throw new UnsupportedCase();
  return call.backend.record(name, [a, b], {}, shape, dtype);
}

/** Returns the tensor with another element type. */
export function castTensor({ backend }: KernelCall, x: TensorInfo, dtype: DataType): TensorInfo {
  if (x.dtype === dtype) return backend.alias(x, x.shape);
  if (dtype === 'string' || dtype === 'complex64' || x.dtype === 'string') throw new UnsupportedCase();
  return backend.record('Cast', [x], {}, x.shape, dtype);
}
