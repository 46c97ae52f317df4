// What configurations and baselines reach in verification: same character or not, at a threshold that was fixed before.

import { stableHash } from '../../base/stable-hash.js';
import { describeAlarm } from '../../evaluation/alarm.js';
import type { VerificationResult } from '../../evaluation/records/verification-result.js';
import type { ScorerName } from '../../evaluation/scorers/scorer.js';
import { coverBoth, type Interval } from '../../evaluation/statistics/interval.js';
import { intervalOverSeeds } from '../../evaluation/statistics/over-seeds.js';
import { listBaselines } from '../baseline-variants.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface VerificationMeasurement {
  /** The group's label, or the baseline's name. */
  readonly system: string;
  readonly scorer: ScorerName;
  /** What tells a baseline from another one of its name among these runs; empty where nothing does. */
  readonly variant: string;
  readonly task: string;
  readonly selection: VerificationResult['selection'];
  /** Which pairs of which pictures were asked, as a hash. */
  readonly asked: string;
  /** Name of the picture set. */
  readonly pictures: string;
  /** Size of the pictures, `[height, width]`. */
  readonly pictureSize: readonly [number, number];
  /** Mean over runs. */
  readonly accuracy: number;
  /**
   * 95 %: of one run Wilson's or over alphabets of pairs, whichever reaches further on each side; of several runs over
   * seeds too (`intervalOverSeeds`).
   */
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
  /** What is alarming about the scores of a run, in words; of several such runs the first. */
  readonly alarm: string | undefined;
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
    [...collectByTask(runs, 'network').values()].map((found) =>
      summarize(label, found, { trained: describeTraining(runs[0]!) }),
    ),
  );
  const runs = groups.flatMap((group) => group.runs);
  const baselines = listBaselines(runs, ({ verifications }) => verifications).flatMap(
    ({ scorer, variant, runs: own }) =>
      [...collectByTask(own, scorer).values()].map(([first]) => summarize(scorer, [first!], { variant })),
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
  { variant = '', trained }: { variant?: string; trained?: VerificationMeasurement['trained'] },
): VerificationMeasurement {
  const results = found.map(({ result }) => result);
  const [first] = results as [VerificationResult];
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const accuracies = results.map(({ accuracy }) => accuracy);
  const areas = results.flatMap(({ rocArea }) => rocArea ?? []);
  return {
    system,
    scorer: first.scorer,
    variant,
    task: first.task,
    selection: first.selection,
    asked: stableHash([...new Set(results.map(identifyPairs))].sort()),
    pictures: first.pictures.name,
    pictureSize: [first.pictures.height, first.pictures.width],
    accuracy: average(accuracies),
    interval: intervalOverSeeds(
      results.map(({ accuracy, wilson, clustered }) => ({ accuracy, interval: coverBoth(wilson, clustered) })),
    ),
    rocArea: areas.length === results.length ? average(areas) : null,
    n: first.n,
    correct: results.map(({ correct }) => correct),
    accuracies,
    thresholds: results.map(({ threshold }) => threshold),
    folders: found.map(({ folder }) => folder),
    alarm: results.flatMap(({ alarm, n }) => (alarm === null ? [] : [describeAlarm(alarm, n)]))[0],
    trained,
  };
}

// Pairs are drawn by their seed from the pictures, whatever those's size.
function identifyPairs({ seed, different, n, selection, pictures: { name } }: VerificationResult): string {
  return stableHash({ seed, different, n, selection, name });
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
