// PNG files to ink. Omniglot's are 1-bit grey, 105 x 105; this form is decoded here, since 32,460 files take pngjs the
// better part of a minute. Every other legal form goes to pngjs. Format: W3C PNG, third edition, sections 5, 9 and 11.
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { listPngChunks } from './png-chunks.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The ink of a PNG of exactly `height` x `width`: `[height, width]` bytes, 0 where it is white (or transparent), 255
 * where it is black. Throws an Error that says what is wrong: not a PNG, damaged, another size. The size is checked
 * before anything is unpacked.
 */
export function decodePng(bytes: Buffer, height: number, width: number): Uint8Array {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(SIGNATURE) || bytes.toString('latin1', 12, 16) !== 'IHDR') {
    throw new Error('is not a PNG file');
  }
  const found = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (found.width !== width || found.height !== height) {
    throw new Error(`is ${found.width} x ${found.height} pixels; expected ${width} x ${height}`);
  }
  const [bitDepth, colourType, , , interlace] = bytes.subarray(24, 29);
  if (bitDepth === 1 && colourType === 0 && interlace === 0 && !hasChunk(bytes, 'tRNS')) {
    return decodeBilevel(bytes, height, width);
  }
  const { data } = PNG.sync.read(bytes);
  const ink = new Uint8Array(height * width);
  for (let i = 0; i < ink.length; i++) {
    const luminance = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
    ink[i] = Math.round(((255 - luminance) * data[4 * i + 3]!) / 255);
  }
  return ink;
}

function decodeBilevel(bytes: Buffer, height: number, width: number): Uint8Array {
  const stride = 1 + Math.ceil(width / 8);
  const rows = inflateSync(Buffer.concat(listPngChunks(bytes, 'IDAT')), { maxOutputLength: height * stride });
  if (rows.length !== height * stride) throw new Error('is cut short');
  undoFilters(rows, height, stride);
  const ink = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const white = (rows[y * stride + 1 + (x >> 3)]! >> (7 - (x & 7))) & 1;
      ink[y * width + x] = white ? 0 : 255;
    }
  }
  return ink;
}

// Each row starts with a byte that names its filter; a filter predicts a byte from those to its left and above (section 9).
function undoFilters(rows: Buffer, height: number, stride: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    const filter = rows[start]!;
    if (filter > 4) throw new Error(`has a row filter ${filter}; expected 0 to 4`);
    if (filter === 0) continue;
    for (let i = 1; i < stride; i++) {
      const left = i > 1 ? rows[start + i - 1]! : 0;
      const above = y > 0 ? rows[start - stride + i]! : 0;
      const corner = i > 1 && y > 0 ? rows[start - stride + i - 1]! : 0;
      rows[start + i] = rows[start + i]! + predict(filter, left, above, corner);
    }
  }
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const estimate = left + above - corner; // Paeth
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function hasChunk(bytes: Buffer, type: string): boolean {
  return listPngChunks(bytes, type).length > 0;
}
