// Runs that differ in their seed alone are one configuration; what it reaches is the mean over its runs.
import { stableHash } from '../base/stable-hash.js';
import { describeAlarm } from '../evaluation/alarm.js';
import { groupBy } from '../evaluation/group-by.js';
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import type { ScorerName } from '../evaluation/scorers/scorer.js';
import type { EpisodeOutcome } from '../evaluation/statistics/clustered-bootstrap.js';
import { coverBoth, type Interval } from '../evaluation/statistics/interval.js';
import { intervalOverSeeds } from '../evaluation/statistics/over-seeds.js';
import { shortenPaths } from '../plan/trial-name.js';
import { listBaselines } from './baseline-variants.js';
import { findDifferences } from './find-differences.js';
import type { ReportRun } from './load-runs.js';

/** The runs of one configuration. */
export interface RunGroup {
  /** Readable and unique in a report: `count=30000, copies=8`. */
  readonly label: string;
  readonly runs: readonly ReportRun[];
}

/** What a configuration, or a baseline, reached on a task. */
export interface Measurement {
  /** The group's label, or the baseline's name. */
  readonly system: string;
  readonly scorer: ScorerName;
  /** What tells a baseline from another one of its name among these runs, `tokenNoise=3`; empty where nothing does. */
  readonly variant: string;
  readonly task: string;
  readonly protocol: EvaluationResult['protocol'];
  readonly selection: EvaluationResult['selection'];
  /** How the queries of an episode were answered together; null for one by one. */
  readonly assignment: EvaluationResult['assignment'];
  /** What was measured with by mistake; absent where there is none. */
  readonly mistake?: EvaluationResult['mistake'];
  readonly nWay: number;
  readonly kShot: number;
  /** Whether the network has convolutions; undefined for baselines. */
  readonly convolutional: boolean | undefined;
  /** Whether several networks answered together, as the experiment's file declares. */
  readonly isEnsemble?: boolean;
  /** Name of the picture set, `omniglot`. */
  readonly pictures: string;
  /** Size of the pictures, `[height, width]`. */
  readonly pictureSize: readonly [number, number];
  /** Mean over runs. */
  readonly accuracy: number;
  /**
   * 95 %: of one run Wilson's or over episodes (clustered bootstrap), whichever reaches further on each side; of several
   * runs over seeds too (`intervalOverSeeds`).
   */
  readonly interval: Interval;
  /** Which queries were asked of which pictures, as a hash: only measurements with the same can be set side by side. */
  readonly asked: string;
  /** Queries of one run. */
  readonly n: number;
  /** Right answers, ties shared, of each run. */
  readonly correct: readonly number[];
  /** Of each run. */
  readonly accuracies: readonly number[];
  /** Folders of the runs. */
  readonly folders: readonly string[];
  /** What is alarming about the answers of a run, in words; of several such runs the first. */
  readonly alarm: string | undefined;
}

/** The runs by experiment and configuration, in the order of their first run. */
export function groupRuns(runs: readonly ReportRun[]): RunGroup[] {
  const groups = new Map<string, ReportRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.trial.experimentName, run.trial.fingerprints.config]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return labelGroups([...groups.values()]);
}

function labelGroups(groups: readonly ReportRun[][]): RunGroup[] {
  const firsts = groups.map((runs) => runs[0]!);
  const short = shortenPaths([...new Set(firsts.flatMap(({ trial }) => trial.assignments.map(({ path }) => path)))]);
  const describeValue = chooseWords(firsts);
  const severalExperiments = new Set(firsts.map(({ trial }) => trial.experimentName)).size > 1;
  const labels = firsts.map(({ trial }) => {
    const varying = trial.assignments
      .map(({ path, value }) => `${short.get(path)}=${describeValue(path, value)}`)
      .join(', ');
    if (varying === '') return trial.experimentName;
    return severalExperiments ? `${trial.experimentName}: ${varying}` : varying;
  });
  const told = labels.map((label, index) => {
    const alike = firsts.filter((_, other) => labels[other] === label);
    return alike.length === 1 ? label : `${label}: ${tellApart(firsts[index]!, alike)}`;
  });
  return groups.map((runs, index) => {
    const label = told[index]!;
    const unique = told.filter((other) => other === label).length === 1;
    return { label: unique ? label : `${label} (${runs[0]!.trial.fingerprints.config.slice(0, 8)})`, runs };
  });
}

/** Settings that a label names of those that differ. */
const MOST_TOLD_SETTINGS = 3;

