// Which epoch is the best, and when to stop waiting for a better one (Koch et al. 2015, section 3.2: stop after 20 epochs
// without improvement of the one-shot validation error). A pure state machine; its state goes into checkpoints.
import type { Training } from '../config/experiment.js';

/** The metrics that can be watched and which way is better. */
const watchableMetrics = {
  'validation/one-shot-accuracy': 'higher',
  'train/loss': 'lower',
} as const;

export type WatchedMetric = keyof typeof watchableMetrics;

/** What is remembered from epoch to epoch. Plain data. */
export interface BestEpoch {
  /** Counted from 1; undefined before the metric was first seen. */
  readonly epoch?: number;
  readonly value?: number;
}

/**
 * The metric that decides which epoch is the best: the one that is watched, otherwise the accuracy where there is a
 * validation, otherwise none: the last epoch counts.
 */
export function watchedMetric({ earlyStopping, validation }: Training): WatchedMetric | undefined {
  if (earlyStopping !== undefined) return earlyStopping.metric as WatchedMetric;
  return validation === undefined ? undefined : 'validation/one-shot-accuracy';
}

/**
 * The best epoch after `value` was seen at `epoch` (from 1): the same object as before when it is no improvement. Equal
 * values are none, so that the first of them stays the best, and neither is NaN.
 */
export function observeEpoch(best: BestEpoch, metric: WatchedMetric, epoch: number, value: number): BestEpoch {
  if (Number.isNaN(value)) return best;
  const isBetter =
    best.value === undefined || (watchableMetrics[metric] === 'higher' ? value > best.value : value < best.value);
  return isBetter ? { epoch, value } : best;
}

/**
 * Whether `patienceEpochs` epochs have passed since the best one, which may be infinite; false before the metric was
 * first seen.
 */
export function hasRunOut(best: BestEpoch, patienceEpochs: number, epoch: number): boolean {
  return best.epoch !== undefined && epoch - best.epoch >= patienceEpochs;
}
