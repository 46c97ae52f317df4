/** A graph that was lowered from recorded operations, and where its inputs and outputs lie in their tensors. */
import type { Shape } from '../base/shapes.js';
import type { OnnxGraph, OnnxInput } from '../runtime/onnx-model.js';

/** An input of the graph: a known tensor, or a block of its rows. */
export interface GraphInput extends OnnxInput {
  /** Index of the known tensor, and the first element of the part that is read. */
  readonly leaf: number;
  readonly offset: number;
}

/** Part of a result that the graph writes. */
export interface GraphOutputPart {
  /** Index of the result, and the first element of the part. */
  readonly output: number;
  readonly offset: number;
  readonly shape: Shape;
}

export interface LoweredGraph {
  readonly model: OnnxGraph;
  /** Where the model's inputs and outputs lie, in its order. */
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutputPart[];
}
