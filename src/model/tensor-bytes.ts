// Arrays and texts as bytes of the format safetensors (github.com/huggingface/safetensors): 8 bytes with the length of the
// header (little-endian), the header as JSON, then the bytes of all arrays one after the other. Nothing in it is ever
// executed. Without Node: pages read exported networks with it.
import { OneshotError } from '../base/problem.js';
import { sizeOf } from '../layers/shape.js';
import { bytesOf, type NamedArrays, type NumberArray } from './named-arrays.js';

/** Arrays and texts of one file. */
export interface TensorFile {
  readonly arrays: NamedArrays;
  /** Texts by name: the format's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';
export const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;

/** The bytes of a file, in pieces to be written one after the other. All arrays are float32. */
export function encodeTensors({ arrays, metadata }: TensorFile): Uint8Array[] {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of arrays) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header let the arrays begin at a multiple of 8 bytes.
  const padding = new Uint8Array((LENGTH_BYTES - (text.length % LENGTH_BYTES)) % LENGTH_BYTES).fill(0x20);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length + padding.length), true);
  return [length, text, padding, ...[...arrays.values()].map(({ values }) => bytesOf(values))];
}

/**
 * The arrays and texts of a whole file; `name` is what messages call it. Throws a OneshotError 'corrupt' when it is cut
 * off or holds anything but float32.
 */
export function decodeTensors(bytes: Uint8Array, name: string): TensorFile {
  const headerBytes = readHeaderLength(bytes.subarray(0, LENGTH_BYTES), bytes.length, name);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes), name);
  const start = LENGTH_BYTES + headerBytes;
  const arrays = new Map<string, NumberArray>();
  for (const [array, { shape, offset }] of placeArrays(header, bytes.length - start, name)) {
    const values = new Float32Array(sizeOf(shape));
    bytesOf(values).set(bytes.subarray(start + offset, start + offset + values.byteLength));
    arrays.set(array, { shape, values });
  }
  return { arrays, metadata: parseMetadata(header, name) };
}

/** The length that the first 8 bytes of a file of `fileBytes` state. */
export function readHeaderLength(start: Uint8Array, fileBytes: number, name: string): number {
  if (fileBytes < LENGTH_BYTES) throw corruptTensors(name, `it has ${fileBytes} bytes`);
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || Number(length) > fileBytes - LENGTH_BYTES)
    throw corruptTensors(name, `its header would be ${length} bytes long in a file of ${fileBytes}`);
  return Number(length);
}

/** The header as it is written. */
export function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
  } catch (error) {
    throw corruptTensors(name, 'its header is not JSON', error);
  }
  throw corruptTensors(name, 'its header is not a JSON object');
}

/**
 * Name, shape and first byte of each array within the data, in the order of the file. The arrays must fill the data
 * without gaps.
 */
export function placeArrays(
  header: Record<string, unknown>,
  dataBytes: number,
  name: string,
): [string, { shape: number[]; offset: number }][] {
  let at = 0;
  const placed = Object.entries(header).flatMap(([array, entry]): [string, { shape: number[]; offset: number }][] => {
    if (array === METADATA) return [];
    if (!isRecord(entry) || entry.dtype !== 'F32' || !isShape(entry.shape))
      throw corruptTensors(name, `its entry ${array} is not an array of float32`);
    const offset = at;
    at += 4 * sizeOf(entry.shape);
    if (JSON.stringify(entry.data_offsets) !== `[${offset},${at}]`)
      throw corruptTensors(name, `its entry ${array} does not lie at bytes ${offset} to ${at}`);
    return [[array, { shape: entry.shape, offset }]];
  });
  if (at !== dataBytes) throw corruptTensors(name, `its arrays should take ${at} bytes and ${dataBytes} are there`);
  return placed;
}

/** The texts of a header. */
export function parseMetadata(header: Record<string, unknown>, name: string): Record<string, string> {
  const metadata = header[METADATA];
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== 'string'))
    throw corruptTensors(name, 'its metadata is not a map of texts');
  return metadata as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

/** The failure that a file which is not whole raises. */
export function corruptTensors(name: string, why: string, cause?: unknown): OneshotError {
  return new OneshotError('corrupt', `${name} is not a whole checkpoint: ${why}`, { cause });
}
