// Where the files of one run lie, and its small summary `status.json`. The run folder is the whole record of a run:
// everything that reports, MLflow and a resume need is read from it.
import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { type FailureCode, OneshotError } from '../base/problem.js';
import type { Fingerprints } from '../plan/fingerprint.js';

/** Version of the folder's layout; a folder of another version is refused, not guessed at. */
export const RUN_FOLDER_VERSION = 1;

/** The files of a run folder. */
export function runFiles(folder: string) {
  // Not `join`: asked for ten thousand runs at once, normalising each path would take most of the time.
  const at = (name: string) => `${folder}${sep}${name}`;
  return {
    folder,
    /** The resolved experiment of this trial, as YAML: `oneshot run` takes it as it is. */
    experiment: at('experiment.yaml'),
    /** Which trial this is: seed, fingerprints, what varies. */
    trial: at('trial.json'),
    /** Engine, threads and micro-batch size, fixed when the trial was first started. */
    conditions: at('conditions.json'),
    /** Where each attempt ran: versions, machine, git commit. */
    provenance: at('provenance.json'),
    status: at('status.json'),
    journal: at('journal.jsonl'),
    last: at('last.safetensors'),
    best: at('best.safetensors'),
    results: at('results.json'),
    /** The results as MLflow's table, and a won and a lost episode of each evaluation. */
    resultsTable: at('results-table.json'),
    pictures: at('pictures'),
    predictions: at('predictions'),
    /** Of a few unseen characters, for a map of them. */
    embeddings: at('embeddings.safetensors'),
    log: at('log.txt'),
    lock: at('lock'),
  } as const;
}

export type RunState = 'waiting' | 'running' | 'stopped' | 'failed' | 'finished';

/** What `oneshot status` shows of a run; written by the run's own process. */
export interface RunStatus {
  readonly version: number;
  readonly state: RunState;
  readonly fingerprints: Fingerprints;
  /** Which attempt this is, counted from 1; a resume and a retry are attempts. */
  readonly attempt: number;
  /** Whether training is over and its best weights are stored: only evaluation is left to do. */
  readonly trained: boolean;
  /** Epochs done of `maxEpochs` at most. */
  readonly epoch: number;
  readonly maxEpochs: number;
  /** The latest value of each metric in the journal. */
  readonly metrics: Readonly<Record<string, number>>;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Wall time of all attempts so far. */
  readonly seconds: number;
  /** Largest resident set of the process so far. */
  readonly peakMemoryBytes: number;
  readonly failure?: { readonly code: FailureCode; readonly message: string; readonly hint?: string };
}

/** The status of the run in `folder`, or undefined when it has none that can be read. */
export function readRunStatus(folder: string): RunStatus | undefined {
  const path = runFiles(folder).status;
  if (!existsSync(path)) return undefined;
  try {
    const status = JSON.parse(readFileSync(path, 'utf8')) as RunStatus;
    return status.version === RUN_FOLDER_VERSION ? status : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the status of the run in `folder`. */
export function writeRunStatus(folder: string, status: RunStatus): void {
  writeFileAtomic(runFiles(folder).status, `${JSON.stringify(status, null, 2)}\n`);
}

/** What trial.json holds. */
export interface TrialRecord {
  readonly version: number;
  /** Unique to this run: MLflow finds it again by this. */
  readonly uid: string;
  readonly experimentName: string;
  readonly name: string;
  readonly id: string;
  readonly seed: number;
  readonly assignments: readonly { readonly path: string; readonly value: unknown }[];
  readonly fingerprints: Fingerprints;
}

/** The trial.json of a run folder, or undefined when there is none. Throws OneshotError('corrupt') when it cannot be read or is of another version. */
export function readTrialRecord(folder: string): TrialRecord | undefined {
  const path = runFiles(folder).trial;
  if (!existsSync(path)) return undefined;
  let record: TrialRecord;
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as TrialRecord;
  } catch (error) {
    throw new OneshotError('corrupt', `${path} is not readable JSON`, {
      hint: 'remove its run folder to start the trial anew',
      cause: error,
    });
  }
  if (record.version !== RUN_FOLDER_VERSION) {
    throw new OneshotError(
      'corrupt',
      `${path} is of version ${record.version}; this program reads version ${RUN_FOLDER_VERSION}`,
      {
        hint: 'move its run folder away to start the trial anew',
      },
    );
  }
  return record;
}
