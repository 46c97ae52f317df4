/** State of one lowering: the graph under construction and what is known about the recorded operations. */
import type { NumericType } from '../runtime/buffer-pool.js';
import type { ConvolutionShape } from './convolution-nodes.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import type { NativeOperators } from '../native/native-operators.js';
import type { OnnxInput } from '../runtime/onnx-model.js';
import type { RecordedOperation } from '../recording/recorded-operation.js';
import type { Shape } from '../base/shapes.js';
import type { ConvolutionRole, FormName } from './convolution-algorithms.js';
import { Value } from './value.js';

/** An input of the graph: a known tensor, or a block of its rows. */
export interface GraphInput extends OnnxInput {
  /** Index of the known tensor, and the first element of the part that is read. */
  readonly leaf: number;
  readonly offset: number;
}

/** Chooses among forms of a convolution that give the same numbers up to rounding. */
export interface FormChooser {
  /** Returns one of the candidates, two or more; `byRules` is the one that would be taken without a choice. */
  choose(role: ConvolutionRole, shape: ConvolutionShape, candidates: readonly FormName[], byRules: FormName): FormName;
}

export interface LoweringContext {
  readonly builder: GraphBuilder;
  /** Channel block of the convolutions, 0 for plain ones. */
  readonly block: number;
  readonly isForDevice: boolean;
  /** Operators in generated machine code, which read and write blocks; null where there are none. */
  readonly native: NativeOperators | null;
  /** Null where the rules decide. */
  readonly forms: FormChooser | null;
  readonly inputs: Map<string, GraphInput>;
  /** Sums over height and width that came with those of products, by what was summed. */
  readonly pictureSums: Map<string, string>;
  /** Whether a gradient of max pooling is part of the graph, so that pooling has to say where its maxima are. */
  readonly needsPoolingPositions: boolean;
}

/** An operation with its inputs lowered. */
export interface LoweringTask {
  readonly context: LoweringContext;
  readonly operation: RecordedOperation;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  readonly dtype: NumericType;
}

export type Lowering = (task: LoweringTask) => Value;

/** Returns a value whose every element is `value`. */
export function constantValue(context: LoweringContext, value: number, shape: Shape, dtype: NumericType): Value {
  return new Value({
    shape,
    stored: shape.map(() => 1),
    dtype,
    names: { natural: context.builder.scalar(value, dtype, shape.length) },
    constant: value,
  });
}

/** Returns the result of a node that works on the natural layout. */
export function naturalValue(task: LoweringTask, name: string): Value {
  return new Value({ shape: task.shape, dtype: task.dtype, names: { natural: name } });
}

/** Returns the operation's attributes, which its kernel recorded in this form. */
export function attributesOf<Attributes>(task: LoweringTask): Attributes {
  return task.operation.attributes as Attributes;
}
