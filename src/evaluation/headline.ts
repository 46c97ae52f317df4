// Which figure speaks for runs, and which of several configurations speaks: the one definition that the report, `status`,
// `compare`, the end of `run` and MLflow's notes follow. docs/read-the-numbers.md says it in words. Pure.
//
// 1. Only the test selection speaks: what was measured on characters of training or validation is a table's row, never a
//    headline.
// 2. Validation chooses: of several configurations the one with the best mean of the objective over its seeds, whatever the
//    test says of it. The objective is read at the epoch whose weights are kept.
import { EPISODE_PROTOCOLS } from './protocols/registry.js';
import type { EvaluationResult } from './records/evaluation-result.js';
import type { VerificationResult } from './records/verification-result.js';

/** What configurations are compared by, and which direction of it is better. Never a figure of the test. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
}

/** The objective of experiments that name none. */
export const VALIDATION_OBJECTIVE: Objective = { metric: 'validation/one-shot-accuracy', goal: 'maximize' };

/** Where nothing is validated, the loss is all that training tells. */
export const LOSS_OBJECTIVE: Objective = { metric: 'train/loss', goal: 'minimize' };

/** The key of a metric's value at the epoch whose weights are kept: `best/validation-one-shot-accuracy`. */
export function nameBest(metric: string): string {
  return `best/${metric.replace('/', '-')}`;
}

/**
 * A run's value of the objective: at the epoch whose weights are kept, else (before training is over) the latest one.
 * `metrics` are the latest values by key.
 */
export function readObjective(
  metrics: Readonly<Record<string, number>> | undefined,
  { metric }: Pick<Objective, 'metric'>,
): number | undefined {
  return metrics?.[nameBest(metric)] ?? metrics?.[metric];
}

/** A configuration with the objective of each of its finished runs. */
export interface Candidate {
  readonly values: readonly number[];
}

/**
 * The candidates that may be chosen, the best mean first, equal ones in the given order: those whose values are finite
 * and as many as any other has. A mean over fewer seeds is luckier.
 */
export function rankCandidates<T extends Candidate>(candidates: readonly T[], { goal }: Pick<Objective, 'goal'>): T[] {
  const sound = candidates.filter(({ values }) => values.length > 0 && values.every(Number.isFinite));
  const seeds = Math.max(0, ...sound.map(({ values }) => values.length));
  const sign = goal === 'maximize' ? -1 : 1;
  return sound
    .filter(({ values }) => values.length === seeds)
    .sort((a, b) => sign * (averageOf(a.values) - averageOf(b.values)));
}

/** The mean of a candidate's values. */
export function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What one system reached on one task: an `EvaluationResult`, a `VerificationResult`, or a mean of such over runs. */
export type TaskResult =
  | Pick<EvaluationResult, 'task' | 'scorer' | 'selection' | 'protocol' | 'nWay' | 'kShot' | 'assignment' | 'mistake'>
  | Pick<VerificationResult, 'task' | 'scorer' | 'selection'>;

/**
 * The result of the task that speaks: of the test selection; of a network before those of baselines alone; Lake's runs, then
 * episodes within an alphabet, across alphabets, of MNIST's digits, then a verification; one shot before several; most ways;
 * then the first in the order of the file, so that of several seeds of one task the first speaks and not the luckiest.
 * What saw all queries of an episode at once (transductive) or was measured with a mistake does not speak. Undefined where nothing was measured on the
 * test selection.
 */
export function chooseHeadline<T extends TaskResult>(results: readonly T[]): T | undefined {
  const test = results.filter((result) => result.selection === 'test' && isPlain(result));
  const [first, ...others] = test;
  if (first === undefined) return undefined;
  return others.reduce((best, result) => (speaksBefore(result, best) ? result : best), first);
}

/**
 * Whether each query was answered by itself and counted as it should be: what papers and headlines speak of. Answers to all
 * queries of an episode together (transductive) are another question, and mistakes are made to show what they are worth.
 */
export function isPlain(result: TaskResult | Pick<EvaluationResult, 'assignment' | 'mistake'>): boolean {
  return !('assignment' in result) || (result.assignment === null && result.mistake === undefined);
}

function speaksBefore(result: TaskResult, other: TaskResult): boolean {
  const [ranks, others] = [rankTask(result), rankTask(other)];
  const place = ranks.findIndex((rank, index) => rank !== others[index]);
  return place >= 0 && ranks[place]! > others[place]!;
}

function rankTask(result: TaskResult): readonly number[] {
  const isNetwork = Number(result.scorer === 'network');
  if (!('protocol' in result)) return [isNetwork, -EPISODE_PROTOCOLS.length, 0, 0];
  return [isNetwork, -EPISODE_PROTOCOLS.indexOf(result.protocol), Number(result.kShot === 1), result.nWay];
}

/** The figure that speaks for one run. */
export interface RunHeadline {
  readonly task: string;
  readonly accuracy: number;
  /** Queries, or pairs of a verification. */
  readonly n: number;
}

/** The network's figure that speaks for a run; undefined where no network was measured on the test selection. */
export function headlineOfRun(
  results: readonly EvaluationResult[],
  verifications: readonly VerificationResult[],
): RunHeadline | undefined {
  const best = chooseHeadline([...results, ...verifications].filter(({ scorer }) => scorer === 'network'));
  return best && { task: best.task, accuracy: best.accuracy, n: best.n };
}
