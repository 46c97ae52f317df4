// Runs side by side: what differs in their configuration, what they reached with intervals, and whether a difference on
// the same episodes is more than chance. Every run is tested against the first one.
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { type McNemarResult, testMcNemar } from '../evaluation/statistics/mcnemar.js';
import { type PermutationTestResult, testPermutation } from '../evaluation/statistics/permutation-test.js';
import { episodeOutcomes } from './group-runs.js';
import { type ReportRun, readRunPredictions } from './load-runs.js';

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The settings that are not the same in all runs; undefined where a run has no such setting. */
  readonly differences: readonly { readonly path: string; readonly values: readonly (string | undefined)[] }[];
  readonly rows: readonly ComparisonRow[];
}

export interface ComparedRun {
  readonly name: string;
  readonly experiment: string;
  readonly folder: string;
  readonly seed: number;
  readonly state: ReportRun['state'];
}

/** One system on one task, in each run. */
export interface ComparisonRow {
  readonly task: string;
  readonly scorer: EvaluationResult['scorer'];
  /** By run; undefined where the run has no such result. */
  readonly results: readonly (
    | Pick<EvaluationResult, 'n' | 'correct' | 'accuracy' | 'wilson' | 'clustered' | 'alarm'>
    | undefined
  )[];
  /** Each run after the first against the first. */
  readonly tests: readonly PairedTest[];
}

/** A paired test of a run against the first one, or why there is none. */
export type PairedTest =
  | {
      readonly paired: true;
      /** Accuracy of this run minus that of the first. */
      readonly difference: number;
      /** Over queries, taken as independent; right is right without a tie. `onlyFirst` counts for the first run. */
      readonly mcnemar: McNemarResult;
      /** Over episodes: the one to trust, since queries of one episode share a support set. */
      readonly permutation: PermutationTestResult;
    }
  | { readonly paired: false; readonly reason: string };

/** The comparison of two or more runs, in their order. */
export function compareRuns(runs: readonly ReportRun[]): Comparison {
  const keys = new Map<string, Pick<EvaluationResult, 'task' | 'scorer'>>();
  for (const { task, scorer } of runs.flatMap(({ results }) => results))
    keys.set(`${task} ${scorer}`, { task, scorer });
  return {
    runs: runs.map(({ folder, trial, state }) => ({
      name: trial.name,
      experiment: trial.experimentName,
      folder,
      seed: trial.seed,
      state,
    })),
    differences: findDifferences(runs),
    rows: [...keys.values()].map((key) => compareOn(key, runs)),
  };
}

/** The settings that are not the same in all runs, by key path. */
export function findDifferences(runs: readonly ReportRun[]): Comparison['differences'] {
  const paths = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  return paths
    .map((path) => ({ path, values: runs.map(({ settings }) => settings[path]) }))
    .filter(({ values }) => new Set(values).size > 1)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function compareOn(
  { task, scorer }: Pick<EvaluationResult, 'task' | 'scorer'>,
  runs: readonly ReportRun[],
): ComparisonRow {
  const found = runs.map((run) => ({
    run,
    result: run.results.find((result) => result.task === task && result.scorer === scorer),
  }));
  const [first, ...others] = found as [(typeof found)[number], ...typeof found];
  return {
    task,
    scorer,
    results: found.map(({ result }) => result && pickFigures(result)),
    tests: others.map((other) => testPair(first, other)),
  };
}

function pickFigures({ n, correct, accuracy, wilson, clustered, alarm }: EvaluationResult) {
  return { n, correct, accuracy, wilson, clustered, alarm };
}

interface FoundResult {
  readonly run: ReportRun;
  readonly result: EvaluationResult | undefined;
}

function testPair(first: FoundResult, second: FoundResult): PairedTest {
  if (!first.result || !second.result) return { paired: false, reason: 'not measured in both' };
  if (first.result.episodesHash !== second.result.episodesHash) return { paired: false, reason: 'other episodes' };
  const [before, after] = [episodeOutcomes(first.result), episodeOutcomes(second.result)];
  const permutation = testPermutation(after, before);
  try {
    const mcnemar = testMcNemar(listRight(first.run, first.result), listRight(second.run, second.result));
    return { paired: true, difference: permutation.difference, mcnemar, permutation };
  } catch (error) {
    return { paired: false, reason: (error as Error).message };
  }
}

function listRight(run: ReportRun, result: EvaluationResult): boolean[] {
  return readRunPredictions(run, result).answers.flatMap(({ queries }) => queries.map(({ credit }) => credit === 1));
}
