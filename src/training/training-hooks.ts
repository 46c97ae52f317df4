// What training asks of its surroundings: files, clock and signals are theirs.
import type { NetworkFunctions } from '../model/network-functions.js';
import type { TrainingCheckpoint, WeightsCheckpoint } from './checkpoint.js';

export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly maxEpochs: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean loss of the epoch's steps that were read back so far. */
  readonly loss: number | undefined;
}

/** What the loop does not do itself. A hook that throws or rejects ends the training with that error. */
export interface TrainingHooks {
  /**
   * Takes a metric: `train/loss` (mean over the epoch's steps), `train/learning-rate` (the optimizer's, at the epoch's
   * last step), `validation/one-shot-accuracy`; `step` is the epoch, from 1. `time/epoch-seconds` is the only one that
   * differs from run to run.
   */
  log(key: string, step: number, value: number): void;
  /**
   * The one-shot accuracy of the network that would be evaluated (averaged weights where there is averaging); undefined
   * when there is no validation. Called every `validation.everyEpochs` epochs and after the last one.
   */
  validate(epoch: number, network: NetworkFunctions): Promise<number> | undefined;
  /** Stores what a resume needs; called at the end of each epoch, every `checkpointEveryMinutes` and on a stop. */
  saveLast(checkpoint: TrainingCheckpoint): void | Promise<void>;
  /** Stores the weights of the best epoch so far. */
  saveBest(checkpoint: WeightsCheckpoint): void | Promise<void>;
  /** Whether training is to stop with a checkpoint; asked between micro-batches. */
  stopRequested(): boolean;
  /** Told after each step. */
  progress(progress: TrainingProgress): void;
  /** Milliseconds of a clock that never runs backwards. */
  now(): number;
}
