// Everything that a report says, as plain data: the pages, and `--json`, are made from this alone.
import type { AlphabetResult, EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { type GalleryItem, pickGallery } from '../evaluation/records/gallery.js';
import type { ScorerName } from '../evaluation/scorers/scorer.js';
import { wilsonInterval } from '../evaluation/statistics/wilson-interval.js';
import type { RunState } from '../run/run-folder.js';
import { type Comparison, findDifferences } from './compare-runs.js';
import { type ConfusedPair, findConfusedPairs } from './confused-pairs.js';
import { collectLearningCurves, collectNWayCurves, type LearningCurve, type NWayCurve } from './curves.js';
import { groupRuns, type Measurement, measureGroups, type RunGroup } from './group-runs.js';
import { type ReportRun, readRunPredictions } from './load-runs.js';
import { fillPaperTables, type PaperTable } from './paper-tables.js';

export interface Report {
  readonly title: string;
  readonly experiments: readonly string[];
  readonly runs: readonly RunSummary[];
  /** How many runs are in each state. */
  readonly counts: Readonly<Record<RunState, number>>;
  /** Finished runs without results, and runs with something unreadable. */
  readonly incomplete: readonly string[];
  readonly measurements: readonly Measurement[];
  /** Settings that are not the same in all configurations, one value for each system; undefined where it has no such setting. */
  readonly differences: SettingDifferences;
  /** The task that the first screen answers: Lake's runs where they were measured, otherwise the one with the most ways. */
  readonly headline: Headline | undefined;
  readonly paperTables: readonly PaperTable[];
  readonly nWayCurves: readonly NWayCurve[];
  readonly learningCurves: readonly LearningCurve[];
  /** Of the headline's best system: means over its runs. */
  readonly perAlphabet: { readonly task: string; readonly rows: readonly AlphabetResult[] } | undefined;
  readonly confusedPairs: { readonly task: string; readonly pairs: readonly ConfusedPair[] } | undefined;
  readonly galleries: readonly Gallery[];
  readonly skippedAlphabets: readonly { readonly task: string; readonly alphabets: readonly string[] }[];
}

export interface SettingDifferences {
  readonly systems: readonly string[];
  readonly settings: Comparison['differences'];
}

export interface Headline {
  readonly task: string;
  readonly protocol: EvaluationResult['protocol'];
  readonly nWay: number;
  readonly kShot: number;
  /** Best first; of each baseline the first. */
  readonly measurements: readonly Measurement[];
}

export interface Gallery {
  readonly task: string;
  readonly system: string;
  readonly seed: number;
  readonly items: readonly GalleryItem[];
}

export interface RunSummary {
  readonly name: string;
  readonly experiment: string;
  /** The label of its configuration. */
  readonly system: string;
  readonly folder: string;
  readonly seed: number;
  readonly state: RunState;
  readonly attempt: number;
  readonly epoch: number;
  readonly maxEpochs: number;
  readonly seconds: number;
  readonly engine: string | undefined;
  readonly commit: string | undefined;
  readonly failure: string | undefined;
  readonly problems: readonly string[];
  readonly tasks: number;
}

const CONFUSED_PAIRS = 12;
const GALLERY_ITEMS = 3;
/** Ways of the tasks that the blog of the seed shows as figures: each gets a small gallery of its own. */
const SHOWN_WAYS = [9, 25];

/** The report of these runs. */
export function makeReport(runs: readonly ReportRun[]): Report {
  const groups = groupRuns(runs);
  const measurements = measureGroups(groups);
  const experiments = [...new Set(runs.map(({ trial }) => trial.experimentName))];
  const headline = chooseHeadline(measurements);
  const shown = chooseShownGroup(groups, headline);
  return {
    title: experiments.length === 0 ? 'no runs' : experiments.join(', '),
    experiments,
    runs: groups.flatMap(({ label, runs: members }) => members.map((run) => summarizeRun(run, label))),
    counts: countStates(runs),
    incomplete: findIncomplete(runs),
    measurements,
    differences: {
      systems: groups.map(({ label }) => label),
      settings: findDifferences(groups.map((group) => group.runs[0]!)).filter(({ path }) => path !== 'seed'),
    },
    headline,
    paperTables: fillPaperTables(measurements),
    nWayCurves: collectNWayCurves(measurements, nameSystem),
    learningCurves: collectLearningCurves(groups),
    perAlphabet: shown && averageAlphabets(shown),
    confusedPairs: shown && confusePairs(shown),
    galleries: shown ? collectGalleries(shown, headline!.task) : [],
    skippedAlphabets: listSkipped(runs),
  };
}

/** What a measurement's system is called in tables and legends. */
export function nameSystem({ system, scorer }: Pick<Measurement, 'system' | 'scorer'>): string {
  return scorer === 'network' ? system : BASELINE_NAMES[scorer];
}

const BASELINE_NAMES: Readonly<Record<Exclude<ScorerName, 'network'>, string>> = {
  nearestNeighbourEuclidean: 'nearest neighbour, Euclidean',
  nearestNeighbourCosine: 'nearest neighbour, cosine of ink',
  chance: 'chance',
};

function chooseHeadline(measurements: readonly Measurement[]): Headline | undefined {
  const rank = ({ protocol, nWay, kShot, scorer }: Measurement) =>
    (scorer === 'network' ? 1e6 : 0) +
    (protocol === 'lake-runs' ? 1e5 : protocol === 'within-alphabet' ? 5e4 : 0) +
    (kShot === 1 ? 1e4 : 0) +
    nWay;
  const [best] = [...measurements].sort((a, b) => rank(b) - rank(a) || b.accuracy - a.accuracy);
  if (!best) return undefined;
  const { protocol, nWay, kShot } = best;
  const onTask = measurements
    .filter((other) => other.protocol === protocol && other.nWay === nWay && other.kShot === kShot)
    .sort((a, b) => b.accuracy - a.accuracy);
  const seen = new Set<string>();
  const once = onTask.filter(({ system }) => !seen.has(system) && seen.add(system));
  return { task: once[0]!.task, protocol, nWay, kShot, measurements: once };
}

interface ShownGroup {
  readonly group: RunGroup;
  /** Its runs with results. */
  readonly runs: readonly ReportRun[];
}

// Alphabets, confusions and galleries are shown of the best system of the headline.
function chooseShownGroup(groups: readonly RunGroup[], headline: Headline | undefined): ShownGroup | undefined {
  const best = headline?.measurements.find(({ scorer }) => scorer === 'network');
  const group = groups.find(({ label }) => label === best?.system);
  const runs = group?.runs.filter(({ results }) => results.some(({ scorer }) => scorer === 'network')) ?? [];
  return group && runs.length > 0 ? { group, runs } : undefined;
}

// The network's task with the most queries of 20 ways, one shot and one alphabet (or what comes nearest to that).
function chooseDetailTask(results: readonly EvaluationResult[]): string | undefined {
  const rank = ({ protocol, nWay, kShot, n }: EvaluationResult) =>
    (protocol === 'within-alphabet' ? 1e9 : 0) + (nWay === 20 ? 1e8 : 0) + (kShot === 1 ? 1e7 : 0) + Math.min(n, 9e6);
  const ofNetwork = results.filter(({ scorer }) => scorer === 'network');
  return ofNetwork.sort((a, b) => rank(b) - rank(a))[0]?.task;
}

function findResult(run: ReportRun, task: string | undefined): EvaluationResult | undefined {
  return run.results.find((result) => result.task === task && result.scorer === 'network');
}

// Means over runs; the interval is that of one run's queries, since runs of other seeds answer the same ones.
function averageAlphabets({ runs }: ShownGroup): Report['perAlphabet'] {
  const task = chooseDetailTask(runs[0]!.results);
  const measured = runs.flatMap((run) => findResult(run, task) ?? []);
  const rows = (measured[0]?.perAlphabet ?? []).map(({ alphabet, n }) => {
    const own = measured.flatMap((result) => result.perAlphabet.filter((row) => row.alphabet === alphabet));
    const accuracy = own.reduce((sum, row) => sum + row.accuracy, 0) / own.length;
    return { alphabet, n, correct: accuracy * n, accuracy, wilson: wilsonInterval(accuracy * n, n) };
  });
  if (task === undefined || rows.length < 2) return undefined;
  return { task, rows: rows.sort((a, b) => b.accuracy - a.accuracy) };
}

function confusePairs({ runs }: ShownGroup): Report['confusedPairs'] {
  const task = chooseDetailTask(runs[0]!.results);
  const records = runs.flatMap((run) => {
    const result = findResult(run, task);
    return result ? attempt(() => [readRunPredictions(run, result)], []) : [];
  });
  const pairs = findConfusedPairs(records, CONFUSED_PAIRS);
  return task === undefined || pairs.length === 0 ? undefined : { task, pairs };
}

function collectGalleries({ group, runs }: ShownGroup, headlineTask: string): Gallery[] {
  const [run] = runs as [ReportRun];
  const shown = run.results.filter(
    ({ task, scorer, nWay }) => scorer === 'network' && (task === headlineTask || SHOWN_WAYS.includes(nWay)),
  );
  shown.sort((a, b) => Number(b.task === headlineTask) - Number(a.task === headlineTask));
  return shown.flatMap((result) => {
    const record = attempt(() => readRunPredictions(run, result), undefined);
    const items = record ? pickGallery(record, result.task === headlineTask ? GALLERY_ITEMS : 1) : [];
    return items.length === 0 ? [] : [{ task: result.task, system: group.label, seed: run.trial.seed, items }];
  });
}

// A damaged prediction file costs its gallery, not the report.
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function summarizeRun(
  { trial, folder, state, status, tags, results, problems }: ReportRun,
  system: string,
): RunSummary {
  return {
    name: trial.name,
    experiment: trial.experimentName,
    system,
    folder,
    seed: trial.seed,
    state,
    attempt: status?.attempt ?? 0,
    epoch: status?.epoch ?? 0,
    maxEpochs: status?.maxEpochs ?? 0,
    seconds: status?.seconds ?? 0,
    engine: tags['oneshot.engine'],
    commit: tags['mlflow.source.git.commit'],
    failure: status?.failure?.message,
    problems,
    tasks: new Set(results.map(({ task }) => task)).size,
  };
}

function countStates(runs: readonly ReportRun[]): Report['counts'] {
  const counts = { waiting: 0, running: 0, stopped: 0, failed: 0, finished: 0 };
  for (const { state } of runs) counts[state]++;
  return counts;
}

function findIncomplete(runs: readonly ReportRun[]): string[] {
  return runs.flatMap(({ trial, state, results, problems }) => [
    ...(state === 'finished' && results.length === 0 ? [`${trial.name} is finished but has no results`] : []),
    ...problems.map((problem) => `${trial.name}: ${problem}`),
  ]);
}

function listSkipped(runs: readonly ReportRun[]): Report['skippedAlphabets'] {
  const skipped = new Map<string, readonly string[]>();
  for (const { task, skippedAlphabets } of runs.flatMap(({ results }) => results)) {
    if (skippedAlphabets.length > 0) skipped.set(task, skippedAlphabets);
  }
  return [...skipped].map(([task, alphabets]) => ({ task, alphabets }));
}
