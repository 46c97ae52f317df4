// A picture set as bytes: the form of cache files, and what digests are made of. Layout: a line of magic, a line with
// the digest of all that follows, a line of JSON with the labels, then characters and drawers (int32) and the pixels.
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { canonicalJson } from '../../base/stable-hash.js';
import type { Character, PictureSet } from './picture-set.js';

const MAGIC = 'ONESHOT PICTURES 1\n';
const DIGEST_LENGTH = 64;
const BODY = MAGIC.length + DIGEST_LENGTH + 1;

interface Header {
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Left out where it is 1. */
  readonly channels?: 3;
  /** `bits`: all pixels are 0 or 255, eight to a byte, the first in the highest bit; `bytes`: as in memory. */
  readonly encoding: 'bits' | 'bytes';
  readonly alphabets: readonly string[];
  readonly characters: readonly Character[];
}

/** A picture set before its digest is known; of ink, unless it says otherwise. */
export type UnsealedPictureSet = Omit<PictureSet, 'digest' | 'channels'> & Partial<Pick<PictureSet, 'channels'>>;

/** The set with its digest, frozen: `digest` depends on pixels, size and labels alone. */
export function sealPictureSet(set: UnsealedPictureSet): PictureSet {
  return Object.freeze({ ...set, channels: set.channels ?? 1, digest: hashPieces(encodeBody(set)) });
}

/** The bytes of a set, in pieces to be written one after the other; the pixels take a bit each where they are all 0 or 255. */
export function encodePictureSet(set: PictureSet): Uint8Array[] {
  return [Buffer.from(`${MAGIC}${set.digest}\n`), ...encodeBody(set)];
}

/**
 * The set of `encodePictureSet`, or undefined when the bytes are damaged in any way. `pixels` is a view of `bytes` where they
 * hold a byte for each pixel; otherwise it lies in shared memory of its own.
 */
export function decodePictureSet(bytes: Uint8Array): PictureSet | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const digest = file.toString('latin1', MAGIC.length, BODY - 1);
  if (hashPieces([file.subarray(BODY)]) !== digest) return undefined;
  const headerEnd = file.indexOf('\n', BODY) + 1;
  const header = JSON.parse(file.toString('utf8', BODY, headerEnd)) as Header;
  const { count, height, width, channels = 1, encoding, ...labels } = header;
  const character = readInt32(file, headerEnd, count);
  const drawer = readInt32(file, headerEnd + 4 * count, count);
  const stored = bytes.subarray(headerEnd + 8 * count);
  let pixels = stored;
  if (encoding === 'bits') {
    pixels = allocatePixels(count * height * width * channels);
    unpackBits(stored, pixels);
  }
  return Object.freeze({ ...labels, height, width, channels, pixels, character, drawer, digest });
}

/** `length` bytes of zeros in memory that worker threads can share. */
export function allocatePixels(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function encodeBody(set: UnsealedPictureSet): Uint8Array[] {
  const bits = packBits(set.pixels);
  const header: Header = {
    name: set.name,
    count: set.character.length,
    height: set.height,
    width: set.width,
    ...(set.channels === 3 ? { channels: 3 } : {}),
    encoding: bits ? 'bits' : 'bytes',
    alphabets: set.alphabets,
    characters: set.characters,
  };
  return [
    Buffer.from(`${canonicalJson(header)}\n`),
    writeInt32(set.character),
    writeInt32(set.drawer),
    bits ?? set.pixels,
  ];
}

function hashPieces(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** One bit for each byte, the first in the highest bit, 1 where it is 255; undefined when any byte is neither 0 nor 255. */
export function packBits(pixels: Uint8Array): Uint8Array | undefined {
  const packed = new Uint8Array(Math.ceil(pixels.length / 8));
  let others = 0;
  for (let i = 0, at = 0; i < packed.length; i++) {
    const end = Math.min(at + 8, pixels.length);
    let byte = 0;
    for (let mask = 0x80; at < end; at++, mask >>= 1) {
      const value = pixels[at]!;
      byte |= value & mask;
      others |= (value + 1) & 0xfe; // 0 for 0 and 255 alone
    }
    if (others) return undefined;
    packed[i] = byte;
  }
  return packed;
}

/** Sets `pixels`, all 0 before, to 255 wherever `packBits` has a 1. */
export function unpackBits(packed: Uint8Array, pixels: Uint8Array): void {
  for (let i = 0; i < packed.length; i++) {
    const byte = packed[i]!;
    if (byte === 0) continue; // most of a drawing is paper
    const end = Math.min(8 * i + 8, pixels.length);
    for (let at = 8 * i, mask = 0x80; at < end; at++, mask >>= 1) if (byte & mask) pixels[at] = 255;
  }
}

// Little-endian whatever the machine is, so that a digest is the same everywhere.
function writeInt32(values: Int32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeInt32LE(value, 4 * i);
  });
  return bytes;
}

function readInt32(bytes: Buffer, at: number, count: number): Int32Array {
  const values = new Int32Array(count);
  const raw = Buffer.from(values.buffer);
  bytes.copy(raw, 0, at, at + raw.length);
  if (endianness() === 'BE') raw.swap32();
  return values;
}
