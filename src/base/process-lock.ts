// Locks that belong to a process and die with it: a small file that says who holds it. A lock whose holder is gone
// (crashed, killed, machine restarted) is taken over; one held on another machine cannot be judged from here and is respected,
// but for a job of a cluster that was started again elsewhere.
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { temporaryName } from './atomic-file.js';

/** Who holds a lock. */
export interface LockHolder {
  readonly host: string;
  /** The kernel's boot id, or '' where there is none to be had. */
  readonly boot: string;
  readonly pid: number;
  /**
   * Start time of the process in clock ticks since boot, so that a reused pid is told apart; '' where there is none to be
   * had.
   */
  readonly started: string;
  /** The job of a cluster that it runs in, as JOB_VARIABLE names it. */
  readonly job?: string;
}

/**
 * The environment variable that names the cluster's job a process runs in, `slurm:test:12_3`. A job runs in one place at
 * a time.
 */
export const JOB_VARIABLE = 'ONESHOT_JOB';

export interface ProcessLock {
  /** Gives the lock up. */
  release(): void;
}

/** This process as the holder of locks. */
export function describeThisProcess(): LockHolder {
  return describeProcess(process.pid);
}

/** A running process of this machine as the holder of locks. */
export function describeProcess(pid: number): LockHolder {
  const job = process.env[JOB_VARIABLE];
  return { host: hostname(), boot: bootId(), pid, started: startTime(pid), ...(job === undefined ? {} : { job }) };
}

/** Takes the lock at `path`, or returns who holds it. Throws the file system's error where the folder cannot be written. */
export function acquireProcessLock(path: string): ProcessLock | LockHolder {
  const holder = tryCreate(path);
  if (holder === undefined) return { release: () => rmSync(path, { force: true }) };
  if (isAlive(holder)) return holder;

  return clearLock(path, (current) => !isAlive(current)) ?? acquireProcessLock(path);
}

/**
 * Removes the lock at `path` when `isGone` says so of who holds it: for somebody who can judge a holder on another
 * machine. Returns who else is clearing it right now, if anybody.
 */
export function clearLock(path: string, isGone: (holder: LockHolder) => boolean): LockHolder | undefined {
  // Only one process at a time may clear a dead holder's lock, else two could each remove what the other just made.
  const clearing = `${path}.clearing`;
  const other = tryCreate(clearing);
  if (other !== undefined) {
    if (!isAlive(other)) rmSync(clearing, { force: true });
    return isAlive(other) ? other : undefined;
  }
  try {
    const current = readHolder(path);
    if (current !== undefined && isGone(current)) rmSync(path, { force: true });
  } finally {
    rmSync(clearing, { force: true });
  }
  return undefined;
}

/** Who holds the lock at `path` now, or undefined when nobody does or the holder is gone. */
export function findLockHolder(path: string): LockHolder | undefined {
  const holder = readHolder(path);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

// A hard link appears with its content or not at all, and fails when the name is taken. The temporary name is one that
// `removeStaleTemporaries` of a neighbour may clear away under us; then it is written again.
function tryCreate(path: string): LockHolder | undefined {
  const temporary = temporaryName(path);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        writeFileSync(temporary, JSON.stringify(describeThisProcess()));
        linkSync(temporary, path);
        return undefined;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
        // Some file systems (/proc) say ENOENT for whatever is written there.
        if (code === 'ENOENT' && (attempt > 100 || !existsSync(dirname(path)))) throw error;
      }
      const holder = readHolder(path);
      if (holder !== undefined) return holder;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Not ours or damaged: nobody can be asked, so it counts as a holder that is gone.
    if (error instanceof SyntaxError) return { host: hostname(), boot: 'damaged', pid: 0, started: '' };
    throw error;
  }
}

function isAlive(holder: LockHolder): boolean {
  // The same job on another machine is an earlier start of this very job, which the cluster has ended.
  if (holder.host !== hostname()) return holder.job === undefined || holder.job !== process.env[JOB_VARIABLE];
  if (holder.boot !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startTime(holder.pid) === holder.started;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

// Field 22 of /proc/PID/stat; the command in field 2 may hold spaces and parentheses, so fields count from the last one.
// A process that ended but was not yet waited for (state Z) holds nothing any more.
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
