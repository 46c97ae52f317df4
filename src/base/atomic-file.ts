// Files that are either whole or not there: written under a temporary name in the same folder, synced, renamed, and the
// folder synced.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const TEMPORARY_NAME = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** A new temporary name beside `path`, of the kind that `removeStaleTemporaries` clears away. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** Whether a file of this name was made by `temporaryName`. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY_NAME.test(name);
}

/** Removes what writers that were killed left behind in `folder`. For the holder of the folder's lock. */
export function removeStaleTemporaries(folder: string): void {
  for (const name of readdirSync(folder))
    if (isTemporaryName(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

/**
 * Replaces the file at `path` by the given text or bytes (several pieces are written one after the other). Blocks until
 * they are on the disk; throws the file system's error and leaves the old file untouched.
 */
export function writeFileAtomic(path: string, data: string | Uint8Array | readonly Uint8Array[]): void {
  const temporary = temporaryName(path);
  const pieces = typeof data === 'string' ? [Buffer.from(data)] : data instanceof Uint8Array ? [data] : data;
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const piece of pieces) writeWhole(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

// One write call may take less than it was given, 2 GiB at most.
function writeWhole(file: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.byteLength; ) at += writeSync(file, piece, at, Math.min(piece.byteLength - at, 1 << 30));
}

/** Makes renames and deletions in a folder durable. Does nothing where folders cannot be opened (Windows). */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
