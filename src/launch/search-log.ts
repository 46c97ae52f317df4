// The event log of a sweep: asks and tells of its search, targets and rungs of its successive halving, one JSON object a
// line, synced before anything is done about them. Replaying it gives the state of both, so a sweep goes on after any
// number of kills as if there had been none.
import { closeSync, constants, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import type { SearchEvent } from '../plan/search/search-strategy.js';

/** A point of successive halving; `index` is its number in the order in which points were begun. */
export type HalvingEvent =
  /** It was sent to a rung, counted from 0: it trains until there. */
  | { readonly type: 'target'; readonly index: number; readonly rung: number }
  /** It has reached the rung, with the metric there and at the rungs above where its training is over; null where it has none. */
  | {
      readonly type: 'rung';
      readonly index: number;
      readonly rung: number;
      readonly values: readonly (number | null)[];
    };

/** An event as it is logged. */
export type LoggedEvent = (SearchEvent | HalvingEvent) & {
  /** Ids of the trials of an asked point, one for each seed. */
  readonly trials?: readonly string[];
  /** Time for which the sweep has run so far, all its sessions together. */
  readonly seconds: number;
};

export interface SearchLog {
  /** What the log held when it was opened. */
  readonly events: readonly LoggedEvent[];
  /** Appends an event and returns when the disk has it. */
  append(event: LoggedEvent): void;
  close(): void;
}

/** Ids of the trials of all points that were asked, in the order of asking. */
export function listAskedTrialIds(events: readonly LoggedEvent[]): string[] {
  return events.flatMap((event) => event.trials ?? []);
}

/**
 * The events in a log, without a last line that was torn by a crash; none where there is no log. Throws
 * OneshotError('corrupt') on any other line that is no JSON.
 */
export function readSearchLog(path: string): LoggedEvent[] {
  return existsSync(path) ? parseLines(path, completePart(readFileSync(path))) : [];
}

/** Opens a log for writing, made if it is missing; a torn last line is cut off. For the holder of the sweep's lock. */
export function openSearchLog(path: string): SearchLog {
  const isNew = !existsSync(path);
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  const complete = completePart(readFileSync(path));
  const events = parseLines(path, complete);
  ftruncateSync(file, complete.length);
  if (isNew) syncFolder(dirname(path));
  let size = complete.length;
  return {
    events,
    append(event) {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      for (let written = 0; written < line.length; )
        written += writeSync(file, line, written, line.length - written, size + written);
      fsyncSync(file);
      size += line.length;
    },
    close: () => closeSync(file),
  };
}

function completePart(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

function parseLines(path: string, bytes: Buffer): LoggedEvent[] {
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, at) => {
    try {
      return JSON.parse(line) as LoggedEvent;
    } catch (cause) {
      throw new OneshotError('corrupt', `${path}:${at + 1} is not readable JSON`, {
        hint: 'remove its folder to start the search anew: finished trials are found by their own folders',
        cause,
      });
    }
  });
}
