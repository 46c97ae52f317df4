// What each training seed reached on the headline's task.
import { averageOf } from '../../evaluation/headline.js';
import type { RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import type { Headline } from './headline.js';

export interface SeedTable {
  /** Ascending. */
  readonly seeds: readonly number[];
  readonly rows: readonly {
    readonly system: string;
    /** By seed; null where it was not measured. */
    readonly accuracies: readonly (number | null)[];
    readonly mean: number;
    /** Of the seeds, n - 1; null for a single one. */
    readonly deviation: number | null;
  }[];
}

/** More seeds than this are no columns of a table. */
const MOST_SEEDS = 12;

/** The accuracies by seed, in the order of the headline; undefined for a single seed, or very many. */
export function tabulateSeeds(groups: readonly RunGroup[], headline: Headline | undefined): SeedTable | undefined {
  if (headline === undefined) return undefined;
  const { task, measurements } = headline;
  const measured = measurements.filter(({ scorer }) => scorer === 'network');
  const found = measured.flatMap(({ system }) => groups.find(({ label }) => label === system) ?? []);
  const seeds = [...new Set(found.flatMap(({ runs }) => runs.map(({ trial }) => trial.seed)))].sort((a, b) => a - b);
  if (seeds.length < 2 || seeds.length > MOST_SEEDS) return undefined;
  const rows = found.map(({ label, runs }) => {
    const accuracies = seeds.map((seed) =>
      readAccuracy(
        runs.find(({ trial }) => trial.seed === seed),
        task,
      ),
    );
    const known = accuracies.filter((accuracy) => accuracy !== null);
    return { system: label, accuracies, mean: averageOf(known), deviation: deviationOf(known) };
  });
  return { seeds, rows: rows.filter(({ accuracies }) => accuracies.some((accuracy) => accuracy !== null)) };
}

function readAccuracy(run: ReportRun | undefined, task: string): number | null {
  const results = run === undefined ? [] : [...run.results, ...run.verifications];
  return results.find((result) => result.task === task && result.scorer === 'network')?.accuracy ?? null;
}

function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = averageOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
