// The run that MLflow shows a sweep under is kept by whoever runs its trials. Of one that was submitted to a cluster nobody is
// there when the last trial ends: it is brought up to date before it is shipped.

import { watchQueue } from '../launch/slurm/queue-watch.js';
import { findRuns } from '../run-folder/find-runs.js';
import { readSweepUid, updateSweepJournal } from '../run-folder/sweep-journal.js';
import { findSubmittedFolders, isClusterActive, readClusterStatus } from './cluster-status.js';

/** Updates the journals of the sweeps at or below `path` that were submitted, and ends those that nobody works on any more. */
export async function updateSubmittedSweeps(path: string): Promise<void> {
  const queue = watchQueue(Number.POSITIVE_INFINITY);
  for (const folder of findSubmittedFolders(path)) {
    const status = readSweepUid(folder) === undefined ? undefined : await readClusterStatus(folder, queue);
    if (status === undefined) continue;
    const isRunning = isClusterActive(status) || findRuns(folder).runs.some(({ state }) => state === 'running');
    updateSweepJournal(folder, { isOver: !isRunning });
  }
}
