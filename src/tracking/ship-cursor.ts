// How far a journal has been shipped to each tracking server: `mlflow.json` beside the journal. Only a memory aid:
// without it the server is asked what it has of the points, and files are sent again, which changes nothing there.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import type { JournalStatus } from './journal-event.js';

/** What one server has of one journal. Offsets are ends of journal entries, in bytes. */
export interface ShipCursor {
  /** The run that the journal belongs to. */
  readonly uid: string;
  readonly experimentId: string;
  readonly runId: string;
  /** Points, parameters, tags and data sets before this byte are on the server. */
  readonly entryOffset: number;
  /** Files before this byte are on the server. At most `entryOffset`. */
  readonly fileOffset: number;
  /** The last status before `entryOffset`. */
  readonly status?: { readonly status: JournalStatus; readonly time: number };
  /** Artifact paths of the tables before `fileOffset`. */
  readonly tables: readonly string[];
  /** True once the run is known to be shown under its parent, or has none. */
  readonly hasParentTag: boolean;
}

/** Everything is shipped again: for a journal that is written anew. */
export function forgetShipping(folder: string): void {
  rmSync(shipCursorPath(folder), { force: true });
}

/** Where the cursor of a run folder lies. */
export function shipCursorPath(folder: string): string {
  return join(folder, 'mlflow.json');
}

/** The cursor for a server (its address without credentials); undefined when there is none that can be read. */
export function readShipCursor(folder: string, trackingUri: string): ShipCursor | undefined {
  return readTargets(folder)[trackingUri];
}

/** The run of a folder's journal on each server that it was shipped to. */
export function listShippedRuns(
  folder: string,
): { readonly uri: string; readonly experimentId: string; readonly runId: string }[] {
  return Object.entries(readTargets(folder)).map(([uri, { experimentId, runId }]) => ({ uri, experimentId, runId }));
}

/** Stores the cursor for a server; those for other servers stay. Throws the file system's error. */
export function writeShipCursor(folder: string, trackingUri: string, cursor: ShipCursor): void {
  const file = { version: cursorVersion, targets: { ...readTargets(folder), [trackingUri]: cursor } };
  writeFileAtomic(shipCursorPath(folder), `${JSON.stringify(file, null, 2)}\n`);
}

const cursorVersion = 1;

function readTargets(folder: string): Readonly<Record<string, ShipCursor>> {
  try {
    const file = JSON.parse(readFileSync(shipCursorPath(folder), 'utf8'));
    return file.version === cursorVersion ? file.targets : {};
  } catch {
    return {};
  }
}
