// What reports know of a run, read from its folder alone: trial.json, experiment.yaml, status.json, journal.jsonl, results.json.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Experiment } from '../config/experiment.js';
import { type EvaluationResult, readResults } from '../evaluation/records/evaluation-result.js';
import { type PredictionRecord, readPredictions } from '../evaluation/records/predictions.js';
import { readRunVerifications, type VerificationResult } from '../evaluation/records/verification-result.js';
import { type DamagedRun, type FoundRun, findRuns } from '../run-folder/find-runs.js';
import { flattenParams } from '../run-folder/flatten-params.js';
import { type Provenance, readProvenance } from '../run-folder/provenance.js';
import { readExperimentFile } from '../run-folder/read-experiment-file.js';
import { type RunState, type RunStatus, runFiles, type TrialRecord } from '../run-folder/run-folder.js';
import { composeRunAddress } from '../tracking/experiment-page.js';
import { readJournal } from '../tracking/journal.js';
import { listShippedRuns } from '../tracking/ship-cursor.js';

/** One point of a metric. */
export interface MetricPoint {
  readonly step: number;
  readonly value: number;
}

/** Whether a run has a network, as far as its folder tells: baselines alone need none. */
export function hasNetwork({ experiment }: ReportRun): boolean {
  return experiment === undefined || experiment.model !== undefined;
}

export interface ReportRun {
  readonly folder: string;
  readonly trial: TrialRecord;
  /** Undefined when the trial was never started. */
  readonly status: RunStatus | undefined;
  readonly state: RunState;
  /** The resolved experiment; undefined where its file is missing or damaged. */
  readonly experiment: Experiment | undefined;
  /** Its settings in canonical text by key path, `training.optimizer.learningRate`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Points by metric in the order of their steps. */
  readonly metrics: ReadonlyMap<string, readonly MetricPoint[]>;
  /** Empty before the evaluation is done. */
  readonly results: readonly EvaluationResult[];
  /** Of verifications; empty before the evaluation is done. */
  readonly verifications: readonly VerificationResult[];
  /** Addresses of its pages on the MLflow servers that it was shipped to. */
  readonly mlflow: readonly string[];
  /** Where each attempt was made. */
  readonly provenance: readonly Provenance[];
  /** What of the folder could not be read, in words. */
  readonly problems: readonly string[];
}

export interface LoadedRuns {
  readonly runs: readonly ReportRun[];
  /** Run folders that are no run any more. */
  readonly damaged: readonly DamagedRun[];
}

/** The runs at or below the given paths, each once, ordered as given. Throws OneshotError('usage') when a path does not exist. */
export function loadRuns(paths: readonly string[]): LoadedRuns {
  const found = paths.map((path) => findRuns(path));
  return {
    runs: takeOnce(found.flatMap(({ runs }) => runs)).map(loadRun),
    damaged: takeOnce(found.flatMap(({ damaged }) => damaged)),
  };
}

/** The items by their folders, as absolute paths, each folder once. */
function takeOnce<T extends { readonly folder: string }>(items: readonly T[]): T[] {
  const once = new Map<string, T>();
  for (const item of items) {
    const folder = resolve(item.folder);
    if (!once.has(folder)) once.set(folder, { ...item, folder });
  }
  return [...once.values()];
}

function loadRun(found: FoundRun): ReportRun {
  const files = runFiles(found.folder);
  const problems: string[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
      return otherwise;
    }
  };
  const journal = attempt(() => readTagsAndMetrics(files.journal), noJournal());
  const results = attempt(() => (existsSync(files.results) ? readResults(files.results) : []), []);
  const verifications = attempt(() => readRunVerifications(found.folder), []);
  const provenance = attempt(() => readProvenance(files.provenance), []);
  const experiment = attempt(
    () => (existsSync(files.experiment) ? readExperimentFile(files.experiment) : undefined),
    undefined,
  );
  const settings = experiment === undefined ? {} : flattenParams(experiment);
  const mlflow = listShippedRuns(found.folder)
    .filter(({ uri }) => /^https?:/.test(uri))
    .map(({ uri, experimentId, runId }) => composeRunAddress(uri, experimentId, runId));
  return { ...found, ...journal, experiment, settings, mlflow, results, verifications, provenance, problems };
}

type JournalContent = Pick<ReportRun, 'tags' | 'metrics'>;

function noJournal(): JournalContent {
  return { tags: {}, metrics: new Map() };
}

function readTagsAndMetrics(path: string): JournalContent {
  if (!existsSync(path)) return noJournal();
  const tags: Record<string, string> = {};
  const metrics = new Map<string, MetricPoint[]>();
  for (const { event } of readJournal(path)) {
    if (event.type === 'tags') Object.assign(tags, event.values);
    if (event.type === 'metric') {
      const points = metrics.get(event.key);
      const point = { step: event.step, value: event.value };
      if (points) points.push(point);
      else metrics.set(event.key, [point]);
    }
  }
  for (const points of metrics.values()) points.sort((a, b) => a.step - b.step);
  return { tags, metrics };
}

/**
 * The predictions behind a result of the run. Throws a OneshotError('corrupt') when the file is damaged, and the file
 * system's error when it is missing.
 */
export function readRunPredictions(run: ReportRun, result: EvaluationResult): PredictionRecord {
  return readPredictions(join(runFiles(run.folder).predictions, result.predictions));
}

/** The same; undefined when they cannot be read: a damaged file costs its figures, not the report. */
export function tryReadPredictions(run: ReportRun, result: EvaluationResult): PredictionRecord | undefined {
  try {
    return readRunPredictions(run, result);
  } catch {
    return undefined;
  }
}
