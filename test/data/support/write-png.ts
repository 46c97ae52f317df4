// Writes PNG files for tests: 1-bit grey as Omniglot's, with a chosen row filter.
import { crc32, deflateSync } from 'node:zlib';

export interface PngOptions {
  /** The size that the header states, in place of the true one. */
  readonly declared?: { readonly height: number; readonly width: number };
  /** Filter of every row, 0 to 4. */
  readonly filter?: number;
}

/** A PNG of `[height, width]` ink (0 paper, else ink), paper stored as 1 and ink as 0. */
export function writeBilevelPng(ink: Uint8Array, height: number, width: number, options: PngOptions = {}): Buffer {
  const { declared = { height, width }, filter = 0 } = options;
  const stride = Math.ceil(width / 8);
  const plain = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (!ink[y * width + x]) plain[y * stride + (x >> 3)]! |= 0x80 >> (x & 7);
  }
  const rows = Buffer.alloc(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    rows[y * (stride + 1)] = filter;
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i > 0 ? plain[at - 1]! : 0;
      const above = y > 0 ? plain[at - stride]! : 0;
      const corner = i > 0 && y > 0 ? plain[at - stride - 1]! : 0;
      const prediction = [0, left, above, (left + above) >> 1, predictPaeth(left, above, corner)][filter]!;
      rows[y * (stride + 1) + 1 + i] = plain[at]! - prediction;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(declared.width, 0);
  header.writeUInt32BE(declared.height, 4);
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    writePngChunk('IHDR', header),
    writePngChunk('IDAT', deflateSync(rows)),
    writePngChunk('IEND', Buffer.alloc(0)),
  ]);
}

// The nearest of the three to left + above - corner, in this order.
function predictPaeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  return [left, above, corner].reduce((best, next) =>
    Math.abs(next - estimate) < Math.abs(best - estimate) ? next : best,
  );
}

/** A chunk with its length and checksum. */
export function writePngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
