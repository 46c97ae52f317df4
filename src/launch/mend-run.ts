// A finished run that is not whole any more, made ready to be done again as far as it has to be.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { acquireProcessLock } from '../base/process-lock.js';
import { VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import { findDamage, type RunDamage } from '../run-folder/digests.js';
import { readRunStatus, runFiles, writeRunStatus } from '../run-folder/run-folder.js';
import { forgetShipping } from '../tracking/ship-cursor.js';

/**
 * Removes what is damaged and what was made from it; the status says then that the run is not finished. Weights that are as
 * they were stay. Does nothing where somebody else works on the run, or has mended it meanwhile.
 */
export function mendRun(folder: string): void {
  const files = runFiles(folder);
  const lock = acquireProcessLock(files.lock);
  if (!('release' in lock)) return;
  try {
    const status = readRunStatus(folder);
    const damage = status?.state === 'finished' ? findDamage(folder) : undefined;
    if (status === undefined || damage === undefined) return;
    const again = [files.results, files.predictions, files.embeddings, join(folder, VERIFICATION_FILE)];
    if (damage.training.length > 0) {
      // The same seed writes the same points again; what was sent of the old ones is replaced by the same values.
      again.push(files.best, files.last, files.journal);
      forgetShipping(folder);
    }
    // The status first: a process that is killed here leaves a run that is not finished, and mends nothing by halves.
    const isTrained = status.trained && damage.training.length === 0;
    writeRunStatus(folder, { ...status, state: 'stopped', trained: isTrained, epoch: isTrained ? status.epoch : 0 });
    for (const path of again) rmSync(path, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

/** What is wrong with a run, in one sentence. */
export function describeDamage({ training, evaluation }: RunDamage): string {
  const what = [...training, ...evaluation];
  const shown = what.slice(0, 3).join(', ');
  const more = what.length > 3 ? `, and ${what.length - 3} more` : '';
  return `${shown}${more}: ${training.length > 0 ? 'trained' : 'evaluated'} again`;
}
