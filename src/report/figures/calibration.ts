// Whether the network's probability that two pictures show the same character is one: of the pairs that it gives 0.8,
// four in five should. Pairs are each query with each of its ways; both kinds of pairs count alike, as they were trained.

import type { Training } from '../../config/experiment.js';
import type { PredictionRecord } from '../../evaluation/records/predictions.js';
import { lossTypeOf } from '../../model/losses/registry.js';
import { taskTypeOf } from '../../tasks/registry.js';
import { tryReadPredictions } from '../load-runs.js';
import { chooseDetailTask, findNetworkResult, type ShownGroup } from './headline.js';

export interface Calibration {
  readonly task: string;
  /** Pairs of the same character and of different ones, over all runs. */
  readonly same: number;
  readonly different: number;
  /** Bins that hold pairs, ascending. */
  readonly bins: readonly CalibrationBin[];
  /**
   * Expected calibration error: the mean distance of probability and frequency, weighted by pairs (Guo et al. 2017,
   * section 2).
   */
  readonly error: number;
  /** Accuracy of the answer `same` from 0.5 on, both kinds of pairs counted alike. */
  readonly accuracy: number;
}

export interface CalibrationBin {
  /** Mean probability that the network gave, weighted like `frequency`. */
  readonly probability: number;
  /** Part of the pairs that show the same character, if both kinds were equally frequent. */
  readonly frequency: number;
  readonly pairs: number;
}

const BINS = 10;

/**
 * The calibration on the detail task of all runs together; undefined where its scores are no single logits (several
 * shots) or were not trained as probabilities.
 */
export function calibrate({ runs }: ShownGroup): Calibration | undefined {
  const [{ results, experiment }] = runs as [(typeof runs)[number]];
  const task = chooseDetailTask(results.filter(({ kShot }) => kShot === 1));
  if (task === undefined || !trainsProbabilities(experiment?.training)) return undefined;
  const records = runs.flatMap((run) => {
    const result = findNetworkResult(run, task);
    return (result && tryReadPredictions(run, result)) ?? [];
  });
  return binPairs(task, records);
}

/**
 * Whether the logistic function makes probabilities of what was trained: by a loss of such, in a task that has no loss of
 * its own, for one epoch at least.
 */
export function trainsProbabilities(training: Pick<Training, 'task' | 'loss' | 'maxEpochs'> | undefined): boolean {
  if (training === undefined || training.maxEpochs === 0) return false;
  const { of, makesProbabilities } = lossTypeOf(training.loss);
  return makesProbabilities && taskTypeOf(training.task).losses.includes(of);
}

/** The bins of all pairs in the records, by probability in tenths. */
export function binPairs(task: string, records: readonly PredictionRecord[]): Calibration | undefined {
  const counts = { same: new Float64Array(BINS), different: new Float64Array(BINS) };
  const sums = { same: new Float64Array(BINS), different: new Float64Array(BINS) };
  let rightSame = 0;
  let rightDifferent = 0;
  for (const { scores, truth } of records.flatMap(({ answers }) => answers.flatMap(({ queries }) => queries))) {
    for (const [way, logit] of scores.entries()) {
      if (logit === null) continue;
      const kind = way === truth ? 'same' : 'different';
      const probability = 1 / (1 + Math.exp(-logit));
      const bin = Math.min(BINS - 1, Math.floor(BINS * probability));
      counts[kind][bin]!++;
      sums[kind][bin]! += probability;
      if (kind === 'same' && logit >= 0) rightSame++;
      if (kind === 'different' && logit < 0) rightDifferent++;
    }
  }
  const same = counts.same.reduce((sum, count) => sum + count, 0);
  const different = counts.different.reduce((sum, count) => sum + count, 0);
  if (same === 0 || different === 0) return undefined;
  let error = 0;
  const bins = Array.from({ length: BINS }, (_, bin): CalibrationBin | undefined => {
    const weightSame = counts.same[bin]! / same;
    const weight = weightSame + counts.different[bin]! / different;
    if (weight === 0) return undefined;
    const frequency = weightSame / weight;
    const probability = (sums.same[bin]! / same + sums.different[bin]! / different) / weight;
    error += (weight / 2) * Math.abs(frequency - probability);
    return { probability, frequency, pairs: counts.same[bin]! + counts.different[bin]! };
  });
  return {
    task,
    same,
    different,
    bins: bins.filter((bin) => bin !== undefined),
    error,
    accuracy: (rightSame / same + rightDifferent / different) / 2,
  };
}
