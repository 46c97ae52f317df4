// Writes the failure of a trial into its status where its own process could not: it was killed, or never got that far.
import { acquireProcessLock } from '../base/process-lock.js';
import type { Trial } from '../plan/trial.js';
import {
  RUN_FOLDER_VERSION,
  type RunStatus,
  readRunStatus,
  runFiles,
  writeRunStatus,
} from '../run-folder/run-folder.js';
import type { TrialFailure } from './launcher.js';

/** Marks the run in `folder` as failed, unless another process holds it. `startedAt` is that of the attempt. */
export function recordFailure(
  folder: string,
  trial: Trial,
  { code, message, hint }: TrialFailure,
  startedAt: Date,
): void {
  const lock = acquireProcessLock(runFiles(folder).lock);
  if (!('release' in lock)) return;
  try {
    const now = new Date().toISOString();
    const before: RunStatus = readRunStatus(folder) ?? {
      version: RUN_FOLDER_VERSION,
      state: 'failed',
      fingerprints: trial.fingerprints,
      attempt: 1,
      trained: false,
      epoch: 0,
      maxEpochs: trial.experiment.training?.maxEpochs ?? 0,
      metrics: {},
      startedAt: startedAt.toISOString(),
      updatedAt: now,
      seconds: 0,
      processorSeconds: 0,
      peakMemoryBytes: 0,
    };
    if (before.state === 'finished') return;
    const failure = { code, message, ...(hint === undefined ? {} : { hint }) };
    writeRunStatus(folder, { ...before, state: 'failed', updatedAt: now, failure });
  } finally {
    lock.release();
  }
}
