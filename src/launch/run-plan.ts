// Runs the trials of a plan: skips what is finished, resumes what was begun, some at the same time, and again after a
// failure. Knows no engine and no network; how a trial is started is the launcher's business.
import { join } from 'node:path';
import type { Plan, Trial } from '../plan/plan-trials.js';
import type { WantedEngine } from '../run/conditions.js';
import type { TrialProgress } from '../run/trial-messages.js';
import type { LaunchedTrial, Launcher, TrialOutcome } from './launcher.js';
import { prepareRun, type RunProgress } from './prepare-run.js';

export type PlanEvent =
  | { readonly type: 'skipped'; readonly trial: Trial; readonly folder: string }
  | {
      readonly type: 'started';
      readonly trial: Trial;
      readonly folder: string;
      readonly progress: RunProgress;
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
    };

export interface RunPlanOptions {
  readonly runsFolder: string;
  readonly baseFolder: string;
  readonly launcher: Launcher;
  readonly engine: WantedEngine;
  readonly parallel: number;
  readonly retries: number;
  readonly failFast: boolean;
  readonly allowDrift: boolean;
  readonly timeoutMinutes?: number;
  /** Aborted once: running trials write a checkpoint and end, none is started any more. */
  readonly stop: AbortSignal;
  /** Aborted: running trials are killed. */
  readonly kill: AbortSignal;
  onEvent(event: PlanEvent): void;
}

export interface PlanResult {
  /** The folder of every trial that was run or skipped. */
  readonly folders: ReadonlyMap<Trial, string>;
  readonly skipped: number;
  readonly outcomes: ReadonlyMap<Trial, TrialOutcome>;
  readonly interrupted: boolean;
}

/** Runs the plan to its end, or until it is stopped. Failed trials do not reject: they are in `outcomes`. */
export async function runPlan(plan: Plan, options: RunPlanOptions): Promise<PlanResult> {
  const experimentFolder = join(options.runsFolder, plan.experiment.name);
  const folders = new Map<Trial, string>();
  const outcomes = new Map<Trial, TrialOutcome>();
  const running = new Set<LaunchedTrial>();
  const waiting = [...plan.trials];
  let skipped = 0;
  let failed = false;

  const stopAll = () => {
    for (const trial of running) trial.stop();
  };
  const killAll = () => {
    for (const trial of running) trial.kill();
  };
  options.stop.addEventListener('abort', stopAll);
  options.kill.addEventListener('abort', killAll);

  async function runTrial(trial: Trial): Promise<void> {
    const { folder, progress } = prepareRun(experimentFolder, trial);
    folders.set(trial, folder);
    if (progress === 'finished') {
      skipped++;
      options.onEvent({ type: 'skipped', trial, folder });
      return;
    }
    for (let attempt = 1; ; attempt++) {
      options.onEvent({ type: 'started', trial, folder, progress, attempt });
      const startedAt = performance.now();
      const outcome = await launchOnce(trial, folder);
      const again =
        outcome.state === 'failed' && isWorthRetrying(outcome) && attempt <= options.retries && !options.stop.aborted;
      outcomes.set(trial, outcome);
      options.onEvent({
        type: 'ended',
        trial,
        folder,
        outcome,
        seconds: (performance.now() - startedAt) / 1000,
        retrying: again,
      });
      if (again) continue;
      if (outcome.state === 'failed') failed = true;
      if (failed && options.failFast) stopAll();
      return;
    }
  }

  async function launchOnce(trial: Trial, folder: string): Promise<TrialOutcome> {
    const launched = options.launcher({
      folder,
      ...options.engine,
      allowDrift: options.allowDrift,
      baseFolder: options.baseFolder,
      onProgress: (progress) => options.onEvent({ type: 'progress', trial, progress }),
    });
    running.add(launched);
    if (options.kill.aborted) launched.kill();
    else if (options.stop.aborted) launched.stop();
    let timedOut = false;
    const timer =
      options.timeoutMinutes === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            launched.stop();
          }, options.timeoutMinutes * 60_000);
    const outcome = await launched.outcome;
    clearTimeout(timer);
    running.delete(launched);
    if (timedOut && outcome.state === 'stopped') {
      return {
        state: 'failed',
        code: 'interrupted',
        message: `stopped after ${options.timeoutMinutes} minutes (resources.timeoutMinutes)`,
        hint: 'run again to resume from its checkpoint',
      };
    }
    return outcome;
  }

  async function work(): Promise<void> {
    for (;;) {
      if (options.stop.aborted || (failed && options.failFast)) return;
      const trial = waiting.shift();
      if (trial === undefined) return;
      await runTrial(trial);
    }
  }

  try {
    await Promise.all(Array.from({ length: options.parallel }, work));
  } finally {
    options.stop.removeEventListener('abort', stopAll);
    options.kill.removeEventListener('abort', killAll);
  }
  return { folders, skipped, outcomes, interrupted: options.stop.aborted };
}

// What lies in the input or in the trial itself fails again in the same way.
function isWorthRetrying(outcome: Extract<TrialOutcome, { state: 'failed' }>): boolean {
  return (
    outcome.code === 'internal' ||
    outcome.code === 'engine' ||
    outcome.code === 'out-of-memory' ||
    outcome.code === 'disk'
  );
}
