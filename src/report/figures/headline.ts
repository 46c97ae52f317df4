// What the first screen answers: the task that speaks, and who reached what on it. The rules are src/evaluation/headline.ts.
import { chooseHeadline as chooseTask, isPlain } from '../../evaluation/headline.js';
import type { EvaluationResult } from '../../evaluation/records/evaluation-result.js';
import type { Measurement, RunGroup } from '../group-runs.js';
import type { ReportRun } from '../load-runs.js';
import type { Choice } from './choose-configuration.js';
import type { VerificationMeasurement } from './verifications.js';

/** What a system reached on the headline's task. */
export type HeadlineMeasurement = Measurement | VerificationMeasurement;

/** Whether it is what several networks reached together, as the experiment's file declares. */
export function isEnsemble(measurement: HeadlineMeasurement): boolean {
  return 'isEnsemble' in measurement && measurement.isEnsemble === true;
}

export interface Headline {
  readonly task: string;
  /**
   * The one ensemble that the file declares, else the network of the chosen configuration, where it was measured on the
   * task; else the first network, or baseline.
   */
  readonly first: HeadlineMeasurement;
  /** Networks and baselines on this very task: `first`, then networks in the order of the configurations, then baselines. */
  readonly measurements: readonly HeadlineMeasurement[];
}

/**
 * The task that speaks for the measurements, with every system that answered the same episodes. Undefined where nothing
 * was measured on the test selection.
 */
export function makeHeadline(
  measurements: readonly Measurement[],
  verifications: readonly VerificationMeasurement[],
  choice: Choice | undefined,
): Headline | undefined {
  const all: readonly HeadlineMeasurement[] = [...measurements, ...verifications];
  const declared = measurements.filter(({ isEnsemble }) => isEnsemble);
  const speaker =
    declared.length > 0 && declared.every(({ system }) => system === declared[0]!.system) ? declared[0] : undefined;
  const speaking = speaker?.system ?? choice?.group.label;
  const isChosen = ({ system, scorer }: HeadlineMeasurement) => scorer === 'network' && system === speaking;
  const task = chooseTask(all.filter(isChosen)) ?? chooseTask(all);
  if (task === undefined) return undefined;
  const same = all.filter((other) => other.task === task.task && other.asked === task.asked);
  const first = same.find(isChosen) ?? same[0]!;
  return { task: task.task, first, measurements: [first, ...same.filter((other) => other !== first)] };
}

/** The configuration that details are shown of. */
export interface ShownGroup {
  readonly group: RunGroup;
  /** Its runs with results of a network; one at least. */
  readonly runs: readonly ReportRun[];
}

/** The chosen configuration where its network was measured, else undefined. */
export function findShownGroup(choice: Choice | undefined): ShownGroup | undefined {
  const isMeasured = ({ results, verifications }: ReportRun) =>
    [...results, ...verifications].some(({ scorer }) => scorer === 'network');
  const runs = choice?.group.runs.filter(isMeasured) ?? [];
  return choice && runs.length > 0 ? { group: choice.group, runs } : undefined;
}

/**
 * The network's task of the test selection with the most queries of 20 ways, one shot and one alphabet, or what comes
 * nearest to that.
 */
export function chooseDetailTask(results: readonly EvaluationResult[]): string | undefined {
  const rank = ({ protocol, nWay, kShot, n }: EvaluationResult) =>
    (protocol === 'within-alphabet' ? 1e9 : 0) + (nWay === 20 ? 1e8 : 0) + (kShot === 1 ? 1e7 : 0) + Math.min(n, 9e6);
  const ofNetwork = results.filter(
    (result) => result.scorer === 'network' && result.selection === 'test' && isPlain(result),
  );
  return ofNetwork.sort((a, b) => rank(b) - rank(a))[0]?.task;
}

/** The network's result of a run on a task. */
export function findNetworkResult(run: ReportRun, task: string | undefined): EvaluationResult | undefined {
  return run.results.find((result) => result.task === task && result.scorer === 'network');
}
