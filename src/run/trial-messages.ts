// What a trial's process and its supervisor say to each other over the channel between them.
import type { FailureCode } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import type { WantedEngine } from '../run-folder/conditions.js';

/** How far a trial has come. */
export interface TrialProgress {
  readonly phase: 'data' | 'training' | 'evaluation';
  /** What happens now, in words, for phases without steps: `reading omniglot`. */
  readonly activity?: string;
  /** Epochs done, and at most. */
  readonly epoch?: number;
  readonly maxEpochs?: number;
  /** Steps done of this epoch. */
  readonly step?: number;
  readonly stepsPerEpoch?: number;
  /** Mean loss of the epoch so far or of the last one. */
  readonly loss?: number;
  /** Latest validation accuracy, 0 … 1, and the best so far. */
  readonly accuracy?: number;
  readonly bestAccuracy?: number;
  readonly memoryBytes?: number;
}

export type MessageFromTrial =
  | { readonly type: 'progress'; readonly progress: TrialProgress }
  | { readonly type: 'finished' }
  | { readonly type: 'stopped' }
  | { readonly type: 'halted' }
  | { readonly type: 'failed'; readonly code: FailureCode; readonly message: string; readonly hint?: string };

export type MessageToTrial = { readonly type: 'stop' };

/** What a trial's process is given, as JSON on its standard input. */
export interface TrialArguments extends WantedEngine {
  readonly folder: string;
  /** What the folder's experiment.yaml says, resolved. Reading it from there would cost each process a tenth of a second. */
  readonly experiment: Experiment;
  /** Resume although engine, threads or versions differ from those the trial was begun with. */
  readonly allowDrift: boolean;
  /**
   * Halts with a checkpoint after this epoch, where the training does not end before. Without it the trial runs to its
   * end. Results do not depend on it: it is no part of the experiment.
   */
  readonly haltAfterEpoch?: number;
  /** The folder of the experiment file: relative data paths start there, and its git commit is recorded. */
  readonly baseFolder: string;
}
