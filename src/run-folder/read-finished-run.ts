// A finished run as its folder holds it, checked as a whole: for what takes such a run up again.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { readResults } from '../evaluation/records/evaluation-result.js';
import { readVerifications, VERIFICATION_FILE } from '../evaluation/records/verification-result.js';
import { readJournal } from '../tracking/journal.js';
import { readWeightsCheckpoint } from '../training/checkpoint.js';
import { type Conditions, readConditions } from './conditions.js';
import { type Provenance, readProvenance } from './provenance.js';
import { isFileName } from './read-record.js';
import { type ReadRunOptions, readRunExperiment } from './read-run-experiment.js';
import { requireOwnFiles } from './require-own-files.js';
import { type RunStatus, readRunStatus, readTrialRecord, runFiles, type TrialRecord } from './run-folder.js';

export interface FinishedRun {
  readonly folder: string;
  readonly record: TrialRecord;
  readonly status: RunStatus;
  readonly experiment: Experiment;
  /** As in `RunExperiment`; false of runs that are read to be repeated. */
  readonly isOfOtherNumerics: boolean;
  /** Undefined where nothing is trained. */
  readonly conditions: Conditions | undefined;
  /** One for each attempt. */
  readonly provenance: readonly Provenance[];
}

/**
 * The run in `folder`. Throws OneshotError:
 * `usage` when there is none or it is not finished, `data` when its pictures are gone or others, `corrupt` when a file of
 * it was altered or is of another version.
 */
export function readFinishedRun(folder: string, options: ReadRunOptions = {}): FinishedRun {
  const files = runFiles(folder);
  if (existsSync(folder)) requireOwnFiles(folder);
  const record = readTrialRecord(folder);
  if (record === undefined)
    throw new OneshotError('usage', `${folder} is no run folder`, { hint: '`oneshot status` lists run folders' });
  const status = readRunStatus(folder);
  if (status?.state !== 'finished')
    throw new OneshotError('usage', `the run in ${folder} is not finished`, {
      hint: `it is ${status?.state ?? 'waiting'}; run its experiment again to finish it`,
    });
  const { experiment, isOfOtherNumerics } = readRunExperiment(folder, record, options);
  for (const name of [record.name, experiment.name]) {
    if (!isFileName(name))
      throw new OneshotError('corrupt', `${folder} has a name that leaves its folder: ${JSON.stringify(name)}`);
  }
  checkRecords(folder);
  return {
    folder,
    record,
    status,
    experiment,
    isOfOtherNumerics,
    conditions: readConditions(files.conditions),
    provenance: readProvenance(files.provenance),
  };
}

// What was altered is said before hours are spent.
function checkRecords(folder: string): void {
  const files = runFiles(folder);
  for (const path of [files.journal, files.results])
    if (!existsSync(path)) throw new OneshotError('corrupt', `${path} is missing, and the run says it is finished`);
  for (const _ of readJournal(files.journal));
  readResults(files.results);
  const verifications = join(folder, VERIFICATION_FILE);
  if (existsSync(verifications)) readVerifications(verifications);
  if (existsSync(files.best)) readWeightsCheckpoint(files.best);
}
