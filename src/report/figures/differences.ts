// Whether other configurations differ from the chosen one on the headline's task: over seeds where both have several,
// else between the two networks that there are.
import { testPermutation } from '../../evaluation/statistics/permutation-test.js';
import {
  type ConfigurationDifference,
  compareConfigurations,
  identifyQueries,
  listEpisodes,
} from '../compare-configurations.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface Differences {
  readonly task: string;
  /** What the others are compared with. */
  readonly base: string;
  /** Other configurations, the largest difference first. */
  readonly configurations: readonly ConfigurationDifference[];
  /** Where there is a single run of either. */
  readonly networks: readonly NetworkDifference[];
}

/** One network less another. */
export interface NetworkDifference {
  readonly system: string;
  readonly difference: number;
  /** Over episodes: it speaks of these two networks. */
  readonly pValue: number;
  /** Random sign patterns that it was counted on; undefined where all were. */
  readonly draws: number | undefined;
}

/** The differences of all groups less `base` on a task; undefined where nothing can be compared. */
export function findGroupDifferences(
  groups: readonly RunGroup[],
  base: RunGroup,
  task: string | undefined,
): Differences | undefined {
  const others = groups.filter((group) => group !== base);
  if (task === undefined || others.length === 0) return undefined;
  const compared = others.map((group) => ({
    group,
    found: compareConfigurations(base, group).find((difference) => difference.task === task),
  }));
  const configurations = compared.flatMap(({ found }) => found ?? []);
  const networks = compared.flatMap(({ group, found }) =>
    found === undefined ? (compareNetworks(base, group, task) ?? []) : [],
  );
  if (configurations.length + networks.length === 0) return undefined;
  const bySize = (a: { difference: number }, b: { difference: number }) => b.difference - a.difference;
  return { task, base: base.label, configurations: configurations.sort(bySize), networks: networks.sort(bySize) };
}

function compareNetworks(base: RunGroup, group: RunGroup, task: string): NetworkDifference | undefined {
  const [first, second] = [findResult(base.runs, task), findResult(group.runs, task)];
  if (!first || !second || identifyQueries(first) !== identifyQueries(second)) return undefined;
  const { difference, pValue, exact, patterns } = testPermutation(listEpisodes(second), listEpisodes(first));
  return { system: group.label, difference, pValue, draws: exact ? undefined : patterns };
}

function findResult(runs: readonly ReportRun[], task: string) {
  return runs
    .flatMap(({ results, verifications }) => [...results, ...verifications])
    .find((result) => result.task === task && result.scorer === 'network');
}
