/** What a kernel of this backend is: a function that infers the result's shape and records the operation. */
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { OnnxRuntimeBackend, TensorFlow } from '../../backend.js';

export interface KernelCall {
  readonly tf: TensorFlow;
  readonly backend: OnnxRuntimeBackend;
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
