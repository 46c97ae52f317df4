/**
 * Writes ONNX models: the few protobuf messages of `onnx.proto` that a computation graph needs.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** Element types that tensors of a graph can have. */
export type DataType = 'float32' | 'int32' | 'bool' | 'int64';

/** `TensorProto.DataType`, also used by ONNX Runtime's C API. */
export const ONNX_TYPES: Readonly<Record<DataType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** A float attribute: JavaScript's own numbers are written as integers. */
export class FloatAttribute {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type Attribute = number | string | readonly number[] | FloatAttribute;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Operator set; empty for ONNX's own. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly values: ArrayBufferView;
}

export interface OnnxInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** An input or output of a model file; an axis whose length is not fixed has a name instead. */
export interface ModelValue {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape?: readonly (number | string)[];
}

/** A graph as it is written into a file. */
export interface ModelGraph extends Pick<OnnxGraph, 'nodes' | 'constants'> {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
}

/** A value whose shape ONNX Runtime finds out. */
export interface OnnxOutput {
  readonly name: string;
  readonly dtype: DataType;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly (OnnxInput | OnnxOutput)[];
  readonly outputs: readonly OnnxOutput[];
}

/** What a model file says of itself beside its graph. */
export interface ModelNotes {
  readonly producer?: string;
  readonly producerVersion?: string;
  readonly documentation?: string;
  /** Texts by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** ONNX operators in the version that has the axes of `ReduceMean` and its like as attributes. */
const OPERATOR_SETS: readonly (readonly [string, number])[] = [
  ['', 17],
  ['com.microsoft', 1],
  ['com.microsoft.nchwc', 1],
  ['tfjs.native', 1],
];
const IR_VERSION = 8;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

/** Returns the serialised `ModelProto`. */
export function encodeModel(graph: ModelGraph, notes: ModelNotes = {}): Uint8Array {
  const model = new MessageWriter();
  model.integer(1, IR_VERSION);
  if (notes.producer) model.text(2, notes.producer);
  if (notes.producerVersion) model.text(3, notes.producerVersion);
  if (notes.documentation) model.text(6, notes.documentation);
  model.message(7, (writer) => writeGraph(writer, graph));
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  for (const [domain, version] of OPERATOR_SETS) {
    if (!domains.has(domain)) continue;
    model.message(8, (writer) => {
      writer.text(1, domain);
      writer.integer(2, version);
    });
  }
  for (const [key, value] of Object.entries(notes.metadata ?? {})) {
    model.message(14, (writer) => {
      writer.text(1, key);
      writer.text(2, value);
    });
  }
  return model.finish();
}

function writeGraph(writer: MessageWriter, graph: ModelGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.text(2, 'graph');
  for (const tensor of graph.constants) writer.message(5, (inner) => writeTensor(inner, tensor));
  for (const input of graph.inputs) writer.message(11, (inner) => writeValueInfo(inner, input));
  for (const output of graph.outputs) writer.message(12, (inner) => writeValueInfo(inner, output));
}

function writeNode(writer: MessageWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name);
  writer.text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, value));
  }
  if (node.domain) writer.text(7, node.domain);
}

function writeAttribute(writer: MessageWriter, name: string, value: Attribute): void {
  writer.text(1, name);
  if (value instanceof FloatAttribute) {
    writer.float(2, value.value);
    writer.integer(20, ATTRIBUTE_FLOAT);
  } else if (typeof value === 'number') {
    writer.integer(3, value);
    writer.integer(20, ATTRIBUTE_INT);
  } else if (typeof value === 'string') {
    writer.text(4, value);
    writer.integer(20, ATTRIBUTE_STRING);
  } else {
    for (const item of value) writer.integer(8, item);
    writer.integer(20, ATTRIBUTE_INTS);
  }
}

function writeTensor(writer: MessageWriter, { name, dtype, shape, values }: OnnxTensor): void {
  for (const size of shape) writer.integer(1, size);
  writer.integer(2, ONNX_TYPES[dtype]);
  writer.text(8, name);
  writer.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValueInfo(writer: MessageWriter, { name, dtype, shape }: ModelValue): void {
  writer.text(1, name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.integer(1, ONNX_TYPES[dtype]);
      if (!shape) return;
      tensor.message(2, (dimensions) => {
        for (const size of shape) {
          dimensions.message(1, (dimension) =>
            typeof size === 'number' ? dimension.integer(1, size) : dimension.text(2, size),
          );
        }
      });
    }),
  );
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Protobuf's wire format: https://protobuf.dev/programming-guides/encoding/ */
class MessageWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  integer(field: number, value: number): void {
    this.#varint((field << 3) | VARINT);
    // A negative integer is written as its 64-bit two's complement.
    if (value < 0) this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    else this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#varint((field << 3) | FIXED32);
    this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  text(field: number, value: string): void {
    this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, write: (writer: MessageWriter) => void): void {
    const inner = new MessageWriter();
    write(inner);
    this.bytes(field, inner.finish());
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.#varint((field << 3) | LENGTH_DELIMITED);
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  #bigVarint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + bytes));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
