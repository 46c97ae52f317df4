// A plan run on this machine, as the command shows it: progress, results, the report, the exit code.
import { dirname } from 'node:path';
import { formatInteger } from '../base/format-quantity.js';
import type { TrialOutcome } from '../launch/launcher.js';
import type { PlanResult } from '../launch/run-plan.js';
import {
  chooseParallel,
  countTrials,
  describeOutcome,
  listPlanFolders,
  type PlanPlaces,
  type PlanWishes,
  startPlan,
} from '../launch/start-plan.js';
import type { Plan } from '../plan/plan-trials.js';
import { readRunStatus } from '../run-folder/run-folder.js';
import { followInterrupts } from './interrupts.js';
import { openProgressDisplay } from './progress-display.js';
import type { ExitCode } from './report-error.js';
import { renderSweepResults } from './sweep-results.js';
import { colorsFor, printJson, printNote, printResult } from './terminal.js';

/** Runs a plan that can begin (`requirePlan`), and shows what it gives. */
export async function runHere(
  plan: Plan,
  options: PlanWishes & { readonly json?: boolean },
  places: PlanPlaces,
): Promise<ExitCode> {
  const { search } = plan;
  const display = openProgressDisplay(countTrials(plan));
  if (
    search?.learns &&
    search.settings.method === 'tpe' &&
    search.settings.batchSize === undefined &&
    chooseParallel(plan, options) > 1
  )
    display.note(
      'with several trials at a time, what the search proposes depends on which ends first; sweep.batchSize makes it repeatable',
    );
  const interrupts = followInterrupts(display.note);
  let run: Awaited<ReturnType<typeof startPlan>>;
  try {
    run = await startPlan(plan, options, places, {
      stop: interrupts.stop,
      kill: interrupts.kill,
      onEvent: (event) => display.show(event),
      note: display.note,
    });
  } finally {
    display.close();
    interrupts.close();
  }
  const code = await showRun(plan, run.result, places.runsFolder, options.json ?? false);
  // The sweep's run gets the report, so it ends after that is written.
  await run.finish();
  return code;
}

/** Shows what a plan gave, writes its report, and says how it ended. */
export async function showRun(plan: Plan, result: PlanResult, runsFolder: string, asJson: boolean): Promise<ExitCode> {
  if (asJson) printJson(describeOutcome(plan, runsFolder, result));
  else await showResults(listPlanFolders(plan, runsFolder), result);
  return exitCodeOf(result);
}

function exitCodeOf({ outcomes, interrupted }: PlanResult): ExitCode {
  if (interrupted) return 130;
  const isWell = ({ state }: TrialOutcome) => state === 'finished' || state === 'halted';
  return [...outcomes.values()].every(isWell) ? 0 : 1;
}

async function showResults(folders: readonly string[], { outcomes }: PlanResult): Promise<void> {
  const colors = colorsFor(process.stdout);
  const { loadRuns } = await import('../report/load-runs.js');
  const shown = renderSweepResults(loadRuns(folders).runs, colors, process.stdout.columns);
  if (shown !== undefined) printResult(shown.text);
  for (const doubt of shown?.doubts ?? [])
    printNote(`${colorsFor(process.stderr).yellow('doubt about the data:')} ${doubt}`);
  for (const alarm of shown?.alarms ?? []) printNote(`${colorsFor(process.stderr).red('alarm:')} ${alarm}`);
  const failed = [...outcomes.values()].filter(({ state }) => state === 'failed').length;
  if (failed > 0)
    printNote(`${formatInteger(failed)} of ${formatInteger(outcomes.size)} trials failed: \`oneshot status\` says why`);
  const halted = folders.filter((folder) => readRunStatus(folder)?.state === 'halted').length;
  if (halted > 0) printNote(`${formatInteger(halted)} of ${formatInteger(folders.length)} trials halted early`);
  const first = folders[0];
  if (shown === undefined || first === undefined) return;
  // The libraries that draw plots are loaded only now. The report is that of the folder: other plans have runs in it.
  const { writeReport } = await import('../report/write-report.js');
  const { html } = await writeReport([dirname(first)], { outFolder: dirname(first) });
  printNote(`report: ${html}`);
}
