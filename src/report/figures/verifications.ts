// What configurations and baselines reach in verification: same character or not, at a threshold that was fixed before.

import type { ScorerName } from '../../config/experiment.js';
import { alphabetOutcomes, type VerificationResult } from '../../evaluation/records/verification-result.js';
import { hierarchicalBootstrap } from '../../evaluation/statistics/hierarchical-bootstrap.js';
import { coverBoth, type Interval } from '../../evaluation/statistics/interval.js';
import { wilsonInterval } from '../../evaluation/statistics/wilson-interval.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface VerificationMeasurement {
  /** The group's label, or the baseline's name. */
  readonly system: string;
  readonly scorer: ScorerName;
  readonly task: string;
  /** Name of the picture set. */
  readonly pictures: string;
  /** Size of the pictures, `[height, width]`. */
  readonly pictureSize: readonly [number, number];
  /** Mean over runs. */
  readonly accuracy: number;
  /** 95 %: what resampling says, or Wilson's of one run's pairs, whichever reaches further on each side. Several runs resample seeds, then alphabets of pairs, a single run its alphabets. */
  readonly interval: Interval;
  /** Mean over runs; null where any has none. */
  readonly rocArea: number | null;
  /** Pairs of one run. */
  readonly n: number;
  /** Pairs told right by each run. */
  readonly correct: readonly number[];
  /** Of each run, like the thresholds. */
  readonly accuracies: readonly number[];
  readonly thresholds: readonly number[];
  readonly folders: readonly string[];
  readonly alarm: boolean;
  /** Training pairs and affine copies of each, for Table 1 of the paper; undefined for other tasks and baselines. */
  readonly trained: { readonly pairs: number; readonly affineCopies: number } | undefined;
}

interface Found {
  readonly folder: string;
  readonly result: VerificationResult;
}

/** What each group's network reached, then each baseline once, by the first run that measured it. */
export function measureVerifications(groups: readonly RunGroup[]): VerificationMeasurement[] {
  const networks = groups.flatMap(({ label, runs }) =>
    [...collectByTask(runs, 'network').values()].map((found) => summarize(label, found, describeTraining(runs[0]!))),
  );
  const runs = groups.flatMap((group) => group.runs);
  const names = new Set(runs.flatMap(({ verifications }) => verifications.map(({ scorer }) => scorer)));
  names.delete('network');
  const baselines = [...names].flatMap((name) =>
    [...collectByTask(runs, name).values()].map(([first]) => summarize(name, [first!], undefined)),
  );
  return [...networks, ...baselines];
}

function collectByTask(runs: readonly ReportRun[], scorer: ScorerName): Map<string, Found[]> {
  const tasks = new Map<string, Found[]>();
  for (const { folder, verifications } of runs) {
    for (const result of verifications.filter((candidate) => candidate.scorer === scorer)) {
      tasks.set(result.task, [...(tasks.get(result.task) ?? []), { folder, result }]);
    }
  }
  return tasks;
}

function summarize(
  system: string,
  found: readonly Found[],
  trained: VerificationMeasurement['trained'],
): VerificationMeasurement {
  const results = found.map(({ result }) => result);
  const [first] = results as [VerificationResult];
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const accuracies = results.map(({ accuracy }) => accuracy);
  const areas = results.flatMap(({ rocArea }) => rocArea ?? []);
  const accuracy = average(accuracies);
  return {
    system,
    scorer: first.scorer,
    task: first.task,
    pictures: first.pictures.name,
    pictureSize: [first.pictures.height, first.pictures.width],
    accuracy,
    interval: coverBoth(wilsonInterval(accuracy * first.n, first.n), resample(results)),
    rocArea: areas.length === results.length ? average(areas) : null,
    n: first.n,
    correct: results.map(({ correct }) => correct),
    accuracies,
    thresholds: results.map(({ threshold }) => threshold),
    folders: found.map(({ folder }) => folder),
    alarm: results.some(({ alarm }) => alarm !== null),
    trained,
  };
}

// Pairs of one alphabet share characters and pictures, so that whole alphabets are drawn; where all runs were asked the
// same pairs, a hard alphabet is hard for all of them.
function resample(results: readonly VerificationResult[]): Interval | null {
  const [first] = results as [VerificationResult];
  if (results.length === 1) return first.clustered;
  const asked = ({ seed, different, n, pictures }: VerificationResult) =>
    JSON.stringify([seed, different, n, pictures.digest]);
  const areSame = results.every((result) => asked(result) === asked(first));
  return hierarchicalBootstrap(results.map(alphabetOutcomes), { episodes: areSame ? 'shared' : 'own' }) ?? null;
}

function describeTraining({ settings }: ReportRun): VerificationMeasurement['trained'] {
  const pairs = Number(settings['training.task.pairs.count']);
  // No other task has pairs that are counted.
  if (!(pairs > 0)) return undefined;
  const hasAffine = Object.keys(settings).some((path) => path.startsWith('augmentation.affine.'));
  const copies = settings['augmentation.affine.copies'];
  // A probability of its own is no number of copies: then no row of the paper's table is meant.
  return { pairs, affineCopies: copies === undefined ? (hasAffine ? Number.NaN : 0) : Number(copies) };
}
