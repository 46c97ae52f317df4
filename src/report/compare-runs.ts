// Runs side by side: what differs in their configuration, what they reached with intervals, and whether a difference on
// the same queries is more than chance: between networks, each against the first, and between configurations where these
// have several runs. Baselines answer alike in all runs and are shown, not tested.
import type { EvaluationResult } from '../evaluation/records/evaluation-result.js';
import { readPairCredits, type VerificationResult } from '../evaluation/records/verification-result.js';
import { type McNemarResult, testMcNemar } from '../evaluation/statistics/mcnemar.js';
import { type PermutationTestResult, testPermutation } from '../evaluation/statistics/permutation-test.js';
import { runFiles } from '../run-folder/run-folder.js';
import {
  type ConfigurationDifference,
  compareConfigurations,
  identifyQueries,
  listEpisodes,
} from './compare-configurations.js';
import { chooseConfiguration, type NamedChoice, nameChoice } from './figures/choose-configuration.js';
import { findDifferences, type SettingDifference } from './find-differences.js';
import { groupRuns } from './group-runs.js';
import { type ReportRun, readRunPredictions } from './load-runs.js';

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The settings that are not the same in all runs. */
  readonly differences: readonly SettingDifference[];
  readonly rows: readonly ComparisonRow[];
  /** Configurations of two runs or more, each against the first of them; empty where there are not two. */
  readonly configurations: readonly ConfigurationDifference[];
  /** The configuration that validation chose, or why none was chosen; undefined for a single configuration. */
  readonly choice: NamedChoice | undefined;
}

export interface ComparedRun {
  readonly name: string;
  readonly experiment: string;
  /** The label of its configuration. */
  readonly system: string;
  readonly folder: string;
  readonly seed: number;
  readonly state: ReportRun['state'];
}

/** One system on one task, in each run. */
export interface ComparisonRow {
  readonly task: string;
  readonly scorer: EvaluationResult['scorer'];
  /** By run; undefined where the run has no such result. */
  readonly results: readonly (ComparedResult | undefined)[];
  /** Each run after the first against the first; none for baselines. */
  readonly tests: readonly PairedTest[];
}

export type ComparedResult = Pick<
  EvaluationResult | VerificationResult,
  'n' | 'correct' | 'accuracy' | 'wilson' | 'clustered' | 'alarm'
>;

/**
 * A paired test of a run against the first one, or why there is none. It speaks of these two networks: others of the same
 * configurations, trained from other seeds, may differ otherwise.
 */
export type PairedTest =
  | {
      readonly paired: true;
      /** Accuracy of this run minus that of the first. */
      readonly difference: number;
      /** Over queries or pairs, taken as independent; right is right without a tie. `onlyFirst` counts for the first run. */
      readonly mcnemar: McNemarResult;
      /** Over episodes, or alphabets of pairs: the one to trust, since queries of one episode share a support set. */
      readonly permutation: PermutationTestResult;
    }
  | { readonly paired: false; readonly reason: string };

type AnyResult = EvaluationResult | VerificationResult;

/** The comparison of two or more runs, in their order. */
export function compareRuns(runs: readonly ReportRun[]): Comparison {
  const groups = groupRuns(runs);
  const keys = new Map(listResults(runs).map(({ task, scorer }) => [`${task} ${scorer}`, { task, scorer }]));
  const rows = [...keys.values()].map((key) => compareOn(key, runs));
  const several = groups.filter((group) => group.runs.length > 1);
  const [base, ...others] = several;
  const choice = groups.length > 1 ? chooseConfiguration(groups) : undefined;
  return {
    runs: runs.map((run) => ({
      name: run.trial.name,
      experiment: run.trial.experimentName,
      system: groups.find((group) => group.runs.includes(run))!.label,
      folder: run.folder,
      seed: run.trial.seed,
      state: run.state,
    })),
    differences: findDifferences(runs),
    // Networks are what is compared; baselines stand below.
    rows: rows.sort((a, b) => Number(b.scorer === 'network') - Number(a.scorer === 'network')),
    configurations: base === undefined ? [] : others.flatMap((other) => compareConfigurations(base, other)),
    choice: choice && nameChoice(choice),
  };
}

const listResults = (runs: readonly ReportRun[]): AnyResult[] =>
  runs.flatMap(({ results, verifications }): AnyResult[] => [...results, ...verifications]);

function compareOn({ task, scorer }: Pick<AnyResult, 'task' | 'scorer'>, runs: readonly ReportRun[]): ComparisonRow {
  const found = runs.map((run) => ({
    run,
    result: listResults([run]).find((result) => result.task === task && result.scorer === scorer),
  }));
  const [first, ...others] = found as [(typeof found)[number], ...typeof found];
  return {
    task,
    scorer,
    results: found.map(({ result }) => result && pickFigures(result)),
    tests: scorer === 'network' ? others.map((other) => testPair(first, other)) : [],
  };
}

function pickFigures({ n, correct, accuracy, wilson, clustered, alarm }: AnyResult): ComparedResult {
  return { n, correct, accuracy, wilson, clustered, alarm };
}

interface FoundResult {
  readonly run: ReportRun;
  readonly result: AnyResult | undefined;
}

function testPair(first: FoundResult, second: FoundResult): PairedTest {
  if (!first.result || !second.result) return { paired: false, reason: 'not measured in both' };
  if (identifyQueries(first.result) !== identifyQueries(second.result))
    return { paired: false, reason: 'episodesHash' in first.result ? 'other episodes' : 'other pairs' };
  try {
    const permutation = testPermutation(listEpisodes(second.result), listEpisodes(first.result));
    const mcnemar = testMcNemar(listRight(first.run, first.result), listRight(second.run, second.result));
    return { paired: true, difference: permutation.difference, mcnemar, permutation };
  } catch (error) {
    return { paired: false, reason: (error as Error).message };
  }
}

function listRight(run: ReportRun, result: AnyResult): boolean[] {
  if (!('episodesHash' in result)) return readPairCredits(runFiles(run.folder).predictions, result);
  return readRunPredictions(run, result).answers.flatMap(({ queries }) => queries.map(({ credit }) => credit === 1));
}
