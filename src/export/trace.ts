// A network written down operation by operation: its layers and its head are computed once with a library that has the
// names of TensorFlow.js and records instead of computing. So every layer says in one place what it does, and what is
// written for other programs is made from that.
import type { Tensor } from '@tensorflow/tfjs';
import { OneshotError } from '../base/problem.js';
import type { TensorFlow } from '../layers/layer.js';
import { sizeOf } from '../layers/shape.js';

/** Length of the batch axis in a trace: a prime that no layer has. */
export const BATCH = 1_000_003;

/** A value of the trace: an input, a constant, or the result of an operation. */
export interface TracedValue {
  readonly id: number;
  /** With `BATCH` where the batch axis is. */
  readonly shape: readonly number[];
  /** Elements of a constant, in row-major order. */
  readonly constant?: Float32Array;
  /** Name of an input or of a constant that has one. */
  readonly name?: string;
}

type Pair = readonly [number, number];

/** What an operation does, beside its inputs; words as in TensorFlow.js, pictures as [batch, height, width, channels]. */
export type Operation =
  | { readonly type: 'conv2d' | 'depthwiseConv2d'; readonly strides: Pair; readonly padding: 'same' | 'valid' }
  | {
      readonly type: 'maxPool' | 'avgPool';
      readonly size: Pair;
      readonly strides: Pair;
      readonly padding: 'same' | 'valid';
    }
  | { readonly type: 'pad'; readonly paddings: readonly Pair[] }
  | { readonly type: 'tile'; readonly repeats: readonly number[] }
  | { readonly type: 'batchNorm'; readonly epsilon: number }
  | { readonly type: 'leakyRelu'; readonly slope: number }
  | { readonly type: 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'abs' | 'neg' | 'square' | 'sqrt' }
  | { readonly type: 'add' | 'sub' | 'mul' | 'div' | 'matMul' }
  | { readonly type: 'softmax' }
  | { readonly type: 'sum' | 'mean'; readonly axes: readonly number[]; readonly keepDims: boolean }
  | { readonly type: 'reshape' };

export interface TracedOperation {
  readonly operation: Operation;
  readonly inputs: readonly TracedValue[];
  readonly output: TracedValue;
}

export interface Trace {
  /** In the order of computation. */
  readonly operations: readonly TracedOperation[];
}

/** What records: `tf` is given to layers and heads, the rest makes the values that they start from. */
export interface Recorder extends Trace {
  readonly tf: TensorFlow;
  input(name: string, shape: readonly number[]): Tensor;
  constant(name: string, shape: readonly number[], values: Float32Array): Tensor;
}

/** The traced value behind a tensor of a recorder. */
export function tracedOf(tensor: Tensor): TracedValue {
  return tensor as unknown as TracedValue;
}

type Operand = TracedValue | number;

