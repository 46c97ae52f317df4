// Where the files of one run lie, and its small summary `status.json`. The run folder is the whole record of a run:
// everything that reports, MLflow and a resume need is read from it.
import { join, sep } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import type { FailureCode } from '../base/problem.js';
import type { RunHeadline } from '../evaluation/headline.js';
import { BEST_WEIGHTS_FILE, STATUS_FILE, TRIAL_FILE } from '../model/describe-weights.js';
import type { Fingerprints } from '../plan/fingerprint.js';
import {
  isCount,
  isHash,
  isListOf,
  isMapOfNumbers,
  isNumber,
  isOneOf,
  isOptional,
  isRecord,
  isText,
  isTruth,
  type RecordShape,
  readRecord,
} from './read-record.js';

/** Version of the folder's layout; a folder of another version is refused, not guessed at. */
export const RUN_FOLDER_VERSION = 1;

/**
 * The tag in a journal that tells what is likely wrong with a run's pictures, a sentence to a line: copies, classes
 * that are no unseen ones.
 */
export const DATA_DOUBTS_TAG = 'oneshot.data_doubts';

/** The files of a run folder. */
export function runFiles(folder: string) {
  // Not `join`: asked for ten thousand runs at once, normalising each path would take most of the time.
  const at = (name: string) => `${folder}${sep}${name}`;
  return {
    folder,
    /** The resolved experiment of this trial, as YAML: `oneshot run` takes it as it is. */
    experiment: at('experiment.yaml'),
    /** Which trial this is: seed, fingerprints, what varies. */
    trial: at(TRIAL_FILE),
    /** Engine, threads and micro-batch size, fixed when the trial was first started. */
    conditions: at('conditions.json'),
    /** Algorithms of convolutions that were chosen by measurement, fixed for the run (onnxruntime). */
    tuning: at('tuning.json'),
    /** Where each attempt ran: versions, machine, git commit. */
    provenance: at('provenance.json'),
    status: at(STATUS_FILE),
    journal: at('journal.jsonl'),
    last: at('last.safetensors'),
    best: at(BEST_WEIGHTS_FILE),
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

/** Where an evaluation's predictions lie; `predictions` is the name in its result. */
export function predictionsPath(folder: string, { predictions }: { readonly predictions: string }): string {
  return join(runFiles(folder).predictions, predictions);
}

/** `halted`: successive halving gave its place to better trials; its checkpoint stays, and it may be promoted later. */
export type RunState = 'waiting' | 'running' | 'stopped' | 'failed' | 'halted' | 'finished';

/** How many runs are in each state. */
export function countStates(runs: readonly { readonly state: RunState }[]): Record<RunState, number> {
  const counts: Record<RunState, number> = { finished: 0, halted: 0, running: 0, stopped: 0, failed: 0, waiting: 0 };
  for (const { state } of runs) counts[state]++;
  return counts;
}

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
  /** Processor time of all attempts so far, of all threads: it does not depend on what else the machine does. */
  readonly processorSeconds: number;
  /** Largest resident set of the process so far. */
  readonly peakMemoryBytes: number;
  /** The figure that speaks for the run, once it is evaluated; missing where no network was measured on the test selection. */
  readonly headline?: RunHeadline;
  readonly failure?: { readonly code: FailureCode; readonly message: string; readonly hint?: string };
}

const fingerprintsShape = { training: isHash, evaluation: isHash, config: isHash };

const statusShape: RecordShape = {
  state: isOneOf(['waiting', 'running', 'stopped', 'failed', 'halted', 'finished'] satisfies RunState[]),
  fingerprints: isRecord(fingerprintsShape),
  attempt: isCount,
  trained: isTruth,
  epoch: isCount,
  maxEpochs: isCount,
  metrics: isMapOfNumbers,
  startedAt: isText,
  updatedAt: isText,
  seconds: isNumber,
  processorSeconds: isNumber,
  peakMemoryBytes: isNumber,
  headline: isOptional(isRecord({ task: isText, accuracy: isNumber, n: isCount })),
  failure: isOptional(isRecord({ code: isText, message: isText, hint: isOptional(isText) })),
};

/**
 * The status of the run in `folder`, or undefined when it has none. Throws OneshotError('corrupt') when it cannot be
 * read, was altered or is of another version.
 */
export function readRunStatus(folder: string): RunStatus | undefined {
  return readRecord<RunStatus>(runFiles(folder).status, statusShape, RUN_FOLDER_VERSION);
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

const trialShape: RecordShape = {
  uid: isText,
  experimentName: isText,
  name: isText,
  id: (value) => typeof value === 'string' && /^[0-9a-f]{8}$/.test(value),
  seed: isCount,
  assignments: isListOf(isRecord({ path: isText })),
  fingerprints: isRecord(fingerprintsShape),
};

/**
 * The trial.json of a run folder, or undefined when there is none. Throws OneshotError('corrupt') when it cannot be
 * read, was altered or is of another version.
 */
export function readTrialRecord(folder: string): TrialRecord | undefined {
  return readRecord<TrialRecord>(runFiles(folder).trial, trialShape, RUN_FOLDER_VERSION);
}
