// What the first bytes of a picture file say: its format and size, before anything is unpacked. Formats that are not read
// are told by their own signatures, so that the message can name them.

/** Bytes of a picture file at most. */
export const MAX_FILE_BYTES = 64 * 2 ** 20;

/** The format and size that a file states. */
export interface PictureHeader {
  readonly format: 'png' | 'jpeg';
  readonly height: number;
  readonly width: number;
  /** Whether the rows of a PNG come in seven passes (Adam7). */
  readonly isInterlaced: boolean;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Other formats by what stands at the start of the file, and from byte 8 on where that says more. */
const OTHER_FORMATS: readonly (readonly [name: string, start: string, atEight?: RegExp])[] = [
  ['GIF', 'GIF8'],
  ['BMP', 'BM'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['WebP', 'RIFF', /^WEBP/],
  ['HEIC or AVIF', '\0\0\0', /^(heic|heix|mif1|msf1|avif)/],
  ['PDF', '%PDF'],
  ['SVG', '<svg'],
  ['XML or SVG', '<?xml'],
];

/** Format and size. Throws an Error that says what is wrong: empty, another format, cut short, a size that makes no sense. */
export function readPictureHeader(bytes: Buffer): PictureHeader {
  if (bytes.length === 0) throw new Error('is empty');
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return readPngHeader(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpegHeader(bytes);
  const start = bytes.toString('latin1', 0, 16);
  const other = OTHER_FORMATS.find(
    ([, first, atEight]) => start.startsWith(first) && (atEight === undefined || atEight.test(start.slice(8))),
  );
  throw new Error(other ? `is a ${other[0]} file; expected PNG or JPEG` : 'is neither a PNG nor a JPEG file');
}

function readPngHeader(bytes: Buffer): PictureHeader {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') throw new Error('is a PNG file cut short');
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    isInterlaced: bytes[28] === 1,
  };
}

// jpeg-js divides by the sampling factors and never comes back where they are 0, so they are looked at here.
function readJpegHeader(bytes: Buffer): PictureHeader {
  const frames = listJpegSegments(bytes).filter(({ marker }) => isFrame(marker));
  const [frame] = frames;
  if (frame === undefined) throw new Error('is a JPEG file cut short: it has no header');
  if (frames.length > 1) throw new Error('is a JPEG file with several headers');
  const { data } = frame;
  const components = data[5] ?? 0;
  if (data.length < 6 + 3 * components) throw new Error('is a JPEG file cut short: its header is');
  if (data[0] !== 8) throw new Error(`is a JPEG file of ${data[0]} bits; expected 8`);
  if (![1, 3, 4].includes(components)) throw new Error(`is a JPEG file of ${components} colours; expected 1, 3 or 4`);
  for (let component = 0; component < components; component++) {
    const sampling = data[7 + 3 * component]!;
    const factors = [sampling >> 4, sampling & 15];
    if (factors.some((factor) => factor < 1 || factor > 4)) throw new Error('is a JPEG file with a damaged header');
  }
  return { format: 'jpeg', height: data.readUInt16BE(1), width: data.readUInt16BE(3), isInterlaced: false };
}

/** A marker segment of a JPEG file: `marker` is its second byte, `data` what comes behind the length. */
export interface JpegSegment {
  readonly marker: number;
  readonly data: Buffer;
}

/** The marker segments of a JPEG file in their order (ITU-T T.81, annex B); coded data between them is passed over. Stops where the file ends. */
export function listJpegSegments(bytes: Buffer): JpegSegment[] {
  const segments: JpegSegment[] = [];
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xff || marker === 0 || isBare(marker)) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    const length = bytes.readUInt16BE(at + 2);
    segments.push({ marker, data: bytes.subarray(at + 4, Math.min(at + 2 + length, bytes.length)) });
    at += 2 + Math.max(2, length);
  }
  return segments;
}

/** Start of frame, in all its kinds: not the tables of Huffman codes, arithmetic coding and extensions among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Markers without a segment: restarts, start of image, and one for private use. */
function isBare(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
}
