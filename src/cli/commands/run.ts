import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { loadPlan } from '../../check/load-plan.js';
import type { EngineName } from '../../engine/engine.js';
import { readResults } from '../../evaluation/records/evaluation-result.js';
import { DevicePool, deviceFolder, listDevices } from '../../launch/device-pool.js';
import { launchLocally } from '../../launch/local-launcher.js';
import { requireData } from '../../launch/require-data.js';
import { type PlanResult, runPlan } from '../../launch/run-plan.js';
import type { Plan, Trial } from '../../plan/plan-trials.js';
import { readRunStatus, runFiles } from '../../run/run-folder.js';
import { formatInteger } from '../format-quantity.js';
import { followInterrupts } from '../interrupts.js';
import { openProgressDisplay } from '../progress-display.js';
import type { ExitCode } from '../report-error.js';
import { describeAlarms, type RunResults, renderResults } from '../results-table.js';
import { colorsFor, printNote, printResult } from '../terminal.js';
import { followWithMlflow } from '../tracking.js';

export interface RunOptions {
  readonly set: string[];
  readonly runs: string;
  readonly parallel?: number;
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
  readonly retries?: number;
  readonly failFast?: boolean;
  readonly allowDrift?: boolean;
  readonly json?: boolean;
}

/** `oneshot run`: runs the plan of a file and prints the results of its trials. */
export async function runCommand(file: string, options: RunOptions): Promise<ExitCode> {
  const plan = loadPlan(file, { sets: options.set });
  const { experiment } = plan;
  const { resources } = experiment;
  const { search } = plan;
  const total = search === undefined ? plan.trials.length : search.maxPoints * experiment.seeds.length;
  const parallel = Math.min(options.parallel ?? resources.parallel, total);
  const threads = options.threads ?? resources.threads;
  const autoThreads = Math.max(1, Math.floor(availableParallelism() / parallel));
  const engine = options.engine ?? resources.engine;
  const runsFolder = resolve(options.runs);

  requireData(plan, runsFolder, { env: process.env, baseFolder: resolve(dirname(file)) });
  const display = openProgressDisplay(total);
  if (search?.learns && search.settings.method === 'tpe' && search.settings.batchSize === undefined && parallel > 1)
    display.note(
      'with several trials at a time, what the search proposes depends on which ends first; sweep.batchSize makes it repeatable',
    );
  const tracking = await followWithMlflow(experiment, display.note);
  const interrupts = followInterrupts(display.note);
  let result: PlanResult;
  try {
    result = await runPlan(plan, {
      runsFolder,
      baseFolder: resolve(dirname(file)),
      launcher: launchLocally,
      engine: {
        engine,
        threads: typeof threads === 'number' ? threads : 'auto',
        autoThreads,
      },
      parallel,
      devices: openDevicePool(engine, parallel, typeof threads === 'number' ? threads : autoThreads),
      retries: options.retries ?? resources.retries,
      failFast: options.failFast ?? false,
      allowDrift: options.allowDrift ?? false,
      ...(resources.timeoutMinutes === undefined ? {} : { timeoutMinutes: resources.timeoutMinutes }),
      stop: interrupts.stop,
      kill: interrupts.kill,
      onEvent(event) {
        display.show(event);
        if (event.type === 'started' || event.type === 'skipped') tracking?.follow(event.folder);
      },
    });
  } finally {
    display.close();
    interrupts.close();
  }
  await tracking?.finish();
  if (options.json) printResult(JSON.stringify(toJson(plan, result), null, 2));
  else await showResults(plan, result);
  return exitCodeOf(result);
}

/** The devices that the engine can use: GPUs for those that may run on one, else slots. */
function openDevicePool(engine: 'auto' | EngineName, parallel: number, threads: number): DevicePool {
  const size = { parallel, cores: availableParallelism(), threads };
  const runsOnProcessor = engine === 'onnxruntime' || engine === 'cpu';
  const devices = runsOnProcessor ? listDevices({}, size, () => []) : listDevices(process.env, size);
  return new DevicePool(deviceFolder(process.env), devices);
}

function exitCodeOf({ outcomes, interrupted }: PlanResult): ExitCode {
  if (interrupted) return 130;
  return [...outcomes.values()].some(({ state }) => state !== 'finished') ? 1 : 0;
}

/** The trials of the plan, or those that the search has run in this session. */
function trialsOf({ trials, search }: Plan, { folders }: PlanResult): readonly Trial[] {
  return search === undefined ? trials : [...folders.keys()];
}

function toJson(plan: Plan, result: PlanResult): unknown {
  const { folders, outcomes } = result;
  const trials = trialsOf(plan, result);
  return {
    experiment: plan.experiment.name,
    trials: trials.map((trial) => {
      const folder = folders.get(trial);
      return {
        id: trial.id,
        name: trial.name,
        seed: trial.seed,
        folder: folder ?? null,
        outcome: outcomes.get(trial) ?? (folder === undefined ? { state: 'waiting' } : { state: 'finished' }),
        results: folder === undefined ? [] : resultsOf(folder),
      };
    }),
  };
}

function resultsOf(folder: string) {
  return readRunStatus(folder)?.state === 'finished' ? readResults(runFiles(folder).results) : [];
}

async function showResults(plan: Plan, result: PlanResult): Promise<void> {
  const trials = trialsOf(plan, result);
  const colors = colorsFor(process.stdout);
  const runs: RunResults[] = trials.flatMap((trial) => {
    const folder = result.folders.get(trial);
    const results = folder === undefined ? [] : resultsOf(folder);
    return results.length === 0 ? [] : [{ name: trial.name, results }];
  });
  if (runs.length > 0) {
    printResult(renderResults(runs, colors, process.stdout.columns));
    for (const alarm of describeAlarms(runs)) printNote(`${colorsFor(process.stderr).red('alarm:')} ${alarm}`);
  }
  const failed = [...result.outcomes.values()].filter(({ state }) => state === 'failed').length;
  if (failed > 0)
    printNote(`${formatInteger(failed)} of ${formatInteger(trials.length)} trials failed: \`oneshot status\` says why`);
  const folders = [...result.folders.values()];
  const first = folders[0];
  if (runs.length === 0 || first === undefined) return;
  // The libraries that draw plots are loaded only now.
  const { writeReport } = await import('../../report/write-report.js');
  const { html } = await writeReport(folders, { outFolder: dirname(first) });
  printNote(`report: ${html}`);
}
