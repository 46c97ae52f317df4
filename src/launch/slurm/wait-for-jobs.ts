// Follows the trials of a submission from here, as a local run is followed. Whoever follows may leave at any time: jobs go on.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trial } from '../../plan/trial.js';
import { type RunStatus, readRunStatus } from '../../run-folder/run-folder.js';
import type { TrialOutcome } from '../launcher.js';
import type { PlanEvent } from '../plan-event.js';
import type { PlanResult } from '../run-plan.js';
import { findOpenTasks, nameOfRun, type OpenTask } from './find-tasks.js';
import type { QueueWatch } from './queue-watch.js';

export interface WaitForJobsOptions {
  readonly experimentFolder: string;
  /** The trials that are known by now, by their run folder. */
  readonly trials: () => ReadonlyMap<string, Trial>;
  /** The job of the controller of a search. */
  readonly controller?: string;
  readonly queue: QueueWatch;
  readonly stop: AbortSignal;
  onEvent(event: PlanEvent): void;
}

interface Followed {
  readonly trial: Trial;
  startedAt?: number;
  /** Answers of squeue in which its task was missing. */
  missing: number;
  outcome?: TrialOutcome;
}

/** Answers of squeue without a task after which it is gone. */
const ANSWERS_WITHOUT = 2;
const LOOK_MS = 500;

/** Resolves when Slurm has none of the trials in hand any more, or when it is to stop. */
export async function waitForJobs(options: WaitForJobsOptions): Promise<PlanResult> {
  const { experimentFolder, controller, queue, stop } = options;
  const followed = new Map<string, Followed>();
  let version = 0;
  let missing = 0;
  let skipped = 0;
  while (!stop.aborted) {
    const answer = await queue.look();
    if (answer !== undefined && answer.version > version) {
      version = answer.version;
      const open = findOpenTasks(experimentFolder, answer.tasks);
      missing = open.controllers.some(({ task }) => task.id === controller) ? 0 : missing + 1;
      const isSearching = controller !== undefined && missing < ANSWERS_WITHOUT;
      for (const [folder, trial] of options.trials()) {
        let one = followed.get(folder);
        if (one === undefined) {
          one = { trial, missing: 0 };
          followed.set(folder, one);
          if (version === 1 && readRunStatus(folder)?.state === 'finished') {
            skipped++;
            one.outcome = { state: 'finished' };
            options.onEvent({ type: 'skipped', trial, folder });
          }
        }
        if (one.outcome !== undefined) continue;
        look(one, folder, open.trials.get(nameOfRun(folder)), options);
        // A controller may have others to start first, and starts failed and halted ones again.
        if (isSearching) one.missing = 0;
        if (readRunStatus(folder)?.state === 'finished' || one.missing >= ANSWERS_WITHOUT) end(one, folder, options);
      }
      if (!isSearching && [...followed.values()].every(({ outcome }) => outcome !== undefined)) break;
    }
    await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  const all = [...followed];
  return {
    folders: new Map(all.map(([folder, { trial }]) => [trial, folder])),
    skipped,
    outcomes: new Map(all.flatMap(([, { trial, outcome }]) => (outcome === undefined ? [] : [[trial, outcome]]))),
    interrupted: stop.aborted,
  };
}

function look(one: Followed, folder: string, task: OpenTask | undefined, { onEvent }: WaitForJobsOptions): void {
  const { trial } = one;
  const status = readRunStatus(folder);
  if (task?.state === 'running' && one.startedAt === undefined) {
    one.startedAt = performance.now();
    const attempt = status?.attempt ?? 1;
    onEvent({ type: 'started', trial, folder, progress: attempt > 1 ? 'begun' : 'new', attempt: 1 });
  }
  if (task !== undefined && status?.state === 'running') {
    const { epoch, maxEpochs } = status;
    onEvent({ type: 'progress', trial, progress: { phase: 'training', epoch, maxEpochs, step: 0, stepsPerEpoch: 1 } });
  }
  one.missing = task === undefined ? one.missing + 1 : 0;
}

function end(one: Followed, folder: string, { onEvent }: WaitForJobsOptions): void {
  const { trial } = one;
  one.outcome = outcomeOf(readRunStatus(folder));
  const seconds = one.startedAt === undefined ? 0 : (performance.now() - one.startedAt) / 1000;
  onEvent({ type: 'ended', trial, folder, outcome: one.outcome, seconds, retrying: false });
}

/** What the folder says of a trial that nobody runs any more. */
function outcomeOf(status: RunStatus | undefined): TrialOutcome {
  if (status?.state === 'failed' && status.failure !== undefined) return { state: 'failed', ...status.failure };
  return status?.state === 'finished' || status?.state === 'halted' ? { state: status.state } : { state: 'stopped' };
}
