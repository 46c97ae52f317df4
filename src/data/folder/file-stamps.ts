// What the files of a folder are and hold, remembered under cheap stamps (size, times, inode): a stamp that is the same
// saves reading the file again. What is in a file decides what it is; a stamp only decides when to look again.
import { closeSync, mkdirSync, openSync, readFileSync, readSync, realpathSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.js';
import { userPicturesFolder } from '../../base/environment.js';
import { hashBytes } from '../../base/stable-hash.js';
import { type FileKind, KIND_BYTES, tellKind } from '../pictures/picture-kind.js';

/** What a file is and holds. */
export interface FileContent {
  readonly kind: FileKind;
  /** SHA-256 of its bytes, 64 hex digits; empty for files that are no pictures, which are only looked at. */
  readonly hash: string;
}

/** Reads files of one folder, those that have not changed from memory. */
export interface FileStamps {
  /** What the file is. Throws the file system's error. */
  look(path: string, stat: Stats): FileContent;
  /** Keeps what was learned, where the cache can be written. */
  save(): void;
}

interface Stamped extends FileContent {
  readonly stamp: string;
}

/** Changes whenever the same bytes are told to be something else than before. */
const STAMPS_VERSION = 1;

/**
 * A file that changed so recently may change again within the clock's tick: its stamp is not trusted (git calls such
 * entries racy).
 */
const RACY_MS = 2000;

/** The stamps of a folder, as the cache has them. */
export function openFileStamps(folder: string, now: () => number = Date.now): FileStamps {
  const file = stampsFile(folder);
  const known = readStamps(file);
  const seen = new Map<string, Stamped>();
  let isChanged = false;
  return {
    look(path, stat) {
      const stamp = [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino].join(' ');
      const old = known.get(path);
      if (old?.stamp === stamp) {
        seen.set(path, old);
        return old;
      }
      const content = readContent(join(folder, path));
      const isSettled = now() - Math.max(stat.mtimeMs, stat.ctimeMs) > RACY_MS;
      if (isSettled) {
        seen.set(path, { ...content, stamp });
        isChanged = true;
      }
      return content;
    },
    save() {
      if (!isChanged) return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileAtomic(file, JSON.stringify({ version: STAMPS_VERSION, files: Object.fromEntries(seen) }));
      } catch {
        // Without a cache the files are read again the next time.
      }
    },
  };
}

function readContent(path: string): FileContent {
  const kind = tellKind(readStart(path));
  // What is no picture may be a film of gigabytes.
  return { kind, hash: kind.role === 'picture' ? hashBytes(readFileSync(path)) : '' };
}

function readStart(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(KIND_BYTES);
    return bytes.subarray(0, readSync(file, bytes, 0, KIND_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function stampsFile(folder: string): string {
  let place = folder;
  try {
    place = realpathSync(folder);
  } catch {
    // A folder that is missing is told of by whoever reads it.
  }
  return join(userPicturesFolder(process.env), `stamps-${hashBytes(place).slice(0, 16)}.json`);
}

function readStamps(file: string): Map<string, Stamped> {
  try {
    const { version, files } = JSON.parse(readFileSync(file, 'utf8')) as {
      version: number;
      files: Record<string, Stamped>;
    };
    return version === STAMPS_VERSION ? new Map(Object.entries(files)) : new Map();
  } catch {
    return new Map();
  }
}
