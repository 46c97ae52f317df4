// The numbers of a MATLAB file of one numeric array ("MAT-File Format", level 5), column by column.
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** Readers of the number types 1 … 9: their size in bytes, and how one is read. */
const NUMBERS: Readonly<Record<number, readonly [size: number, read: (view: DataView, at: number) => number]>> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [2, (view, at) => view.getUint16(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getUint32(at, true)],
  7: [4, (view, at) => view.getFloat32(at, true)],
  9: [8, (view, at) => view.getFloat64(at, true)],
};
const MATRIX = 14;
const COMPRESSED = 15;
const HEADER_BYTES = 128;

export function readMat(path: string): { readonly rows: number; readonly columns: number; readonly values: number[] } {
  let element = readElement(new Uint8Array(readFileSync(path)), HEADER_BYTES);
  if (element.type === COMPRESSED) element = readElement(new Uint8Array(inflateSync(element.bytes)), 0);
  if (element.type !== MATRIX) throw new Error(`${path} holds no array but an element of type ${element.type}`);
  // Flags, dimensions, name, real part.
  const parts = [];
  for (let at = 0; at < element.bytes.length && parts.length < 4; ) {
    const part = readElement(element.bytes, at);
    parts.push(part);
    at = part.end;
  }
  const [rows, columns] = readNumbers(parts[1]!);
  return { rows: rows!, columns: columns!, values: readNumbers(parts[3]!) };
}

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

function readElement(file: Uint8Array, at: number): Element {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const tag = view.getUint32(at, true);
  // Up to four bytes stand in the tag itself.
  if (tag >>> 16 !== 0) return { type: tag & 0xffff, bytes: file.slice(at + 4, at + 4 + (tag >>> 16)), end: at + 8 };
  const length = view.getUint32(at + 4, true);
  return { type: tag, bytes: file.slice(at + 8, at + 8 + length), end: at + 8 + Math.ceil(length / 8) * 8 };
}

function readNumbers({ type, bytes }: Element): number[] {
  const [size, read] = NUMBERS[type]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
}
