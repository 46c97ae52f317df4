// What experiments reached, with the conditions of each figure, as data that outlives the run folders: small enough to be
// kept with the program, and taken up again by a later report beside new runs.
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { readBounded } from '../../base/bounded-file.js';
import { findOwnFile } from '../../base/own-files.js';
import { OneshotError } from '../../base/problem.js';
import { readExperiment } from '../../config/read-experiment.js';
import { groupBy } from '../../evaluation/group-by.js';
import type { ScorerName } from '../../evaluation/scorers/scorer.js';
import { readWeightsDigest } from '../../run-folder/digests.js';
import { MAX_RECORD_BYTES } from '../../run-folder/read-record.js';
import { type Cost, costOf } from '../figures/cost.js';
import { measureVerifications, type VerificationMeasurement } from '../figures/verifications.js';
import { describeWhatWasRun, type WhatWasRun } from '../figures/what-was-run.js';
import { groupRuns, type Measurement, measureGroups } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import { measureEnsembles } from '../measure-ensembles.js';
import { nameSystem } from '../names.js';

const RESULTS_VERSION = 1;

/** What a file of results holds, and what its page is made from. */
export interface ResultsRecord {
  readonly version: number;
  /** In the order of their names. */
  readonly experiments: readonly RecordedExperiment[];
}

export interface RecordedExperiment {
  readonly experiment: string;
  /** What runs it again; undefined where no file of that name ships with the program. */
  readonly command: string | undefined;
  /** Finished runs that the figures are of. */
  readonly runs: number;
  readonly conditions: Omit<WhatWasRun, 'experiments'>;
  readonly systems: readonly RecordedSystem[];
}

export interface RecordedSystem {
  readonly system: string;
  readonly scorer: ScorerName;
  readonly isEnsemble: boolean;
  /** Ascending; empty for baselines. */
  readonly seeds: readonly number[];
  /** Of one network; undefined for baselines. */
  readonly cost: Cost | undefined;
  /** SHA-256 of the weights of each network, in the order of the seeds. */
  readonly weights: readonly string[];
  readonly measurements: readonly Recorded<Measurement>[];
  readonly verifications: readonly Recorded<VerificationMeasurement>[];
}

/** Folders do not outlive their machine. */
export type Recorded<T> = Omit<T, 'folders' | 'system' | 'scorer'>;

/** The record of the finished ones of these runs, experiment by experiment. */
export function recordResults(runs: readonly ReportRun[]): ResultsRecord {
  const finished = runs.filter(({ state }) => state === 'finished');
  const experiments = groupBy(finished, ({ trial }) => trial.experimentName);
  return makeRecord([...experiments].map(([name, own]) => recordExperiment(name, own)));
}

/** The experiments of all records; of one that several have, the last one's figures. */
export function mergeResults(records: readonly ResultsRecord[]): ResultsRecord {
  const byName = new Map(records.flatMap(({ experiments }) => experiments.map((own) => [own.experiment, own])));
  return makeRecord([...byName.values()]);
}

function makeRecord(experiments: readonly Omit<RecordedExperiment, 'command'>[]): ResultsRecord {
  // A figure of before is made again by the file as it ships now.
  const sorted = experiments
    .map(({ experiment, runs, conditions, systems }) => {
      const command = findCommand(experiment, conditions.seeds);
      return { experiment, command, runs, conditions, systems };
    })
    .sort((a, b) => (a.experiment < b.experiment ? -1 : 1));
  return { version: RESULTS_VERSION, experiments: sorted };
}

/** The record of a file. Throws OneshotError('corrupt') where it is none, and the file system's error where it is missing. */
export function readResultsRecord(path: string): ResultsRecord {
  const text = readBounded(path, MAX_RECORD_BYTES).toString('utf8');
  const fail = (found: string) =>
    new OneshotError(
      'corrupt',
      `${path}: found ${found}; allowed: a file that \`oneshot report --format markdown\` wrote`,
    );
  let record: Partial<ResultsRecord> | null;
  try {
    record = JSON.parse(text) as Partial<ResultsRecord> | null;
  } catch {
    throw fail('no JSON');
  }
  if (record?.version !== RESULTS_VERSION || !Array.isArray(record.experiments)) throw fail('no results');
  return record as ResultsRecord;
}

function recordExperiment(experiment: string, runs: readonly ReportRun[]): Omit<RecordedExperiment, 'command'> {
  const groups = groupRuns(runs);
  const measurements = [...measureGroups(groups), ...measureEnsembles(groups)];
  const { experiments: _, ...conditions } = describeWhatWasRun(groups);
  const all = [...measurements, ...measureVerifications(groups)];
  return {
    experiment,
    runs: runs.length,
    conditions,
    systems: [...groupBy(all, (own) => JSON.stringify([nameSystem(own), own.pictureSize])).values()].map((own) =>
      recordSystem(own, runs),
    ),
  };
}

type AnyMeasurement = Measurement | VerificationMeasurement;

const isVerification = (measurement: AnyMeasurement): measurement is VerificationMeasurement =>
  'thresholds' in measurement;

function recordSystem(own: readonly AnyMeasurement[], runs: readonly ReportRun[]): RecordedSystem {
  const [first] = own as [AnyMeasurement];
  const isNetwork = first.scorer === 'network';
  const members = isNetwork ? runs.filter(({ folder }) => first.folders.includes(folder)) : [];
  return {
    system: nameSystem(first),
    scorer: first.scorer,
    isEnsemble: 'isEnsemble' in first && first.isEnsemble === true,
    seeds: [...new Set(members.map(({ trial }) => trial.seed))].sort((a, b) => a - b),
    cost: members.length === 0 ? undefined : costOf(first.folders, first.accuracies.length, runs),
    weights: members.flatMap(({ folder }) => readWeightsDigest(folder) ?? []),
    measurements: own.filter((one): one is Measurement => !isVerification(one)).map(leaveFolders),
    verifications: own.filter(isVerification).map(leaveFolders),
  };
}

function leaveFolders<T extends AnyMeasurement>(measurement: T): Recorded<T> {
  const { folders, system, scorer, ...rest } = measurement;
  return rest;
}

/** What makes the runs of a shipped experiment, with their seeds where the file has others. */
function findCommand(experiment: string, seeds: readonly number[]): string | undefined {
  const file = `experiments/${experiment}.yaml`;
  const path = findOwnFile(file);
  if (!existsSync(path)) return undefined;
  const command = `npx oneshot run ${file}`;
  const { seeds: own } = readExperiment(path).value;
  return isDeepStrictEqual(own, seeds) ? command : `${command} --set 'seeds=[${seeds.join(', ')}]'`;
}
