// What the first screen answers: the task that says most, and who reached what on it.
import type { EvaluationResult } from '../../evaluation/records/evaluation-result.js';
import type { Measurement, RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';

export interface Headline {
  readonly task: string;
  readonly protocol: EvaluationResult['protocol'];
  readonly nWay: number;
  readonly kShot: number;
  /** Best first; of each baseline the first. */
  readonly measurements: readonly Measurement[];
}

/** Lake's runs where they were measured, otherwise the one-shot task of most ways, within an alphabet before others. */
export function chooseHeadline(measurements: readonly Measurement[]): Headline | undefined {
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

/** The configuration that details are shown of: the best of the headline. */
export interface ShownGroup {
  readonly group: RunGroup;
  /** Its runs with results of a network; one at least. */
  readonly runs: readonly ReportRun[];
}

/** The best network of the headline; undefined where none was measured. */
export function chooseShownGroup(groups: readonly RunGroup[], headline: Headline | undefined): ShownGroup | undefined {
  const best = headline?.measurements.find(({ scorer }) => scorer === 'network');
  const group = groups.find(({ label }) => label === best?.system);
  const runs = group?.runs.filter(({ results }) => results.some(({ scorer }) => scorer === 'network')) ?? [];
  return group && runs.length > 0 ? { group, runs } : undefined;
}

/** The network's task with the most queries of 20 ways, one shot and one alphabet, or what comes nearest to that. */
export function chooseDetailTask(results: readonly EvaluationResult[]): string | undefined {
  const rank = ({ protocol, nWay, kShot, n }: EvaluationResult) =>
    (protocol === 'within-alphabet' ? 1e9 : 0) + (nWay === 20 ? 1e8 : 0) + (kShot === 1 ? 1e7 : 0) + Math.min(n, 9e6);
  const ofNetwork = results.filter(({ scorer }) => scorer === 'network');
  return ofNetwork.sort((a, b) => rank(b) - rank(a))[0]?.task;
}

/** The network's result of a run on a task. */
export function findNetworkResult(run: ReportRun, task: string | undefined): EvaluationResult | undefined {
  return run.results.find((result) => result.task === task && result.scorer === 'network');
}
