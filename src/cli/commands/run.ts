import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { loadPlan } from '../../check/load-plan.js';
import type { EngineName } from '../../engine/engine.js';
import { readResults } from '../../evaluation/records/evaluation-result.js';
import { launchLocally } from '../../launch/local-launcher.js';
import { type PlanResult, runPlan } from '../../launch/run-plan.js';
import type { Plan } from '../../plan/plan-trials.js';
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
  const parallel = Math.min(options.parallel ?? resources.parallel, plan.trials.length);
  const threads = options.threads ?? resources.threads;
  const runsFolder = resolve(options.runs);

  const display = openProgressDisplay(plan.trials.length);
  const tracking = await followWithMlflow(experiment, display.note);
  const interrupts = followInterrupts(display.note);
  let result: PlanResult;
  try {
    result = await runPlan(plan, {
      runsFolder,
      baseFolder: resolve(dirname(file)),
      launcher: launchLocally,
      engine: {
        engine: options.engine ?? resources.engine,
        threads: typeof threads === 'number' ? threads : 'auto',
        autoThreads: Math.max(1, Math.floor(availableParallelism() / parallel)),
      },
      parallel,
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

function exitCodeOf({ outcomes, interrupted }: PlanResult): ExitCode {
  if (interrupted) return 130;
  return [...outcomes.values()].some(({ state }) => state !== 'finished') ? 1 : 0;
}

function toJson({ experiment, trials }: Plan, { folders, outcomes }: PlanResult): unknown {
  return {
    experiment: experiment.name,
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

async function showResults({ trials }: Plan, result: PlanResult): Promise<void> {
  const colors = colorsFor(process.stdout);
  const runs: RunResults[] = trials.flatMap((trial) => {
    const folder = result.folders.get(trial);
    const results = folder === undefined ? [] : resultsOf(folder);
    return results.length === 0 ? [] : [{ name: trial.name, results }];
  });
  if (runs.length > 0) {
    printResult(renderResults(runs, colors));
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
