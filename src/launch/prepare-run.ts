// Finds or makes the run folder of a trial, and says what is left to do there. A folder belongs to a trial by the
// fingerprint in its trial.json, not by its readable name: a changed sweep reuses what it has in common with the last.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { syncFolder, temporaryName, writeFileAtomic } from '../base/atomic-file.js';
import { makeFolder } from '../base/make-folder.js';
import { OneshotError } from '../base/problem.js';
import { describeSystemError } from '../base/system-error.js';
import type { Trial } from '../plan/trial.js';
import { findDamage, type RunDamage } from '../run-folder/digests.js';
import {
  RUN_FOLDER_VERSION,
  type RunStatus,
  readRunStatus,
  readTrialRecord,
  runFiles,
  type TrialRecord,
} from '../run-folder/run-folder.js';
import { mendRun } from './mend-run.js';

/** What a run folder holds of a trial: nothing yet, part of its training, or results of another or this very evaluation. */
export type RunProgress = 'new' | 'begun' | 'trained' | 'finished';

export interface PreparedRun {
  readonly folder: string;
  readonly progress: RunProgress;
  /** Why a run that had finished is to be run again. */
  readonly damage?: RunDamage;
}

/** The names of an experiment's run folders by the id of their trial. */
export type RunIndex = ReadonlyMap<string, readonly string[]>;

/** The run folders that an experiment has now. One look at the folder serves thousands of trials. */
export function indexRunFolders(experimentFolder: string): RunIndex {
  const index = new Map<string, string[]>();
  if (!existsSync(experimentFolder)) return index;
  for (const name of readdirSync(experimentFolder)) {
    const id = /^[^.].*-([0-9a-f]{8})$/.exec(name)?.[1];
    if (id === undefined) continue;
    const names = index.get(id);
    if (names === undefined) index.set(id, [name]);
    else names.push(name);
  }
  return index;
}

/** The folder and progress of a trial, without writing anything. `folder` may not exist yet. */
export function findRun(
  experimentFolder: string,
  trial: Trial,
  index = indexRunFolders(experimentFolder),
): PreparedRun {
  for (const name of index.get(trial.id) ?? []) {
    const folder = join(experimentFolder, name);
    const status = readRunStatus(folder);
    // The status of a trial that was ever started has its fingerprints too: one file less to read, ten thousand times.
    const { fingerprints } = status ?? readTrialRecord(folder) ?? {};
    if (fingerprints?.training === trial.fingerprints.training) return { folder, ...judge(folder, status, trial) };
  }
  return { folder: join(experimentFolder, trial.folder), progress: 'new' };
}

function judge(folder: string, status: RunStatus | undefined, trial: Trial): Omit<PreparedRun, 'folder'> {
  if (status?.state !== 'finished') return { progress: 'begun' };
  const damage = findDamage(folder);
  if (damage !== undefined) return { progress: damage.training.length > 0 ? 'begun' : 'trained', damage };
  return { progress: status.fingerprints.evaluation === trial.fingerprints.evaluation ? 'finished' : 'trained' };
}

/**
 * Like `findRun`, and makes the folder ready to be run: a new one appears whole or not at all. Throws
 * OneshotError('disk') where it cannot be written.
 */
export function prepareRun(
  experimentFolder: string,
  trial: Trial,
  index = indexRunFolders(experimentFolder),
): PreparedRun {
  const found = findRun(experimentFolder, trial, index);
  if (found.progress === 'finished') return found;
  try {
    if (found.progress === 'new' && createRunFolder(experimentFolder, found.folder, trial)) return found;
    if (found.damage !== undefined) mendRun(found.folder);
    updateRunFolder(found.folder, trial);
  } catch (error) {
    const { message, hint } = describeSystemError(error) ?? {
      message: (error as Error).message,
      hint: 'free disk space or make the folder writable; --runs DIR puts runs elsewhere',
    };
    throw new OneshotError('disk', `cannot write the run folder ${found.folder}: ${message}`, { hint, cause: error });
  }
  if (found.progress !== 'new') return found;
  return { folder: found.folder, ...judge(found.folder, readRunStatus(found.folder), trial) };
}

/** Makes the folder; false where another process has just done so. */
function createRunFolder(experimentFolder: string, folder: string, trial: Trial, triesLeft = 3): boolean {
  makeFolder(experimentFolder);
  const temporary = temporaryName(folder);
  mkdirSync(temporary);
  try {
    writeTrialFiles(temporary, trial, randomUUID());
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    const isThere = (code === 'ENOTEMPTY' || code === 'EEXIST') && existsSync(runFiles(folder).trial);
    if (isThere) return false;
    // Another sweep of this experiment, starting just now, took it for what a killed process had left.
    if (code === 'ENOENT' && triesLeft > 0) return createRunFolder(experimentFolder, folder, trial, triesLeft - 1);
    throw error;
  }
  syncFolder(experimentFolder);
  return true;
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
  writeIfChanged(files.experiment, stringify(trial.experiment, { aliasDuplicateObjects: false }));
  writeIfChanged(files.trial, `${JSON.stringify(record, null, 2)}\n`);
}

function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileAtomic(path, text);
}
