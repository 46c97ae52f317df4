// The chunks that a PNG file consists of (W3C PNG, third edition, section 5.3), without looking into them.

/** The content of all chunks of a type, in their order. Throws an Error when the file ends within a chunk. */
export function listPngChunks(bytes: Buffer, type: string): Buffer[] {
  const chunks: Buffer[] = [];
  for (const chunk of eachPngChunk(bytes)) if (chunk.type === type) chunks.push(chunk.data);
  return chunks;
}

/** The file up to its last chunk: some programs leave other things behind it. Throws an Error when the last chunk is missing. */
export function cutPng(bytes: Buffer): Buffer {
  for (const { type, end } of eachPngChunk(bytes)) if (type === 'IEND') return bytes.subarray(0, end);
  throw new Error('is cut short');
}

interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
  /** Where the chunk ends in the file. */
  readonly end: number;
}

// A chunk is its length, four letters, the data and a checksum, which is left to whoever decodes the file.
function* eachPngChunk(bytes: Buffer): Generator<PngChunk> {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw new Error('is cut short');
    yield { type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length), end };
    at = end;
  }
}
