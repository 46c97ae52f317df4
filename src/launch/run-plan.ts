// Runs the trials of a plan: skips what is finished, resumes what was begun, some at the same time, and again after a
// failure. Knows no engine and no network; how a trial is started is the launcher's business.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findLockHolder } from '../base/process-lock.js';
import type { Plan } from '../plan/plan-trials.js';
import type { Trial } from '../plan/trial.js';
import { describeFailure } from '../run/describe-failure.js';
import { estimateTrialCost } from '../run/trial-cost.js';
import type { WantedEngine } from '../run-folder/conditions.js';
import { readRunStatus, runFiles } from '../run-folder/run-folder.js';
import type { DeviceLease, DevicePool } from './device-pool.js';
import { chooseRetryWait } from './failure-policy.js';
import type { LaunchedTrial, Launcher, TrialFailure, TrialOutcome } from './launcher.js';
import { createMemoryBudget, type MemoryBudget, type RunningMemory } from './memory-budget.js';
import { listKnownTrialIds, openSweep } from './open-sweep.js';
import type { PlanEvent, WaitReason } from './plan-event.js';
import { indexRunFolders, prepareRun, type RunIndex } from './prepare-run.js';
import { recordFailure } from './record-failure.js';
import { listTrials, type TrialFeed, type TrialTask } from './trial-feed.js';

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
  /** The devices that trials lease; without it they run where they like. */
  readonly devices?: DevicePool;
  readonly memory?: MemoryBudget;
  /** Factor on the waits before a trial is started again. Default 1. */
  readonly retryWaitFactor?: number;
  /** Aborted once: running trials write a checkpoint and end, none is started any more. */
  readonly stop: AbortSignal;
  /** Aborted: running trials are killed. */
  readonly kill: AbortSignal;
  onEvent(event: PlanEvent): void;
}

export interface PlanResult {
  /** The folder of every trial that was run or skipped, in the order of the plan. */
  readonly folders: ReadonlyMap<Trial, string>;
  readonly skipped: number;
  readonly outcomes: ReadonlyMap<Trial, TrialOutcome>;
  readonly interrupted: boolean;
}

/** Time after which somebody else's trial, a device or memory is looked at again. */
const LOOK_AGAIN_MS = 500;
/** Time that a trial gets to write its checkpoint after its time is over. */
const TIMEOUT_GRACE_MS = 60_000;

/**
 * Runs the plan to its end, or until it is stopped. Failed trials do not reject: they are in `outcomes`. Throws
 * OneshotError('locked') when another process runs this very sweep.
 */
export async function runPlan(plan: Plan, options: RunPlanOptions): Promise<PlanResult> {
  const experimentFolder = join(options.runsFolder, plan.experiment.name);
  const isSweep = plan.search !== undefined || plan.trials.length > 1;
  if (!isSweep) return new PlanRun(experimentFolder, listTrials(plan.trials), options).run();

  const sweep = openSweep(plan, experimentFolder, { parallel: options.parallel, now: () => performance.now() });
  try {
    const run = new PlanRun(experimentFolder, sweep.feed, options);
    const finished = run.countFinished(listKnownTrialIds(plan, experimentFolder));
    options.onEvent({ type: 'sweep', id: sweep.id, isNew: sweep.isNew, finished, total: sweep.feed.total });
    return await run.run();
  } finally {
    sweep.close();
  }
}

/** One session of running the trials of a feed. */
class PlanRun {
  readonly #experimentFolder: string;
  readonly #feed: TrialFeed;
  readonly #options: RunPlanOptions;
  readonly #index: RunIndex;
  readonly #memory: MemoryBudget;
  readonly #folders = new Map<Trial, string>();
  readonly #outcomes = new Map<Trial, TrialOutcome>();
  readonly #running = new Set<LaunchedTrial>();
  /** Trials that another process was running when their turn came. */
  readonly #elsewhere: TrialTask[] = [];
  #busyWorkers = 0;
  /** Trials that have memory and a device, or do without one. */
  #roomsTaken = 0;
  #skipped = 0;
  #hasFailed = false;
  /** Wakes those who wait for a trial to end. */
  #wake = new AbortController();

  constructor(experimentFolder: string, feed: TrialFeed, options: RunPlanOptions) {
    this.#experimentFolder = experimentFolder;
    this.#feed = feed;
    this.#options = options;
    this.#index = indexRunFolders(experimentFolder);
    this.#memory = options.memory ?? createMemoryBudget();
  }