/** A new recorder. A function of TensorFlow.js that it does not know throws a OneshotError('usage'). */
export function createRecorder(): Recorder {
  const operations: TracedOperation[] = [];
  let ids = 0;
  const record = (operation: Operation, inputs: readonly Operand[], shape: readonly number[]): TracedValue => {
    const output = { id: ids++, shape };
    operations.push({ operation, inputs: inputs.map(toValue), output });
    return output;
  };
  const toValue = (operand: Operand): TracedValue =>
    typeof operand === 'number' ? { id: ids++, shape: [], constant: Float32Array.of(operand) } : operand;
  const unary =
    (type: 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'abs' | 'neg' | 'square' | 'sqrt' | 'softmax') => (x: TracedValue) =>
      record({ type }, [x], x.shape);
  const binary = (type: 'add' | 'sub' | 'mul' | 'div') => (a: Operand, b: Operand) =>
    record({ type }, [a, b], broadcast(shapeOf(a), shapeOf(b)));
  const reduce =
    (type: 'sum' | 'mean') =>
    (x: TracedValue, axis: number | readonly number[], keepDims = false) => {
      const axes = (typeof axis === 'number' ? [axis] : axis).map((at) => (at < 0 ? at + x.shape.length : at));
      const shape = x.shape.flatMap((length, at) => (!axes.includes(at) ? [length] : keepDims ? [1] : []));
      return record({ type, axes, keepDims }, [x], shape);
    };
  const slide = (x: TracedValue, size: Pair, strides: Pair, padding: 'same' | 'valid'): Pair => {
    const along = (axis: 0 | 1) => {
      const length = x.shape[axis + 1]!;
      return padding === 'same'
        ? Math.ceil(length / strides[axis])
        : Math.floor((length - size[axis]) / strides[axis]) + 1;
    };
    return [along(0), along(1)];
  };
  const reshape = (x: TracedValue, shape: readonly number[]) => {
    const rest = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
    return record(
      { type: 'reshape' },
      [x],
      shape.map((length) => (length === -1 ? sizeOf(x.shape) / rest : length)),
    );
  };
  const convolve =
    (type: 'conv2d' | 'depthwiseConv2d') =>
    (x: TracedValue, kernel: TracedValue, strides: number | Pair, padding: 'same' | 'valid') => {
      const steps = pairOf(strides);
      const [rows, columns, channels, filters] = kernel.shape as [number, number, number, number];
      const [height, width] = slide(x, [rows, columns], steps, padding);
      const outputs = type === 'conv2d' ? filters : channels * filters;
      return record({ type, strides: steps, padding }, [x, kernel], [x.shape[0]!, height, width, outputs]);
    };
  const pool =
    (type: 'maxPool' | 'avgPool') =>
    (x: TracedValue, size: number | Pair, strides: number | Pair, padding: 'same' | 'valid') => {
      const [window, steps] = [pairOf(size), pairOf(strides)];
      const [height, width] = slide(x, window, steps, padding);
      return record({ type, size: window, strides: steps, padding }, [x], [x.shape[0]!, height, width, x.shape[3]!]);
    };
  const library = {
    tidy: (compute: () => TracedValue) => compute(),
    conv2d: convolve('conv2d'),
    depthwiseConv2d: convolve('depthwiseConv2d'),
    maxPool: pool('maxPool'),
    avgPool: pool('avgPool'),
    pad: (x: TracedValue, paddings: readonly Pair[]) =>
      record(
        { type: 'pad', paddings },
        [x],
        x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]),
      ),
    tile: (x: TracedValue, repeats: readonly number[]) =>
      record(
        { type: 'tile', repeats },
        [x],
        x.shape.map((length, axis) => length * repeats[axis]!),
      ),
    batchNorm: (
      x: TracedValue,
      mean: TracedValue,
      variance: TracedValue,
      offset: TracedValue,
      scale: TracedValue,
      epsilon: number,
    ) => record({ type: 'batchNorm', epsilon }, [x, mean, variance, offset, scale], x.shape),
    leakyRelu: (x: TracedValue, slope: number) => record({ type: 'leakyRelu', slope }, [x], x.shape),
    ...Object.fromEntries(
      (['relu', 'relu6', 'sigmoid', 'tanh', 'abs', 'neg', 'square', 'sqrt', 'softmax'] as const).map((type) => [
        type,
        unary(type),
      ]),
    ),
    ...Object.fromEntries((['add', 'sub', 'mul', 'div'] as const).map((type) => [type, binary(type)])),
    sum: reduce('sum'),
    mean: reduce('mean'),
    matMul: (a: TracedValue, b: TracedValue) => record({ type: 'matMul' }, [a, b], [a.shape[0]!, b.shape[1]!]),
    reshape,
    expandDims: (x: TracedValue, axis = 0) => reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]),
    tensor4d: (values: Float32Array, shape: readonly number[]) => ({
      id: ids++,
      shape,
      constant: Float32Array.from(values),
    }),
    scalar: (value: number) => toValue(value),
  };
  return {
    operations,
    tf: new Proxy(library, { get: refuseUnknown }) as unknown as TensorFlow,
    input: (name, shape) => ({ id: ids++, shape, name }) as unknown as Tensor,
    constant: (name, shape, values) => ({ id: ids++, shape, name, constant: values }) as unknown as Tensor,
  };
}

function refuseUnknown(library: object, name: string | symbol): unknown {
  if (name in library) return Reflect.get(library, name);
  throw new OneshotError(
    'usage',
    `a layer of this network computes with ${String(name)}, which cannot be exported yet`,
  );
}

const pairOf = (setting: number | Pair): Pair => (typeof setting === 'number' ? [setting, setting] : setting);

const shapeOf = (operand: Operand): readonly number[] => (typeof operand === 'number' ? [] : operand.shape);

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1),
  );
}
