// Finds the run folders below a path: a runs folder, an experiment's folder in it, or a run itself. A folder that cannot be
// read is told apart, with its reason, so that one damaged run never hides the others.
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareNaturally } from '../base/natural-order.js';
import { OneshotError } from '../base/problem.js';
import { findLockHolder } from '../base/process-lock.js';
import { describeSystemError } from '../base/system-error.js';
import { requireOwnFiles } from './require-own-files.js';
import {
  type RunState,
  type RunStatus,
  readRunStatus,
  readTrialRecord,
  runFiles,
  type TrialRecord,
} from './run-folder.js';

/** A run as its folder tells. */
export interface FoundRun {
  readonly folder: string;
  readonly trial: TrialRecord;
  /** Undefined when the trial was never started. */
  readonly status: RunStatus | undefined;
  /** As in the status, but `stopped` when it says running and no process holds the run's lock: it was killed. */
  readonly state: RunState;
}

/** A folder with a trial.json whose small records cannot be read: half written, edited, or made by another version or program. */
export interface DamagedRun {
  readonly folder: string;
  /** Which file, and what is wrong with it. */
  readonly reason: string;
}

export interface FoundRuns {
  /** Ordered by folder, like the damaged ones. */
  readonly runs: readonly FoundRun[];
  readonly damaged: readonly DamagedRun[];
}

/** What is at `path` or up to two folders below it. Throws OneshotError('usage') when there is no such folder. */
export function findRuns(path: string): FoundRuns {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new OneshotError('usage', `no such folder: ${path}`, {
      hint: 'name a runs folder, an experiment in it, or a run',
    });
  const runs: FoundRun[] = [];
  const damaged: DamagedRun[] = [];
  const closed = (folder: string, error: unknown) => damaged.push({ folder, reason: describeClosed(folder, error) });
  for (const folder of findRunFolders(path, 2, closed)) {
    try {
      runs.push(describeRun(folder));
    } catch (error) {
      damaged.push({ folder, reason: describeSystemError(error)?.message ?? (error as Error).message });
    }
  }
  return { runs, damaged };
}

/** A folder that cannot be looked into is told, since runs may lie in it. */
function findRunFolders(path: string, depth: number, closed: (folder: string, error: unknown) => void): string[] {
  if (existsSync(runFiles(path).trial)) return [path];
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    closed(path, error);
    return [];
  }
  if (depth === 0) return [];
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort(compareNaturally)
    .flatMap((name) => findRunFolders(join(path, name), depth - 1, closed));
}

const describeClosed = (folder: string, error: unknown) =>
  describeSystemError(error)?.message ?? `${folder} cannot be read: ${(error as Error).message}`;

function describeRun(folder: string): FoundRun {
  requireOwnFiles(folder);
  const trial = readTrialRecord(folder) as TrialRecord;
  const status = readRunStatus(folder);
  const told = status?.state ?? 'waiting';
  const state = told === 'running' && findLockHolder(runFiles(folder).lock) === undefined ? 'stopped' : told;
  return { folder, trial, status, state };
}
