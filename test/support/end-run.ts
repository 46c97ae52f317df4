// The end of a run as its process writes it, for launchers that run nothing.
import { writeDigests } from '../../src/run-folder/digests.js';
import { type RunStatus, writeRunStatus } from '../../src/run-folder/run-folder.js';

/** Writes what makes the run in `folder` finished, or halted: the digests of what it holds, and its status. */
export function endRun(folder: string, status: RunStatus): void {
  writeDigests(folder);
  writeRunStatus(folder, status);
}
