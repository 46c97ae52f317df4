// Picture files of any size from strangers, PNG and JPEG, to brightness. What the header states is checked before anything
// is unpacked, so that a small file cannot fill the memory. PNG by pngjs, JPEG by jpeg-js: the same pixels on every machine.
import { inflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { listJpegSegments, type PictureHeader, readPictureHeader } from './picture-header.js';
import { cutPng, listPngChunks } from './png-chunks.js';

/** Pixels of a picture at most: 8000 x 6250. */
const MAX_PIXELS = 50e6;
/** Height and width at most. */
export const MAX_EDGE = 20_000;
/** Memory that jpeg-js may take for one picture: it needs some 30 bytes for a pixel. */
const JPEG_MEMORY_MIB = 2048;
/** Scans of a progressive JPEG; each is a pass over the whole picture, and real ones have about ten. */
const MAX_SCANS = 100;

/** A picture as it stands in its file, before anybody knows which of its tones is ink. */
export interface DecodedPicture {
  readonly height: number;
  readonly width: number;
  /** `[height, width]`: 0 is black, 255 white (ITU-R BT.601 luma). */
  readonly brightness: Uint8Array;
  /** `[height, width]`: 0 is transparent; left out where nothing is. */
  readonly opacity?: Uint8Array;
}

/** The picture of a PNG or JPEG file. Throws an Error that says what is wrong: another format, damaged, too large. */
export function decodePicture(bytes: Buffer): DecodedPicture {
  const header = readPictureHeader(bytes);
  checkSize(header);
  const { data } = header.format === 'png' ? decodePngData(bytes, header) : decodeJpegData(bytes);
  const count = header.height * header.width;
  if (data.length !== 4 * count) throw new Error('is damaged: it has another size than its header says');
  const brightness = new Uint8Array(count);
  const opacity = new Uint8Array(count);
  let isOpaque = true;
  for (let i = 0; i < count; i++) {
    brightness[i] = Math.round(0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!);
    opacity[i] = data[4 * i + 3]!;
    if (opacity[i] !== 255) isOpaque = false;
  }
  const { height, width } = header;
  return isOpaque ? { height, width, brightness } : { height, width, brightness, opacity };
}

function checkSize({ height, width }: PictureHeader): void {
  if (height === 0 || width === 0) throw new Error(`is ${width} x ${height} pixels: it has none`);
  if (height > MAX_EDGE || width > MAX_EDGE || height * width > MAX_PIXELS) {
    throw new Error(
      `is ${width} x ${height} pixels; expected at most ${MAX_PIXELS / 1e6} million, and ${MAX_EDGE} on an edge`,
    );
  }
}

// pngjs stops at the size of the header, but not where the rows are interlaced: those are measured first.
function decodePngData(bytes: Buffer, { height, width, isInterlaced }: PictureHeader): { data: Uint8Array } {
  try {
    if (isInterlaced) {
      const mostBytes = 8 * height * width + 8 * (height + 8);
      inflateSync(Buffer.concat(listPngChunks(bytes, 'IDAT')), { maxOutputLength: mostBytes });
    }
    return PNG.sync.read(cutPng(bytes));
  } catch (error) {
    throw new Error(`is a damaged PNG file (${(error as Error).message})`, { cause: error });
  }
}

function decodeJpegData(bytes: Buffer): { data: Uint8Array } {
  const scans = listJpegSegments(bytes).filter(({ marker }) => marker === 0xda).length;
  if (scans > MAX_SCANS) throw new Error(`is a JPEG file of ${scans} scans; expected at most ${MAX_SCANS}`);
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: JPEG_MEMORY_MIB,
    });
  } catch (error) {
    throw new Error(`is a damaged JPEG file (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
}
