/** What a kernel of this backend is: a function that infers the result's shape and records the operation. */
import type { BackendValues, DataId, DataType, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { Shape } from '../../base/shapes.js';
import type { TensorFlow } from '../../base/tensorflow.js';
import type { NumericArray } from '../../runtime/tensor-buffer.js';
import type { ComplexParts } from '../recorded-operation.js';

/** What kernels use of the backend. */
export interface OperationRecorder {
  /** Records one operation and returns its result, which is computed when somebody needs it. */
  record(name: string, inputs: readonly TensorInfo[], attributes: unknown, shape: Shape, dtype: DataType): TensorInfo;
  /** Returns a tensor over the same data with another shape of the same size. */
  alias(tensor: TensorInfo, shape: Shape): TensorInfo;
  /** Returns a tensor with the given content, which is copied. */
  upload(values: BackendValues, shape: Shape, dtype: DataType): TensorInfo;
  /**
   * Returns a copy of consecutive elements, or null when the tensor's numbers are not known yet. A copy keeps the offset
   * out of the recorded structure: batches cut out of a data set share one graph.
   */
  copyPart(tensor: TensorInfo, offset: number, shape: Shape): TensorInfo | null;
  /**
   * Returns the numbers of a tensor where they are known, or need next to no work; null where they come out of a larger
   * pending graph, which they would cut in two.
   */
  peek(tensor: TensorInfo): NumericArray | null;
  /** Returns a complex64 tensor, which shares the data of its parts. */
  joinComplex(parts: ComplexParts): TensorInfo;
  /** Returns the parts of a complex64 tensor, which keeps them. */
  partsOf(tensor: TensorInfo): ComplexParts;
  readSync(dataId: DataId): BackendValues;
  disposeData(dataId: DataId, force?: boolean): boolean;
}

export interface KernelCall {
  readonly tf: TensorFlow;
  readonly backend: OperationRecorder;
  readonly inputs: NamedTensorInfoMap;
  readonly attributes: NamedAttrMap;
}

export type Kernel = (call: KernelCall) => TensorInfo | TensorInfo[];

/** Kernels by the names that tfjs gives them. */
export type KernelTable = Readonly<Record<string, Kernel>>;

/** Returns an input that the operation always has. */
export function inputOf(call: KernelCall, name: string): TensorInfo {
  return call.inputs[name]!;
}

/** Returns the inputs of an operation on a list of tensors, which tfjs passes as an array or as an object. */
export function listInputs(call: KernelCall): TensorInfo[] {
  return Object.values(call.inputs) as TensorInfo[];
}

/** Returns the attributes in the type that tfjs documents for the kernel. */
export function attributesOf<Attributes>(call: KernelCall): Attributes {
  return call.attributes as unknown as Attributes;
}

/** Thrown by a kernel for a case that it leaves to the `cpu` backend. */
export class UnsupportedCase extends Error {}
