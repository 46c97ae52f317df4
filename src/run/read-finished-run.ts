// A finished run as its folder holds it, checked as a whole: for what takes such a run up again.
import { existsSync, readFileSync } from 'node:fs';
import { OneshotError } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import { type Conditions, readConditions } from './conditions.js';
import type { Provenance } from './provenance.js';
import { readRunExperiment } from './read-run-experiment.js';
import { type RunStatus, readRunStatus, readTrialRecord, runFiles, type TrialRecord } from './run-folder.js';

export interface FinishedRun {
  readonly folder: string;
  readonly record: TrialRecord;
  readonly status: RunStatus;
  readonly experiment: Experiment;
  /** Undefined where nothing is trained. */
  readonly conditions: Conditions | undefined;
  /** One for each attempt. */
  readonly provenance: readonly Provenance[];
}

/** The run in `folder`. Throws OneshotError: `usage` when there is none or it is not finished, `corrupt` when a file of it was altered or is of another version. */
export function readFinishedRun(folder: string): FinishedRun {
  const files = runFiles(folder);
  const record = readTrialRecord(folder);
  if (record === undefined)
    throw new OneshotError('usage', `${folder} is no run folder`, { hint: '`oneshot status` lists run folders' });
  const status = readRunStatus(folder);
  if (status?.state !== 'finished')
    throw new OneshotError('usage', `the run in ${folder} is not finished`, {
      hint: `it is ${status?.state ?? 'waiting'}; run its experiment again to finish it`,
    });
  return {
    folder,
    record,
    status,
    experiment: readRunExperiment(folder, record),
    conditions: readConditions(files.conditions),
    provenance: readProvenance(files.provenance),
  };
}

function readProvenance(path: string): Provenance[] {
  if (!existsSync(path)) return [];
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Provenance[];
  } catch (cause) {
    throw new OneshotError('corrupt', `${path} is not readable JSON`, { cause });
  }
}
