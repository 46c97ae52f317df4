/** What the kernels record: tensors that are known or pending, and the operations between them. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Shape } from '../base/shapes.js';
import type { AnyBuffer } from '../runtime/buffer-pool.js';
import type { NumericType } from '../runtime/tensor-buffer.js';

/** Real and imaginary part of a complex64 tensor: tensors that it holds. */
export interface ComplexParts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/**
 * Data of one tfjs data id. It is known (`buffer`), pending (`producer`), text (`text`), complex (`parts`) or lost
 * (`failure`).
 */
export interface TensorData {
  readonly serial: number;
  readonly shape: Shape;
  readonly dtype: NumericType;
  /** Tensors that share the data; tfjs disposes of it when none is left. */
  references: number;
  buffer: AnyBuffer | null;
  producer: RecordedOperation | null;
  /** Whether a run has read it; what is read again moves to the device. */
  wasRead: boolean;
  /** Content of string tensors, which never enter a graph. */
  text: Uint8Array[] | null;
  /** What a complex64 tensor consists of; it never enters a graph itself. */
  parts: ComplexParts | null;
  failure: Error | null;
  /** Left pending once because its tidy() was still open; computed when it is needed again. */
  isPassedOver: boolean;
}

/** An input of an operation: the data, under the shape that the operation sees. */
export interface OperationInput {
  readonly data: TensorData;
  readonly shape: Shape;
}

/** One operation of a pending graph. */
export interface RecordedOperation {
  /** The operation's name, that of the tfjs kernel in most cases. */
  readonly name: string;
  /** Position in the order of recording. */
  readonly serial: number;
  readonly inputs: readonly OperationInput[];
  /** Plain data, compared as JSON. */
  readonly attributes: unknown;
  readonly shape: Shape;
  readonly dtype: NumericType;
  readonly output: TensorData;
  /** Number that operations share whose names, attributes, shapes and types are equal, those of the inputs too. */
  readonly signature: number;
}
