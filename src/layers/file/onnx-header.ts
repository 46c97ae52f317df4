// What an ONNX file says of its inputs and outputs, without its weights being looked at: a reader of the few messages of
// onnx.proto that say so (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; wire format:
// https://protobuf.dev/programming-guides/encoding/).

/** A length, or the name of one that is not fixed; empty where it has neither. */
export type OnnxDimension = number | string;

/** An input or output of a model. */
export interface OnnxValue {
  readonly name: string;
  /** `TensorProto.DataType`: 1 is float32, 10 float16. */
  readonly elementType: number;
  /** Undefined where the file does not even say how many axes it has. */
  readonly shape: readonly OnnxDimension[] | undefined;
}

export interface OnnxHeader {
  /** What has to be fed: inputs that no initialiser gives a value. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What wrote the file. */
  readonly producer: string;
  /** Whether weights stand in another file. */
  readonly hasExternalData: boolean;
}

/** The header of a model. Throws an Error that says in a clause what the bytes are instead of one. */
export function readOnnxHeader(bytes: Buffer): OnnxHeader {
  let graph: Buffer | undefined;
  let producer = '';
  try {
    for (const { field, value } of readFields(bytes)) {
      if (field === 2) producer = String(value);
      if (field === 7 && Buffer.isBuffer(value)) graph = value;
    }
    if (graph !== undefined) return { ...readGraph(graph), producer };
  } catch (error) {
    if (!(error instanceof NotProtobuf)) throw error;
  }
  throw new Error('is no ONNX file');
}

function readGraph(bytes: Buffer): Omit<OnnxHeader, 'producer'> {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const given = new Set<string>();
  let hasExternalData = false;
  for (const { field, value } of readFields(bytes)) {
    if (!Buffer.isBuffer(value)) continue;
    if (field === 11) inputs.push(readValue(value));
    else if (field === 12) outputs.push(readValue(value));
    else if (field === 5) {
      for (const { field: inner, value: text } of readFields(value)) {
        if (inner === 8) given.add(String(text));
        if (inner === 14 && text === 1) hasExternalData = true;
      }
    }
  }
  if (outputs.length === 0) throw new NotProtobuf();
  return { inputs: inputs.filter(({ name }) => !given.has(name)), outputs, hasExternalData };
}

function readValue(bytes: Buffer): OnnxValue {
  let name = '';
  let elementType = 0;
  let shape: OnnxDimension[] | undefined;
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) name = String(value);
    if (field !== 2 || !Buffer.isBuffer(value)) continue;
    const tensor = childOf(value, 1);
    if (tensor === undefined) continue;
    for (const { field: inner, value: content } of readFields(tensor)) {
      if (inner === 1 && typeof content === 'number') elementType = content;
      if (inner === 2 && Buffer.isBuffer(content)) shape = readShape(content);
    }
  }
  return { name, elementType, shape };
}

function readShape(bytes: Buffer): OnnxDimension[] {
  const dimensions: OnnxDimension[] = [];
  for (const { field, value } of readFields(bytes)) {
    if (field !== 1 || !Buffer.isBuffer(value)) continue;
    let dimension: OnnxDimension = '';
    for (const { field: inner, value: content } of readFields(value)) {
      if (inner === 1 && typeof content === 'number') dimension = content;
      if (inner === 2) dimension = String(content);
    }
    dimensions.push(dimension);
  }
  return dimensions;
}

function childOf(bytes: Buffer, wanted: number): Buffer | undefined {
  for (const { field, value } of readFields(bytes)) if (field === wanted && Buffer.isBuffer(value)) return value;
  return undefined;
}

class NotProtobuf extends Error {}

interface Field {
  readonly field: number;
  /** A number, or the bytes of a text or message. */
  readonly value: number | Buffer;
}

/** The fields of a message, one after the other. */
function* readFields(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw new NotProtobuf();
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new NotProtobuf();
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw new NotProtobuf();
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field === 0) throw new NotProtobuf();
    if (wireType === 0) yield { field, value: varint() };
    else if (wireType === 1) yield { field, value: take(8) };
    else if (wireType === 2) yield { field, value: take(varint()) };
    else if (wireType === 5) yield { field, value: take(4) };
    else throw new NotProtobuf();
  }
}
