// A process that is killed cannot say so in its run's journal, whatever its supervisor puts in its status; without that
// MLflow shows the run as running for ever.
import { OneshotError } from '../base/problem.js';
import { acquireProcessLock } from '../base/process-lock.js';
import { journalSize, openJournal } from '../tracking/journal.js';
import type { JournalStatus } from '../tracking/journal-event.js';
import { readRunStatus, runFiles } from './run-folder.js';

/**
 * Ends the journal of a run whose process is gone, FAILED where its status says so and else KILLED; true when it did so.
 * A run that somebody works on, here or on another machine, and one whose folder cannot be read or written are left as
 * they are. A resume sets RUNNING again.
 */
export function closeAbandonedJournal(folder: string): boolean {
  const files = runFiles(folder);
  try {
    if (endingOf(folder) === undefined) return false;
    const lock = acquireProcessLock(files.lock);
    if (!('release' in lock)) return false;
    try {
      const status = endingOf(folder);
      if (status === undefined) return false;
      const journal = openJournal(files.journal, { now: Date.now });
      const isNews = journal.append({ type: 'status', status });
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

/** What the journal has to end with once nobody works on the run; undefined where it ends as it should, or never began. */
function endingOf(folder: string): JournalStatus | undefined {
  const status = readRunStatus(folder);
  if ((status?.state !== 'running' && status?.state !== 'failed') || journalSize(runFiles(folder).journal) === 0) {
    return undefined;
  }
  return status.state === 'failed' && status.failure?.code !== 'killed' ? 'FAILED' : 'KILLED';
}
