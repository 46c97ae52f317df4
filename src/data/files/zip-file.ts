// Reads zip files into memory, entry by entry, without writing anything to the disk. Data sets come as zips of many
// small files from strangers: sizes are bounded, names checked, checksums verified before anybody looks at the bytes.
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise } from 'yauzl';
import { OneshotError } from '../../base/problem.js';

/** A file inside a zip. */
export interface ZipEntry {
  /** Its path in the zip, with `/` between folders. */
  readonly name: string;
  /** Its bytes; throws a OneshotError('data') when they are damaged. */
  read(): Buffer;
}

/** A zip read into memory. */
export interface ZipFile {
  /** The bytes of the zip itself, to make a key of. */
  readonly bytes: Buffer;
  /** Its files in the order of the zip; folders and the litter of desktop systems are left out. */
  listEntries(): Promise<ZipEntry[]>;
}

/** Upper bounds, so that a small file cannot fill the memory. */
export interface ZipLimits {
  readonly zipBytes: number;
  readonly entries: number;
  readonly entryBytes: number;
}

const STORED = 0;
const DEFLATED = 8;
/** What desktop systems leave beside people's files. */
export const DESKTOP_LITTER = /(^|\/)(__MACOSX\/|\.DS_Store$|\._|Thumbs\.db$|desktop\.ini$)/;

/**
 * The zip at `path`. Throws a OneshotError('data') with `hint` when it is missing, unreadable or too large; `listEntries`
 * does so when it is truncated, not a zip, or holds names that lead out of its folder.
 */
export function openZip(path: string, limits: ZipLimits, hint: string): ZipFile {
  const fail = (what: string, cause?: unknown) => new OneshotError('data', `${path} ${what}`, { hint, cause });
  const bytes = readWhole(path, limits, fail);

  async function listEntries(): Promise<ZipEntry[]> {
    const entries: ZipEntry[] = [];
    try {
      const zip = await fromBufferPromise(bytes);
      if (zip.entryCount > limits.entries)
        throw fail(`holds ${zip.entryCount} files; expected at most ${limits.entries}`);
      for await (const entry of zip.eachEntry()) {
        if (entry.fileName.endsWith('/') || DESKTOP_LITTER.test(entry.fileName)) continue;
        const refuse = (what: string, cause?: unknown) => fail(`is damaged: ${entry.fileName} ${what}`, cause);
        checkEntry(entry, limits, refuse);
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        entries.push({ name: entry.fileName, read: () => readEntry(bytes, entry, fileDataStart, refuse) });
      }
    } catch (error) {
      if (error instanceof OneshotError) throw error;
      throw fail(`is not a whole zip file (${(error as Error).message})`, error);
    }
    return entries;
  }

  return { bytes, listEntries };
}

type Failure = (what: string, cause?: unknown) => OneshotError;

function readWhole(path: string, limits: ZipLimits, fail: Failure): Buffer {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw fail('is not a file');
    if (stat.size > limits.zipBytes) throw fail(`has ${stat.size} bytes; expected at most ${limits.zipBytes}`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof OneshotError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail(code === 'ENOENT' || code === 'ENOTDIR' ? 'is missing' : `cannot be read (${message})`, error);
  }
}

function checkEntry(entry: Entry, limits: ZipLimits, refuse: Failure): void {
  if (entry.isEncrypted()) throw refuse('is encrypted');
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw refuse(`is compressed by method ${entry.compressionMethod}; expected stored or deflated`);
  }
  if (entry.uncompressedSize > limits.entryBytes) {
    throw refuse(`has ${entry.uncompressedSize} bytes; expected at most ${limits.entryBytes}`);
  }
}

function readEntry(zip: Buffer, entry: Entry, start: number, refuse: Failure): Buffer {
  const stored = zip.subarray(start, start + entry.compressedSize);
  if (stored.byteLength !== entry.compressedSize) throw refuse(`ends beyond the end of ${basename(entry.fileName)}`);
  let bytes = stored;
  if (entry.compressionMethod === DEFLATED) {
    try {
      bytes = inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
    } catch (error) {
      throw refuse('cannot be unpacked', error);
    }
  }
  if (bytes.byteLength !== entry.uncompressedSize) throw refuse('has another size than its directory says');
  if (crc32(bytes) !== entry.crc32) throw refuse('has a wrong checksum');
  return bytes;
}
