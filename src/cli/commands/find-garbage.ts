// What lies on the disk and is not needed any more: checkpoints that only a resume would need, of runs that are finished;
// temporary files of writers that were killed; decoded pictures that nobody has used for long, which can be decoded again.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTemporaryName } from '../../base/atomic-file.js';
import { userPicturesFolder } from '../../base/environment.js';
import { acquireProcessLock, findLockHolder } from '../../base/process-lock.js';
import { type DamagedRun, type FoundRun, findRuns } from '../../run-folder/find-runs.js';
import { readRunStatus, runFiles } from '../../run-folder/run-folder.js';

export type GarbageKind = 'checkpoint' | 'temporary' | 'pictures';

export interface Garbage {
  readonly kind: GarbageKind;
  readonly path: string;
  readonly bytes: number;
  /** The run it belongs to, whose lock is held while it is removed. */
  readonly run?: string;
}

export interface FoundGarbage {
  readonly garbage: readonly Garbage[];
  /** Run folders that were left alone since nobody can say what they are. */
  readonly damaged: readonly DamagedRun[];
}

export interface GarbageSearch {
  /** A runs folder, an experiment in it, or a run; undefined where there is none yet. */
  readonly path: string | undefined;
  /** Decoded pictures and their strokes, in `pictures` of the user's cache. */
  readonly cacheFolder: string;
  /** Days after which pictures that were not read count as unused. */
  readonly unusedDays: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A temporary file without a lock around it may be one that is being written right now, unless it is this old. */
const WRITING_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** The folder of decoded pictures of this user. */
export function pictureCacheFolder(env: NodeJS.ProcessEnv): string {
  return userPicturesFolder(env);
}

/**
 * Everything that can go, by folder. A run that somebody works on, one that is not finished and one that cannot be read
 * keep all they have. Throws OneshotError('usage') when there is no such path.
 */
export function findGarbage({ path, cacheFolder, unusedDays, now }: GarbageSearch): FoundGarbage {
  const { runs, damaged } = path === undefined ? { runs: [], damaged: [] } : findRuns(path);
  const besides = new Set([...runs, ...damaged].map(({ folder }) => dirname(folder)));
  if (besides.size === 0 && path !== undefined) besides.add(path);
  const garbage = [
    ...runs.flatMap(findInRun),
    ...[...besides].flatMap((folder) => findTemporaries(folder, now - WRITING_MS)),
    ...findTemporaries(cacheFolder, now - WRITING_MS),
    ...findUnusedPictures(cacheFolder, now - unusedDays * DAY_MS),
  ];
  return { garbage, damaged };
}

function findInRun({ folder, state }: FoundRun): Garbage[] {
  if (findLockHolder(runFiles(folder).lock) !== undefined) return [];
  const temporaries = [folder, runFiles(folder).pictures]
    .flatMap((place) => findTemporaries(place, Number.POSITIVE_INFINITY))
    .map((garbage) => ({ ...garbage, run: folder }));
  const { last } = runFiles(folder);
  const isDone = state === 'finished' && isWhole(folder) && existsSync(last);
  return isDone ? [{ kind: 'checkpoint', path: last, bytes: measure(last), run: folder }, ...temporaries] : temporaries;
}

/** Whether a run has what finished ones have: a status alone is easily edited. */
function isWhole(folder: string): boolean {
  const { best, results } = runFiles(folder);
  return existsSync(best) && existsSync(results);
}

function findTemporaries(folder: string, before: number): Garbage[] {
  return list(folder)
    .filter((name) => isTemporaryName(name))
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) < before)
    .map((path) => ({ kind: 'temporary', path, bytes: measure(path) }));
}

// Where a file system keeps no times of reading, the time of writing decides.
function findUnusedPictures(folder: string, before: number): Garbage[] {
  return list(folder)
    .filter((name) => name.endsWith('.pictures') || /^strokes-\w+\.safetensors$/.test(name))
    .map((name) => join(folder, name))
    .flatMap((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || !found.isFile() || Math.max(found.atimeMs, found.mtimeMs) >= before) return [];
      return [{ kind: 'pictures', path, bytes: found.size } as const];
    });
}

function list(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder).sort() : [];
}

/** Bytes of a file, or of all files in a folder. Links count as nothing: what they lead to stays. */
function measure(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}

/**
 * Removes what was found and returns what is gone: a run that was taken up again meanwhile is left alone. Throws the file
 * system's error where something cannot be removed.
 */
export function removeGarbage(garbage: readonly Garbage[]): Garbage[] {
  return garbage.filter(({ kind, path, run }) => {
    if (run === undefined) {
      rmSync(path, { recursive: true, force: true });
      return true;
    }
    const lock = acquireProcessLock(runFiles(run).lock);
    if (!('release' in lock)) return false;
    try {
      if (kind === 'checkpoint' && readRunStatus(run)?.state !== 'finished') return false;
      rmSync(path, { recursive: true, force: true });
      return true;
    } finally {
      lock.release();
    }
  });
}
