// What a server does not have yet of a journal, told without asking the server: `oneshot sync --dry-run`.
import { join } from 'node:path';
import { journalSize, readJournal } from './journal.js';
import { readShipCursor } from './ship-cursor.js';
import { isFileEvent } from './ship-file.js';
import { journalName } from './ship-journal.js';

export interface Backlog {
  readonly points: number;
  readonly params: number;
  readonly tags: number;
  readonly files: number;
  /** Bytes of the journal that are still to be shipped. */
  readonly journalBytes: number;
}

/**
 * Bytes of a folder's journal, and up to which of them the server has everything, files included, by the folder's own
 * memory. Reads no journal.
 */
export function measureShippedBytes(folder: string, trackingUri: string): { shipped: number; all: number } {
  const all = journalSize(join(folder, journalName));
  const { entryOffset = 0, fileOffset = 0 } = readShipCursor(folder, trackingUri) ?? {};
  return { shipped: Math.min(all, entryOffset, fileOffset), all };
}

/**
 * The backlog of a run folder for a server (its address without credentials), by the folder's own memory of what it
 * shipped. Throws OneshotError for a journal that cannot be read.
 */
export function measureBacklog(folder: string, trackingUri: string): Backlog {
  const path = join(folder, journalName);
  const size = journalSize(path);
  const { entryOffset = 0, fileOffset = 0 } = readShipCursor(folder, trackingUri) ?? {};
  const backlog = { points: 0, params: 0, tags: 0, files: 0, journalBytes: Math.max(0, size - entryOffset) };
  if (size === 0) return backlog;
  for (const { event, start } of readJournal(path, Math.min(fileOffset, entryOffset))) {
    if (isFileEvent(event)) backlog.files += 1;
    if (start < entryOffset) continue;
    if (event.type === 'metric') backlog.points += 1;
    if (event.type === 'params') backlog.params += Object.keys(event.values).length;
    if (event.type === 'tags') backlog.tags += Object.keys(event.values).length;
  }
  return backlog;
}
