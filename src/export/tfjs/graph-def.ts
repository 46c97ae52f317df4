// The graph of a TensorFlow.js graph model: TensorFlow's GraphDef as JSON, as `tf.loadGraphModel` reads it (the protobuf
// JSON of tensorflow/core/framework/graph.proto: texts in base64, 64-bit numbers as text).

/** An attribute of a node, as the proto's JSON has it. */
export type AttributeValue =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly s: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: TensorShape }
  | { readonly tensor: { readonly dtype: 'DT_FLOAT' | 'DT_INT32'; readonly tensorShape: TensorShape } };

export interface TensorShape {
  readonly dim: readonly { readonly size: string }[];
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, AttributeValue>>;
}

/** A constant, whose bytes lie in the weights beside the graph. */
export interface GraphConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export const FLOAT: AttributeValue = { type: 'DT_FLOAT' };
export const INT32: AttributeValue = { type: 'DT_INT32' };

export const text = (value: string): AttributeValue => ({ s: Buffer.from(value).toString('base64') });

export const integers = (values: readonly number[]): AttributeValue => ({ list: { i: values.map(String) } });

/** A shape; -1 where a length is free. */
export function tensorShape(shape: readonly number[]): TensorShape {
  return { dim: shape.map((length) => ({ size: String(length) })) };
}
