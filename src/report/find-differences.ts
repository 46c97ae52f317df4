// Which settings runs differ in.
import type { ReportRun } from './load-runs.js';

/** A setting with its value in each run; undefined where a run has no such setting. */
export interface SettingDifference {
  readonly path: string;
  readonly values: readonly (string | undefined)[];
}

/** The settings that are not the same in all runs, by key path. */
export function findDifferences(runs: readonly Pick<ReportRun, 'settings'>[]): SettingDifference[] {
  const paths = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  return paths
    .map((path) => ({ path, values: runs.map(({ settings }) => settings[path]) }))
    .filter(({ values }) => new Set(values).size > 1)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
