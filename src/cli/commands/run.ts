import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { loadPlan } from '../../check/load-plan.js';
import { overrulesDataFolder } from '../../data/data-source.js';
import type { EngineName } from '../../engine/engine.js';
import { mayUseGpu, requireEngine } from '../../engine/start-engine.js';
import { readResults } from '../../evaluation/records/evaluation-result.js';
import { DevicePool, deviceFolder, listDevices } from '../../launch/device-pool.js';
import { followWithMlflow } from '../../launch/follow-with-mlflow.js';
import type { TrialOutcome } from '../../launch/launcher.js';
import { launchLocally } from '../../launch/local-launcher.js';
import { listKnownFolders } from '../../launch/open-sweep.js';
import { requireData } from '../../launch/require-data.js';
import { type PlanResult, runPlan } from '../../launch/run-plan.js';
import type { Plan } from '../../plan/plan-trials.js';
import { readRunStatus, readTrialRecord, runFiles } from '../../run-folder/run-folder.js';
import { exportRunAsOnnx } from '../export-run-as-onnx.js';
import { followInterrupts } from '../interrupts.js';
import { openProgressDisplay } from '../progress-display.js';
import type { ExitCode } from '../report-error.js';
import type { RunOptions } from '../run-options.js';
import { followSlurm, showSubmission, submitToSlurm } from '../submit-to-slurm.js';
import { renderSweepResults } from '../sweep-results.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';

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

  const place = { env: process.env, baseFolder: resolve(dirname(file)) };
  requireData(plan, runsFolder, place);
  if (experiment.data !== undefined && overrulesDataFolder(experiment.data, place))
    printNote("data: the file's data.path is read, not ONESHOT_DATA");
  if (options.launcher === 'slurm') return runOnSlurm(plan, file, options);
  if (options.wait) throw new OneshotError('usage', '--wait is for --launcher slurm; a local run is always waited for');
  requireEngine(engine, process.env);
  const display = openProgressDisplay(total);
  if (search?.learns && search.settings.method === 'tpe' && search.settings.batchSize === undefined && parallel > 1)
    display.note(
      'with several trials at a time, what the search proposes depends on which ends first; sweep.batchSize makes it repeatable',
    );
  const tracking = followWithMlflow(experiment, { note: display.note, exportOnnx: exportRunAsOnnx });
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
        if (event.type === 'started' || event.type === 'skipped') tracking.follow(event.folder);
        if (event.type === 'ended' && !event.retrying) tracking.tellRun(event.folder);
      },
    });
  } finally {
    display.close();
    interrupts.close();
  }
  const code = await showRun(plan, result, options);
  // The sweep's run gets the report, so it ends after that is written.
  await tracking.finish();
  return code;
}

/** Submits the plan; with `wait`, ends as a local run does. */
async function runOnSlurm(plan: Plan, file: string, options: RunOptions): Promise<ExitCode> {
  const run = await submitToSlurm(plan, file, options);
  if (!options.wait || run.interrupted) {
    showSubmission(plan, run, options);
    return run.interrupted ? 130 : 0;
  }
  const { result, finish } = await followSlurm(plan, run, options);
  const code = await showRun(plan, result, options);
  await finish();
  return code;
}

async function showRun(plan: Plan, result: PlanResult, options: RunOptions): Promise<ExitCode> {
  const folders = listKnownFolders(plan, join(resolve(options.runs), plan.experiment.name));
  if (options.json) printJson(toJson(plan, folders, result));
  else await showResults(folders, result);
  return exitCodeOf(result);
}

/** The devices that the engine can use: GPUs for those that may run on one, else slots. */
function openDevicePool(engine: 'auto' | EngineName, parallel: number, threads: number): DevicePool {
  const size = { parallel, cores: availableParallelism(), threads };
  const devices = mayUseGpu(engine, process.env) ? listDevices(process.env, size) : listDevices({}, size, () => []);
  return new DevicePool(deviceFolder(process.env), devices);
}

function exitCodeOf({ outcomes, interrupted }: PlanResult): ExitCode {
  if (interrupted) return 130;
  const isWell = ({ state }: TrialOutcome) => state === 'finished' || state === 'halted';
  return [...outcomes.values()].every(isWell) ? 0 : 1;
}

/** All trials of a listed plan, else those that have a folder by now, of earlier sessions too. */
function toJson(plan: Plan, folders: readonly string[], { outcomes }: PlanResult): unknown {
  const records = new Map(folders.map((folder) => [readTrialRecord(folder)?.id, folder]));
  const outcomeOf = new Map([...outcomes].map(([{ id }, outcome]) => [id, outcome]));
  const trials = plan.search === undefined ? plan.trials : folders.flatMap((folder) => readTrialRecord(folder) ?? []);
  return {
    experiment: plan.experiment.name,
    trials: trials.map(({ id, name, seed }) => {
      const folder = records.get(id);
      const status = folder === undefined ? undefined : readRunStatus(folder);
      return {
        id,
        name,
        seed,
        folder: folder ?? null,
        outcome: outcomeOf.get(id) ?? { state: status?.state ?? 'waiting' },
        results: folder !== undefined && status?.state === 'finished' ? readResults(runFiles(folder).results) : [],
      };
    }),
  };
}

async function showResults(folders: readonly string[], { outcomes }: PlanResult): Promise<void> {
  const colors = colorsFor(process.stdout);
  const { loadRuns } = await import('../../report/load-runs.js');
  const shown = renderSweepResults(loadRuns(folders).runs, colors, process.stdout.columns);
  if (shown !== undefined) printResult(shown.text);
  for (const alarm of shown?.alarms ?? []) printNote(`${colorsFor(process.stderr).red('alarm:')} ${alarm}`);
  const failed = [...outcomes.values()].filter(({ state }) => state === 'failed').length;
  if (failed > 0)
    printNote(`${formatInteger(failed)} of ${formatInteger(outcomes.size)} trials failed: \`oneshot status\` says why`);
  const halted = folders.filter((folder) => readRunStatus(folder)?.state === 'halted').length;
  if (halted > 0) printNote(`${formatInteger(halted)} of ${formatInteger(folders.length)} trials halted early`);
  const first = folders[0];
  if (shown === undefined || first === undefined) return;
  // The libraries that draw plots are loaded only now. The report is that of the folder: other plans have runs in it.
  const { writeReport } = await import('../../report/write-report.js');
  const { html } = await writeReport([dirname(first)], { outFolder: dirname(first) });
  printNote(`report: ${html}`);
}