  /** How many of these trials have finished, as far as their folders tell. */
  countFinished(ids: readonly string[]): number {
    const folders = ids.flatMap((id) => this.#index.get(id) ?? []).map((name) => join(this.#experimentFolder, name));
    return folders.filter((folder) => readRunStatus(folder)?.state === 'finished').length;
  }

  async run(): Promise<PlanResult> {
    const { stop, kill } = this.#options;
    const stopAll = () => this.#stopAll();
    const killAll = () => {
      for (const trial of this.#running) trial.kill();
    };
    stop.addEventListener('abort', stopAll);
    kill.addEventListener('abort', killAll);
    try {
      await Promise.all(Array.from({ length: this.#options.parallel }, () => this.#work()));
    } finally {
      stop.removeEventListener('abort', stopAll);
      kill.removeEventListener('abort', killAll);
    }
    return {
      folders: this.#folders,
      skipped: this.#skipped,
      outcomes: this.#outcomes,
      interrupted: stop.aborted,
    };
  }

  #stopAll(): void {
    for (const trial of this.#running) trial.stop();
    this.#wakeAll();
  }

  #isEnding(): boolean {
    return this.#options.stop.aborted || (this.#hasFailed && this.#options.failFast);
  }

  #wakeAll(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** One of `parallel` workers: takes trials until there are none. */
  async #work(): Promise<void> {
    while (!this.#isEnding()) {
      const next = this.#feed.next();
      const task = next === 'wait' || next === undefined ? this.#elsewhere.shift() : next;
      if (task === undefined) {
        // What the search waits for may have failed for good: then nobody is busy, and the rest is left to the next session.
        if (next === undefined || this.#busyWorkers === 0) return;
        await wait(LOOK_AGAIN_MS, undefined, { signal: this.#wake.signal }).catch(() => undefined);
        continue;
      }
      this.#busyWorkers++;
      try {
        await this.#runTrial(task);
      } catch (error) {
        this.#failBeforeStart(task.trial, error);
      } finally {
        this.#busyWorkers--;
        this.#wakeAll();
      }
    }
  }

  async #runTrial(task: TrialTask): Promise<void> {
    const { trial, haltAfterEpoch } = task;
    const prepared = prepareRun(this.#experimentFolder, trial, this.#index);
    const { folder, progress, damage } = prepared;
    this.#folders.set(trial, folder);
    if (progress === 'finished') {
      this.#skipped++;
      this.#options.onEvent({ type: 'skipped', trial, folder });
      this.#feed.tell(trial, { state: 'finished' }, folder);
      return;
    }
    const holder = findLockHolder(runFiles(folder).lock);
    if (holder !== undefined) return this.#leaveToOther(task, { type: 'elsewhere', holder });
    if (haltAfterEpoch !== undefined && hasHaltedBehind(folder, haltAfterEpoch)) {
      this.#outcomes.set(trial, { state: 'halted' });
      this.#feed.tell(trial, { state: 'halted' }, folder);
      return;
    }

    for (let attempt = 1; ; attempt++) {
      const room = await this.#findRoom(trial);
      if (room === undefined) return;
      this.#options.onEvent({ type: 'started', trial, folder, progress, attempt, ...(damage && { damage }) });
      const startedAt = performance.now();
      const outcome = await this.#launch(task, folder, room);
      if (outcome.state === 'failed' && outcome.code === 'locked') {
        const other = findLockHolder(runFiles(folder).lock);
        if (other !== undefined) return this.#leaveToOther(task, { type: 'elsewhere', holder: other });
        continue;
      }
      const retryInSeconds = outcome.state === 'failed' ? this.#chooseRetryWait(outcome, attempt) : undefined;
      this.#outcomes.set(trial, outcome);
      this.#options.onEvent({
        type: 'ended',
        trial,
        folder,
        outcome,
        seconds: (performance.now() - startedAt) / 1000,
        retrying: retryInSeconds !== undefined,
        ...(retryInSeconds === undefined ? {} : { retryInSeconds }),
      });
      if (retryInSeconds !== undefined) {
        await wait(1000 * retryInSeconds, undefined, { signal: this.#options.stop }).catch(() => undefined);
        if (this.#isEnding()) return;
        continue;
      }
      this.#feed.tell(trial, outcome, folder);
      if (outcome.state === 'failed') this.#hasFailed = true;
      if (this.#hasFailed && this.#options.failFast) this.#stopAll();
      return;
    }
  }

  /** A run folder that cannot be read or written is a failure of its trial; the others go on. */
  #failBeforeStart(trial: Trial, error: unknown): void {
    const folder = this.#folders.get(trial) ?? join(this.#experimentFolder, trial.folder);
    const outcome: TrialOutcome = { state: 'failed', ...describeFailure(error) };
    this.#outcomes.set(trial, outcome);
    this.#options.onEvent({ type: 'ended', trial, folder, outcome, seconds: 0, retrying: false });
    this.#feed.tell(trial, outcome, folder);
    this.#hasFailed = true;
    if (this.#options.failFast) this.#stopAll();
  }

  #chooseRetryWait({ code }: TrialFailure, attempt: number): number | undefined {
    const { retries, retryWaitFactor = 1 } = this.#options;
    if (attempt > retries || this.#isEnding()) return undefined;
    const seconds = chooseRetryWait(code, attempt);
    return seconds === undefined ? undefined : retryWaitFactor * seconds;
  }

  /** The trial comes last again: by then the other process has finished it, or has left it to be resumed. */
  async #leaveToOther(task: TrialTask, reason: WaitReason): Promise<void> {
    this.#tellWaiting(task.trial, reason);
    await wait(LOOK_AGAIN_MS, undefined, { signal: this.#options.stop }).catch(() => undefined);
    this.#elsewhere.push(task);
  }

  readonly #toldWaits = new Set<string>();

  /** Says once for each trial and kind of reason why it waits. */
  #tellWaiting(trial: Trial, reason: WaitReason): void {
    const key = `${trial.id} ${reason.type}`;
    if (this.#toldWaits.has(key)) return;
    this.#toldWaits.add(key);
    this.#options.onEvent({ type: 'waiting', trial, reason });
  }

  /** Memory and a device for a trial, when there are; undefined when the session ends before. */
  async #findRoom(trial: Trial): Promise<Room | undefined> {
    const { devices } = this.#options;
    const neededBytes = estimateTrialCost(trial.experiment)?.memoryBytes ?? 0;
    while (!this.#isEnding()) {
      if (!this.#memory.fits(neededBytes)) {
        this.#tellWaiting(trial, { type: 'memory', neededBytes, freeBytes: this.#memory.free() });
      } else {
        const lease = devices?.lease();
        // Slots are shares, not things: a run that gets none would only stand still, so its first trial does without.
        const mayDoWithout = devices === undefined || (devices.devices.kind === 'slot' && this.#roomsTaken === 0);
        if (lease !== undefined || mayDoWithout) {
          // Taken before anybody else looks, not when the trial starts.
          this.#roomsTaken++;
          return { lease, memory: this.#memory.begin(neededBytes) };
        }
        const holder = devices.describeOthers()[0]?.holder;
        this.#tellWaiting(trial, { type: 'device', kind: devices.devices.kind, holder });
      }
      await wait(LOOK_AGAIN_MS, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
    return undefined;
  }

  async #launch({ trial, haltAfterEpoch }: TrialTask, folder: string, { lease, memory }: Room): Promise<TrialOutcome> {
    const { engine, allowDrift, baseFolder, timeoutMinutes, onEvent, kill } = this.#options;
    const startedAt = new Date();
    try {
      const launched = this.#options.launcher({
        folder,
        experiment: trial.experiment,
        ...engine,
        allowDrift,
        baseFolder,
        ...(haltAfterEpoch === undefined ? {} : { haltAfterEpoch }),
        ...(lease === undefined ? {} : { env: lease.device.env }),
        onProgress: (progress) => {
          if (progress.memoryBytes !== undefined) memory.update(progress.memoryBytes);
          onEvent({ type: 'progress', trial, progress });
        },
      });
      if (launched.pid !== undefined) lease?.hand(launched.pid, folder);
      this.#running.add(launched);
      if (kill.aborted) launched.kill();
      else if (this.#isEnding()) launched.stop();
      const outcome = await this.#followToEnd(launched, timeoutMinutes);
      if (outcome.state === 'failed' && (outcome.code === 'killed' || outcome.code === 'timeout'))
        recordFailure(folder, trial, outcome, startedAt);
      return outcome;
    } finally {
      memory.end();
      lease?.release();
      this.#roomsTaken--;
    }
  }

  async #followToEnd(launched: LaunchedTrial, timeoutMinutes: number | undefined): Promise<TrialOutcome> {
    const timeout = startTimeout(launched, timeoutMinutes);
    try {
      return timeout.judge(await launched.outcome);
    } finally {
      timeout.clear();
      this.#running.delete(launched);
    }
  }
}

/** Whether a trial has halted at this epoch or a later one, in whatever sweep. */
function hasHaltedBehind(folder: string, epoch: number): boolean {
  const status = readRunStatus(folder);
  return status?.state === 'halted' && status.epoch >= epoch;
}

/** What a trial was given to run in. */
interface Room {
  readonly lease: DeviceLease | undefined;
  readonly memory: RunningMemory;
}

/** Stops a trial after its time, and kills it when it does not heed that. */
function startTimeout(launched: LaunchedTrial, minutes: number | undefined) {
  let isOver = false;
  let grace: NodeJS.Timeout | undefined;
  const timer =
    minutes === undefined
      ? undefined
      : setTimeout(() => {
          isOver = true;
          launched.stop();
          grace = setTimeout(() => launched.kill(), TIMEOUT_GRACE_MS);
        }, minutes * 60_000);
  return {
    clear() {
      clearTimeout(timer);
      clearTimeout(grace);
    },
    judge(outcome: TrialOutcome): TrialOutcome {
      const isStopped = outcome.state === 'stopped' || (outcome.state === 'failed' && outcome.code === 'killed');
      if (!isOver || !isStopped) return outcome;
      return {
        state: 'failed',
        code: 'timeout',
        message: `stopped after ${minutes} minutes (resources.timeoutMinutes)`,
        hint: 'run again to resume from its checkpoint',
      };
    },
  };
}
