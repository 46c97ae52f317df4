/** State of one lowering: the graph under construction and what is known about the recorded operations. */
import type { Shape } from '../base/shapes.js';
import type { GraphBuilder } from '../graph/graph-builder.js';
import type { GraphInput } from '../graph/lowered-graph.js';
import type { NativeOperators } from '../native/native-operators.js';
import type { RecordedOperation } from '../recording/recorded-operation.js';
import type { NumericType } from '../runtime/tensor-buffer.js';
import type { AlgorithmChooser } from './algorithm-names.js';
import { Value } from './value.js';

export interface LoweringContext {
  readonly builder: GraphBuilder;
  /** Channel block of the convolutions, 0 for plain ones. */
  readonly block: number;
  readonly isForDevice: boolean;
  /** Operators in generated machine code, which read and write blocks; null where there are none. */
  readonly native: NativeOperators | null;
  /** Null where the rules decide. */
  readonly chooser: AlgorithmChooser | null;
  readonly inputs: Map<string, GraphInput>;
  /** Sums over height and width that came with those of products, by what was summed. */
  readonly activationSums: Map<string, string>;
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

/** Returns the operation's attributes, which its kernel recorded in this algorithm. */
export function attributesOf<Attributes>(task: LoweringTask): Attributes {
  return task.operation.attributes as Attributes;
}
