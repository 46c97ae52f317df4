// A plan on this machine from start to end, as `oneshot run` and other programs have it: what it needs is there, devices are
// shared out, trials run, MLflow follows. Prints nothing.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../base/environment.js';
import type { EngineName } from '../engine/engine.js';
import { mayUseGpu, requireEngine } from '../engine/start-engine.js';
import { type EvaluationResult, readResults } from '../evaluation/records/evaluation-result.js';
import type { Plan } from '../plan/plan-trials.js';
import { readRunStatus, readTrialRecord, runFiles } from '../run-folder/run-folder.js';
import { DevicePool, deviceFolder, listDevices } from './device-pool.js';
import { exportRunAsOnnx } from './export-run-as-onnx.js';
import { followWithMlflow } from './follow-with-mlflow.js';
import type { TrialOutcome } from './launcher.js';
import { launchLocally } from './local-launcher.js';
import { listKnownFolders } from './open-sweep.js';
import type { PlanEvent } from './plan-event.js';
import { requireData } from './require-data.js';
import { type PlanResult, runPlan } from './run-plan.js';

/** What somebody may ask for otherwise than the experiment does. */
export interface PlanWishes {
  readonly parallel?: number | undefined;
  readonly engine?: 'auto' | EngineName | undefined;
  readonly threads?: number | undefined;
  readonly retries?: number | undefined;
  readonly failFast?: boolean | undefined;
  readonly allowDrift?: boolean | undefined;
}

export interface PlanPlaces {
  readonly env: Environment;
  /** Absolute: the folder that runs are kept in. */
  readonly runsFolder: string;
  /** Absolute: the folder of the experiment file. */
  readonly baseFolder: string;
}

export interface PlanWatcher {
  /** Aborted once: running trials write a checkpoint and end, none is started any more. */
  readonly stop: AbortSignal;
  /** Aborted: running trials are killed. */
  readonly kill: AbortSignal;
  onEvent(event: PlanEvent): void;
  /** Told what is to be known besides: where MLflow shows a run, say. */
  note(line: string): void;
}

/** A plan that has been run. */
export interface RunPlan {
  readonly result: PlanResult;
  /** Ships the rest of the journals, once the report is written. Never rejects. */
  finish(): Promise<void>;
}

/** How many trials of a plan there are, of a search at most. */
export function countTrials({ search, trials, experiment }: Plan): number {
  return search === undefined ? trials.length : search.maxPoints * experiment.seeds.length;
}

/** Trials that run at the same time. */
export function chooseParallel(plan: Plan, { parallel }: PlanWishes): number {
  return Math.min(parallel ?? plan.experiment.resources.parallel, countTrials(plan));
}

/** Throws OneshotError where the plan cannot begin: `data` when files are missing, `usage` when its engine is not installed. */
export function requirePlan(plan: Plan, wishes: PlanWishes, places: PlanPlaces): void {
  requireData(plan, places.runsFolder, places);
  requireEngine(wishes.engine ?? plan.experiment.resources.engine, places.env);
}

/** Runs a plan that can begin. Failed trials do not reject: they are in the result. Throws what `runPlan` throws. */
export async function startPlan(
  plan: Plan,
  wishes: PlanWishes,
  { env, runsFolder, baseFolder }: PlanPlaces,
  watcher: PlanWatcher,
): Promise<RunPlan> {
  const { experiment } = plan;
  const { resources } = experiment;
  const parallel = chooseParallel(plan, wishes);
  const threads = wishes.threads ?? resources.threads;
  const autoThreads = Math.max(1, Math.floor(availableParallelism() / parallel));
  const engine = wishes.engine ?? resources.engine;
  const tracking = followWithMlflow(experiment, { note: watcher.note, exportOnnx: exportRunAsOnnx });
  const result = await runPlan(plan, {
    runsFolder,
    baseFolder,
    launcher: launchLocally,
    engine: { engine, threads: typeof threads === 'number' ? threads : 'auto', autoThreads },
    parallel,
    devices: openDevicePool(engine, parallel, typeof threads === 'number' ? threads : autoThreads, env),
    retries: wishes.retries ?? resources.retries,
    failFast: wishes.failFast ?? false,
    allowDrift: wishes.allowDrift ?? false,
    ...(resources.timeoutMinutes === undefined ? {} : { timeoutMinutes: resources.timeoutMinutes }),
    stop: watcher.stop,
    kill: watcher.kill,
    onEvent(event) {
      watcher.onEvent(event);
      if (event.type === 'started' || event.type === 'skipped') tracking.follow(event.folder);
      if (event.type === 'ended' && !event.retrying) tracking.tellRun(event.folder);
    },
  });
  return { result, finish: () => tracking.finish() };
}

/** The devices that the engine can use: GPUs for those that may run on one, else slots. */
function openDevicePool(engine: 'auto' | EngineName, parallel: number, threads: number, env: Environment): DevicePool {
  const size = { parallel, cores: availableParallelism(), threads };
  const devices = mayUseGpu(engine, env) ? listDevices(env, size) : listDevices({}, size, () => []);
  return new DevicePool(deviceFolder(env), devices);
}

/** What became of a trial, for programs. */
export interface TrialResult {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  /** Null where it was never begun. */
  readonly folder: string | null;
  readonly outcome: TrialOutcome | { readonly state: 'waiting' | 'running' };
  /** Of a finished trial. */
  readonly results: readonly EvaluationResult[];
}

/** What became of a plan, for programs: `oneshot run --json`. */
export interface PlanOutcome {
  readonly experiment: string;
  /** Whether it was stopped before its end: running it again goes on from there. */
  readonly interrupted: boolean;
  /** All trials of a listed plan, else those that have a folder by now, of earlier sessions too. */
  readonly trials: readonly TrialResult[];
}

/** The folders of a plan's trials, in the order of the plan. */
export function listPlanFolders(plan: Plan, runsFolder: string): string[] {
  return listKnownFolders(plan, join(runsFolder, plan.experiment.name));
}

/** The outcome of a plan, read from its run folders. */
export function describeOutcome(plan: Plan, runsFolder: string, { outcomes, interrupted }: PlanResult): PlanOutcome {
  const folders = listPlanFolders(plan, runsFolder);
  const records = new Map(folders.map((folder) => [readTrialRecord(folder)?.id, folder]));
  const outcomeOf = new Map([...outcomes].map(([{ id }, outcome]) => [id, outcome]));
  const trials = plan.search === undefined ? plan.trials : folders.flatMap((folder) => readTrialRecord(folder) ?? []);
  return {
    experiment: plan.experiment.name,
    interrupted,
    trials: trials.map(({ id, name, seed }): TrialResult => {
      const folder = records.get(id);
      const status = folder === undefined ? undefined : readRunStatus(folder);
      return {
        id,
        name,
        seed,
        folder: folder ?? null,
        outcome: outcomeOf.get(id) ?? ({ state: status?.state ?? 'waiting' } as TrialResult['outcome']),
        results: folder !== undefined && status?.state === 'finished' ? readResults(runFiles(folder).results) : [],
      };
    }),
  };
}
