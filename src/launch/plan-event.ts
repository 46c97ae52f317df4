// What happens while a plan runs, for whoever shows it.
import type { LockHolder } from '../base/process-lock.js';
import type { Trial } from '../plan/trial.js';
import type { TrialProgress } from '../run/trial-messages.js';
import type { RunDamage } from '../run-folder/digests.js';
import type { TrialOutcome } from './launcher.js';
import type { RunProgress } from './prepare-run.js';

/** Why a trial does not start yet. */
export type WaitReason =
  | { readonly type: 'memory'; readonly neededBytes: number; readonly freeBytes: number }
  | { readonly type: 'device'; readonly kind: 'gpu' | 'slot'; readonly holder: LockHolder | undefined }
  /** Another process runs this trial. */
  | { readonly type: 'elsewhere'; readonly holder: LockHolder };

export type PlanEvent =
  /**
   * A sweep begins or goes on: how many of its trials had finished before, and by how many trials of earlier sweeps a new
   * one profits.
   */
  | {
      readonly type: 'sweep';
      readonly id: string;
      readonly isNew: boolean;
      readonly finished: number;
      readonly total: number;
    }
  | { readonly type: 'skipped'; readonly trial: Trial; readonly folder: string }
  | { readonly type: 'waiting'; readonly trial: Trial; readonly reason: WaitReason }
  | {
      readonly type: 'started';
      readonly trial: Trial;
      readonly folder: string;
      readonly progress: RunProgress;
      /** Why a run that had finished is run again. */
      readonly damage?: RunDamage;
      readonly attempt: number;
    }
  | { readonly type: 'progress'; readonly trial: Trial; readonly progress: TrialProgress }
  | {
      readonly type: 'ended';
      readonly trial: Trial;
      readonly folder: string;
      readonly outcome: TrialOutcome;
      readonly seconds: number;
      readonly retrying: boolean;
      /** Wait before the next attempt. */
      readonly retryInSeconds?: number;
    };
