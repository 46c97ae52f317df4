// Arrays in files of the format safetensors (model/tensor-bytes.ts), with a checksum of their numbers, which the format
// has not. Read piece by piece: a checkpoint may be larger than the memory that is left.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeFileAtomic } from '../base/atomic-file.js';
import { sizeOf } from '../layers/shape.js';
import { bytesOf, type NumberArray } from '../model/named-arrays.js';
import {
  corruptTensors,
  encodeTensors,
  LENGTH_BYTES,
  parseHeader,
  parseMetadata,
  placeArrays,
  readHeaderLength,
  type TensorFile,
} from '../model/tensor-bytes.js';

/** Metadata name of the CRC-32 over all array bytes, 8 hex digits. */
const CHECKSUM = 'crc32';

/** Replaces the file at `path`, whole or not at all. All arrays are float32. Throws the file system's error. */
export function writeTensorFile(path: string, { arrays, metadata }: TensorFile): void {
  const sum = checksum([...arrays.values()].map(({ values }) => bytesOf(values)));
  writeFileAtomic(path, encodeTensors({ arrays, metadata: { ...metadata, [CHECKSUM]: sum } }));
}

/**
 * The arrays and texts of a file. Throws a OneshotError 'corrupt' when it is cut off, altered, or holds anything but
 * float32, and the file system's error when it cannot be read.
 */
export function readTensorFile(path: string): TensorFile {
  const file = openSync(path, 'r');
  try {
    const fileBytes = fstatSync(file).size;
    const start = new Uint8Array(LENGTH_BYTES);
    if (fileBytes >= LENGTH_BYTES) readPiece(path, file, start, 0);
    const headerBytes = readHeaderLength(start, fileBytes, path);
    const header = parseHeader(readPiece(path, file, new Uint8Array(headerBytes), LENGTH_BYTES), path);
    const dataStart = LENGTH_BYTES + headerBytes;
    const arrays = new Map<string, NumberArray>();
    for (const [name, { shape, offset }] of placeArrays(header, fileBytes - dataStart, path)) {
      const values = new Float32Array(sizeOf(shape));
      readPiece(path, file, bytesOf(values), dataStart + offset);
      arrays.set(name, { shape, values });
    }
    const { [CHECKSUM]: expected, ...metadata } = parseMetadata(header, path);
    if (checksum([...arrays.values()].map(({ values }) => bytesOf(values))) !== expected)
      throw corruptTensors(path, 'its numbers do not match their checksum');
    return { arrays, metadata };
  } finally {
    closeSync(file);
  }
}

/** Fills `target` from the file's bytes from `position` on. One read may give less than was asked for. */
function readPiece(path: string, file: number, target: Uint8Array, position: number): Uint8Array {
  for (let at = 0; at < target.byteLength; ) {
    const bytes = readSync(file, target, at, Math.min(target.byteLength - at, 1 << 30), position + at);
    if (bytes === 0) throw corruptTensors(path, 'it ends too early');
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