/** What differs between runs of one name: the command line changed it, or the file has been changed since. */
function tellApart(run: ReportRun, alike: readonly ReportRun[]): string {
  const differing = findDifferences(alike).map(({ path }) => path);
  const short = shortenPaths(differing);
  const told = differing
    .slice(0, MOST_TOLD_SETTINGS)
    .map((path) => `${short.get(path)}=${run.settings[path] ?? 'none'}`);
  const rest = differing.length - told.length;
  if (told.length === 0) return run.trial.fingerprints.config.slice(0, 8);
  return `${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** How values of a sweep are told: a map by its `type` alone where that tells it from all others of its path. */
function chooseWords(runs: readonly ReportRun[]): (path: string, value: unknown) => string {
  const toldByType = new Set<string>();
  const assignments = groupBy(
    runs.flatMap(({ trial }) => trial.assignments),
    ({ path }) => path,
  );
  for (const [path, own] of assignments) {
    const types = own.map(({ value }) => typeOf(value));
    const values = new Set(own.map(({ value }) => JSON.stringify(value)));
    if (types.every((type) => type !== undefined) && new Set(types).size === values.size) toldByType.add(path);
  }
  return (path, value) => {
    if (toldByType.has(path)) return typeOf(value)!;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}

function typeOf(value: unknown): string | undefined {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  return typeof type === 'string' ? type : undefined;
}

/** What each group's network reached, then what each baseline reached, task by task. */
export function measureGroups(groups: readonly RunGroup[]): Measurement[] {
  const networks = groups.flatMap(({ label, runs }) =>
    [...collectTasks(runs, ({ scorer }) => scorer === 'network').values()].map((found) =>
      summarize(label, found, { convolutional: hasConvolutions(runs[0]!) }),
    ),
  );
  const all = groups.flatMap(({ runs }) => runs);
  return [...networks, ...measureBaselines(all)];
}

/** Whether a run's network has convolutions. */
export function hasConvolutions({ settings }: ReportRun): boolean {
  return Object.entries(settings).some(([path, value]) => /^model\.encoder\..+\.type$/.test(path) && value === 'conv');
}

interface FoundResult {
  readonly folder: string;
  readonly result: EvaluationResult;
}

function collectTasks(
  runs: readonly ReportRun[],
  belongs: (result: EvaluationResult) => boolean,
  keyOf: (result: EvaluationResult) => string = ({ task }) => task,
): Map<string, FoundResult[]> {
  const tasks = new Map<string, FoundResult[]>();
  for (const { folder, results } of runs) {
    for (const result of results.filter(belongs)) {
      tasks.set(keyOf(result), [...(tasks.get(keyOf(result)) ?? []), { folder, result }]);
    }
  }
  return tasks;
}

// A baseline gives the same answers in every run on the same pictures and episodes: it is shown once for these.
function measureBaselines(runs: readonly ReportRun[]): Measurement[] {
  return listBaselines(runs, ({ results }) => results).flatMap(({ scorer, variant, runs: own }) => {
    const measured = collectTasks(
      own,
      (result) => result.scorer === scorer,
      ({ task, episodesHash, pictures }) => stableHash([task, episodesHash, pictures.digest]),
    );
    return [...measured.values()].map(([first]) => summarize(scorer, [first!], { variant }));
  });
}

function summarize(
  system: string,
  found: readonly FoundResult[],
  { convolutional, variant = '' }: { convolutional?: boolean; variant?: string } = {},
): Measurement {
  const [{ result: first }] = found as [FoundResult];
  const results = found.map(({ result }) => result);
  const accuracy = results.reduce((sum, result) => sum + result.accuracy, 0) / results.length;
  return {
    system,
    scorer: first.scorer,
    variant,
    task: first.task,
    protocol: first.protocol,
    selection: first.selection,
    assignment: first.assignment,
    ...(first.mistake && { mistake: first.mistake }),
    nWay: first.nWay,
    kShot: first.kShot,
    convolutional,
    pictures: first.pictures.name,
    pictureSize: [first.pictures.height, first.pictures.width],
    accuracy,
    interval: intervalOverSeeds(results.map(describeSeed)),
    asked: stableHash([...new Set(results.map(({ episodesHash }) => episodesHash))].sort()),
    n: first.n,
    correct: results.map(({ correct }) => correct),
    accuracies: results.map(({ accuracy }) => accuracy),
    folders: found.map(({ folder }) => folder),
    alarm: results.flatMap(({ alarm, n }) => (alarm === null ? [] : [describeAlarm(alarm, n)]))[0],
  };
}

const describeSeed = ({ accuracy, wilson, clustered }: EvaluationResult) => ({
  accuracy,
  interval: coverBoth(wilson, clustered),
});

/** Credits and queries of a result's episodes. */
export function episodeOutcomes({ episodes }: EvaluationResult): EpisodeOutcome[] {
  return episodes.credits.map((credit, index) => ({ credit, queries: episodes.queries[index]! }));
}
