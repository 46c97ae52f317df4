// The interface between a sweep and what runs its trials: one function that starts a trial in its run folder and says
// how it ended. The local launcher is one file beside this one, that of a Slurm cluster is slurm/slurm-launcher.ts.
import type { FailureCode } from '../base/problem.js';
import type { TrialArguments, TrialProgress } from '../run/trial-messages.js';

export interface TrialFailure {
  readonly state: 'failed';
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string;
}

/** How a trial ended. One that was stopped, or halted after `haltAfterEpoch`, can be resumed. */
export type TrialOutcome =
  | { readonly state: 'finished' }
  | { readonly state: 'stopped' }
  | { readonly state: 'halted' }
  | TrialFailure;

/** `folder` is a run folder with its trial.json and experiment.yaml in place. */
export interface LaunchOptions extends TrialArguments {
  /** What its environment has besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  onProgress(progress: TrialProgress): void;
}

export interface LaunchedTrial {
  /** The process that runs it, where that is on this machine. */
  readonly pid: number | undefined;
  readonly outcome: Promise<TrialOutcome>;
  /** Asks the trial to write a checkpoint and end. */
  stop(): void;
  /** Ends the trial at once; it resumes from its last checkpoint. */
  kill(): void;
}

export type Launcher = (options: LaunchOptions) => LaunchedTrial;
