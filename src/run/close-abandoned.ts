// A process that is killed cannot say so in its run's journal; without that MLflow shows the run as running for ever.
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock } from '../base/process-lock.js';
import { openJournal } from '../tracking/journal.js';
import { readRunStatus, runFiles } from './run-folder.js';

/**
 * Ends the journal of a run whose process is gone with the status KILLED; true when it did so. A run that somebody works
 * on, here or on another machine, and one whose folder cannot be read or written are left as they are. A resume sets RUNNING again.
 */
export function closeAbandonedJournal(folder: string): boolean {
  const files = runFiles(folder);
  try {
    if (readRunStatus(folder)?.state !== 'running') return false;
    const lock = acquireProcessLock(files.lock);
    if (!('release' in lock)) return false;
    try {
      if (readRunStatus(folder)?.state !== 'running') return false;
      const journal = openJournal(files.journal, { now: Date.now });
      const isNews = journal.append({ type: 'status', status: 'KILLED' });
      journal.close();
      return isNews;
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof OneshotError || (error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
}
