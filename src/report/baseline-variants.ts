// Baselines of one name that different experiments have given different settings: they answer differently.
import { canonicalJson } from '../base/stable-hash.js';
import { groupBy } from '../evaluation/group-by.js';
import type { ScorerName } from '../evaluation/scorers/scorer.js';
import type { ReportRun } from './load-runs.js';

/** The entry of a run's experiment for the baseline of this name, without the name. */
function readSettings({ experiment }: ReportRun, scorer: ScorerName): Readonly<Record<string, unknown>> {
  const entries = (experiment?.baselines ?? []).map((baseline) => ({ name: baseline.type, ...baseline }));
  const { name, ...settings } = entries.find((entry) => entry.name === scorer) ?? { name: scorer };
  return settings;
}

/** A baseline as these runs measured it with the same settings. */
export interface MeasuredBaseline {
  readonly scorer: ScorerName;
  /** The settings that differ from those of others of its name, `tokenNoise=3`; empty where none do. */
  readonly variant: string;
  readonly runs: readonly ReportRun[];
}

/** The baselines that have results in these runs, each once for all runs that give it the same settings. */
export function listBaselines(
  runs: readonly ReportRun[],
  resultsOf: (run: ReportRun) => readonly { readonly scorer: ScorerName }[],
): MeasuredBaseline[] {
  const scorers = new Set(runs.flatMap((run) => resultsOf(run).map(({ scorer }) => scorer)));
  scorers.delete('network');
  return [...scorers].flatMap((scorer) => {
    const own = runs.filter((run) => resultsOf(run).some((result) => result.scorer === scorer));
    const settings = new Map(own.map((run) => [run, readSettings(run, scorer)]));
    const keys = [...new Set([...settings.values()].flatMap(Object.keys))];
    const isVaried = (key: string) =>
      new Set([...settings.values()].map((set) => canonicalJson(set[key] ?? null))).size > 1;
    const varied = keys.filter(isVaried);
    const tell = (run: ReportRun) =>
      varied.map((key) => `${key}=${canonicalJson(settings.get(run)![key] ?? null)}`).join(', ');
    return [...groupBy(own, tell)].map(([variant, alike]) => ({ scorer, variant, runs: alike }));
  });
}
