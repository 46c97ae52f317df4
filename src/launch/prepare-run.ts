// Finds or makes the run folder of a trial, and says what is left to do there. A folder belongs to a trial by the
// fingerprint in its trial.json, not by its readable name: a changed sweep reuses what it has in common with the last.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { syncFolder, temporaryName, writeFileAtomic } from '../base/atomic-file.js';
import { OneshotError } from '../base/problem.js';
import type { Trial } from '../plan/plan-trials.js';
import { RUN_FOLDER_VERSION, readRunStatus, readTrialRecord, runFiles, type TrialRecord } from '../run/run-folder.js';

/** What a run folder holds of a trial: nothing yet, part of its training, or results of another or this very evaluation. */
export type RunProgress = 'new' | 'begun' | 'trained' | 'finished';

export interface PreparedRun {
  readonly folder: string;
  readonly progress: RunProgress;
}

/** The folder and progress of a trial, without writing anything. `folder` may not exist yet. */
export function findRun(experimentFolder: string, trial: Trial): PreparedRun {
  const folder = findFolder(experimentFolder, trial);
  if (folder === undefined) return { folder: join(experimentFolder, trial.folder), progress: 'new' };
  const status = readRunStatus(folder);
  if (status?.state !== 'finished') return { folder, progress: 'begun' };
  return {
    folder,
    progress: status.fingerprints.evaluation === trial.fingerprints.evaluation ? 'finished' : 'trained',
  };
}

/** Like `findRun`, and makes the folder ready to be run: a new one appears whole or not at all. Throws OneshotError('disk') where it cannot be written. */
export function prepareRun(experimentFolder: string, trial: Trial): PreparedRun {
  const found = findRun(experimentFolder, trial);
  if (found.progress === 'finished') return found;
  try {
    if (found.progress === 'new') createRunFolder(experimentFolder, found.folder, trial);
    else updateRunFolder(found.folder, trial);
  } catch (error) {
    throw new OneshotError('disk', `cannot write the run folder ${found.folder}: ${(error as Error).message}`, {
      hint: 'free disk space or make the folder writable; --runs DIR puts runs elsewhere',
      cause: error,
    });
  }
  return found;
}

function findFolder(experimentFolder: string, trial: Trial): string | undefined {
  if (!existsSync(experimentFolder)) return undefined;
  for (const name of readdirSync(experimentFolder)) {
    if (!name.endsWith(`-${trial.id}`) || name.startsWith('.')) continue;
    const folder = join(experimentFolder, name);
    if (readTrialRecord(folder)?.fingerprints.training === trial.fingerprints.training) return folder;
  }
  return undefined;
}

function createRunFolder(experimentFolder: string, folder: string, trial: Trial): void {
  mkdirSync(experimentFolder, { recursive: true });
  const temporary = temporaryName(folder);
  mkdirSync(temporary);
  try {
    writeTrialFiles(temporary, trial, randomUUID());
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  syncFolder(experimentFolder);
}

// The keys that do not affect training may have changed since the folder was made.
function updateRunFolder(folder: string, trial: Trial): void {
  const record = readTrialRecord(folder);
  writeTrialFiles(folder, trial, record?.uid ?? randomUUID());
}

function writeTrialFiles(folder: string, trial: Trial, uid: string): void {
  const files = runFiles(folder);
  const record: TrialRecord = {
    version: RUN_FOLDER_VERSION,
    uid,
    experimentName: trial.experiment.name,
    name: trial.name,
    id: trial.id,
    seed: trial.seed,
    assignments: trial.assignments,
    fingerprints: trial.fingerprints,
  };
  writeFileAtomic(files.experiment, stringify(trial.experiment, { aliasDuplicateObjects: false }));
  writeFileAtomic(files.trial, `${JSON.stringify(record, null, 2)}\n`);
}
