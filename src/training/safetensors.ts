// Arrays in files of the format safetensors (github.com/huggingface/safetensors): 8 bytes with the length of the header
// (little-endian), the header as JSON, then the bytes of all arrays one after the other. Nothing in it is ever executed.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeFileAtomic } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import { sizeOf } from '../layers/shape.js';
import { bytesOf, type NamedArrays, type NumberArray } from '../model/named-arrays.js';

/** Arrays and texts of one file. */
export interface TensorFile {
  readonly arrays: NamedArrays;
  /** Texts by name: the format's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';
/** Metadata name of the CRC-32 over all array bytes, 8 hex digits. The format has no checksum of its own. */
const CHECKSUM = 'crc32';
const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;

/** Replaces the file at `path`, whole or not at all. All arrays are float32. Throws the file system's error. */
export function writeTensorFile(path: string, { arrays, metadata }: TensorFile): void {
  const pieces = [...arrays.values()].map(({ values }) => bytesOf(values));
  const header: Record<string, unknown> = {
    [METADATA]: { ...metadata, [CHECKSUM]: checksum(pieces) },
  };
  let offset = 0;
  for (const [name, { shape, values }] of arrays) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Spaces after the header let the arrays begin at a multiple of 8 bytes.
  const padding = Buffer.alloc((LENGTH_BYTES - (text.length % LENGTH_BYTES)) % LENGTH_BYTES, ' ');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(text.length + padding.length));
  writeFileAtomic(path, [length, text, padding, ...pieces]);
}

/** The arrays and texts of a file. Throws a OneshotError 'corrupt' when it is cut off, altered, or holds anything but float32, and the file system's error when it cannot be read. */
export function readTensorFile(path: string): TensorFile {
  const file = openSync(path, 'r');
  try {
    const fileBytes = fstatSync(file).size;
    const headerBytes = readHeaderLength(path, file, fileBytes);
    const header = parseHeader(path, readPiece(path, file, new Uint8Array(headerBytes), LENGTH_BYTES));
    const dataStart = LENGTH_BYTES + headerBytes;
    const arrays = new Map<string, NumberArray>();
    for (const [name, { shape, start }] of placeArrays(path, header, fileBytes - dataStart)) {
      const values = new Float32Array(sizeOf(shape));
      readPiece(path, file, bytesOf(values), dataStart + start);
      arrays.set(name, { shape, values });
    }
    const { [CHECKSUM]: expected, ...metadata } = parseMetadata(path, header[METADATA]);
    if (checksum([...arrays.values()].map(({ values }) => bytesOf(values))) !== expected)
      throw corrupt(path, 'its numbers do not match their checksum');
    return { arrays, metadata };
  } finally {
    closeSync(file);
  }
}

function readHeaderLength(path: string, file: number, fileBytes: number): number {
  if (fileBytes < LENGTH_BYTES) throw corrupt(path, `it has ${fileBytes} bytes`);
  const buffer = Buffer.from(readPiece(path, file, new Uint8Array(LENGTH_BYTES), 0));
  const length = buffer.readBigUInt64LE();
  if (length > MAX_HEADER_BYTES || Number(length) > fileBytes - LENGTH_BYTES)
    throw corrupt(path, `its header would be ${length} bytes long in a file of ${fileBytes}`);
  return Number(length);
}

function parseHeader(path: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
  } catch (error) {
    throw corrupt(path, 'its header is not JSON', error);
  }
  throw corrupt(path, 'its header is not a JSON object');
}

/** Name, shape and first byte of each array, in the order of the file. The arrays must fill the data without gaps. */
function placeArrays(
  path: string,
  header: Record<string, unknown>,
  dataBytes: number,
): [string, { shape: number[]; start: number }][] {
  let at = 0;
  const placed = Object.entries(header).flatMap(([name, entry]): [string, { shape: number[]; start: number }][] => {
    if (name === METADATA) return [];
    if (!isRecord(entry) || entry.dtype !== 'F32' || !isShape(entry.shape))
      throw corrupt(path, `its entry ${name} is not an array of float32`);
    const start = at;
    at += 4 * sizeOf(entry.shape);
    if (JSON.stringify(entry.data_offsets) !== `[${start},${at}]`)
      throw corrupt(path, `its entry ${name} does not lie at bytes ${start} to ${at}`);
    return [[name, { shape: entry.shape, start }]];
  });
  if (at !== dataBytes) throw corrupt(path, `its arrays should take ${at} bytes and ${dataBytes} are there`);
  return placed;
}

function parseMetadata(path: string, metadata: unknown): Record<string, string> {
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== 'string'))
    throw corrupt(path, 'its metadata is not a map of texts');
  return metadata as Record<string, string>;
}

/** Fills `target` from the file's bytes from `position` on. One read may give less than was asked for. */
function readPiece(path: string, file: number, target: Uint8Array, position: number): Uint8Array {
  for (let at = 0; at < target.byteLength; ) {
    const bytes = readSync(file, target, at, Math.min(target.byteLength - at, 1 << 30), position + at);
    if (bytes === 0) throw corrupt(path, 'it ends too early');
    at += bytes;
  }
  return target;
}

function checksum(pieces: readonly Uint8Array[]): string {
  return pieces
    .reduce((sum, piece) => crc32(piece, sum), 0)
    .toString(16)
    .padStart(8, '0');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function corrupt(path: string, why: string, cause?: unknown): OneshotError {
  return new OneshotError('corrupt', `${path} is not a whole checkpoint: ${why}`, { cause });
}
