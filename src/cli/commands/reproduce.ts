import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expandHome } from '../../base/environment.js';
import { formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import type { EngineName } from '../../engine/engine.js';
import { launchLocally } from '../../launch/local-launcher.js';
import { findReproductionDrift, planReproduction, type Reproduction } from '../../launch/reproduce-run.js';
import { type PlanResult, runPlan } from '../../launch/run-plan.js';
import { type FinishedRun, readFinishedRun } from '../../run-folder/read-finished-run.js';
import { followInterrupts } from '../interrupts.js';
import { openProgressDisplay } from '../progress-display.js';
import type { ExitCode } from '../report-error.js';
import { type Colors, colorsFor, printJson, printNote, printResult } from '../terminal.js';
import { compareReproduction, type Difference, type ReproductionResult } from './compare-reproduction.js';

export interface ReproduceOptions {
  readonly set: readonly string[];
  readonly out?: string;
  readonly engine?: 'auto' | EngineName;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Differences that are printed; --json has all. */
const SHOWN_DIFFERENCES = 10;

/** `oneshot reproduce`: runs a finished run again and compares; exit code 1 when anything differs. */
export async function reproduceCommand(path: string, options: ReproduceOptions): Promise<ExitCode> {
  const run = readFinishedRun(resolve(path), { dataPath: readDataPath(options.set) });
  const isTemporary = options.out === undefined;
  const runsFolder =
    options.out === undefined ? mkdtempSync(join(tmpdir(), 'oneshot-reproduce-')) : resolve(options.out);
  let isWanted = !isTemporary;
  try {
    const reproduction = planReproduction(run, runsFolder, {
      engine: options.engine ?? 'auto',
      threads: options.threads ?? 'auto',
      autoThreads: availableParallelism(),
    });
    const drift = await findReproductionDrift(run, reproduction);
    warnOfDrift(drift);
    const again = await runAgain(reproduction, runsFolder);
    if (again === undefined) return 130;
    const result = compareReproduction(run.folder, again);
    const isSame = result.differences.length === 0;
    isWanted ||= !isSame;
    if (options.json) printJson({ run: run.folder, again: isWanted ? again : null, isSame, drift, ...result });
    else printComparison(run, result, isWanted ? again : undefined, colorsFor(process.stdout));
    return isSame ? 0 : 1;
  } finally {
    if (!isWanted) rmSync(runsFolder, { recursive: true, force: true });
  }
}

/** The folder of `--set data.path=FOLDER`: any other key would make it another run. */
function readDataPath(sets: readonly string[]): string | undefined {
  const other = sets.find((argument) => !/^data\.path=./.test(argument));
  if (other !== undefined)
    throw new OneshotError('usage', `--set ${other}: a run is reproduced as it was, but for where its pictures lie`, {
      hint: '--set data.path=FOLDER is allowed',
    });
  const last = sets.at(-1)?.slice('data.path='.length);
  return last === undefined ? undefined : resolve(expandHome(last, process.env));
}

function warnOfDrift(drift: readonly string[]): void {
  if (drift.length === 0) return;
  const colors = colorsFor(process.stderr);
  printNote(`${colors.yellow('warning:')} not as in the first run, so results may differ:`);
  for (const line of drift) printNote(`  ${line}`);
}

/** The folder of the new run, or undefined when it was interrupted. Throws when it failed. */
async function runAgain({ plan, engine }: Reproduction, runsFolder: string): Promise<string | undefined> {
  const display = openProgressDisplay(1);
  const interrupts = followInterrupts(display.note, 'stopping');
  let result: PlanResult;
  try {
    result = await runPlan(plan, {
      runsFolder,
      // Paths in a run's experiment.yaml are absolute.
      baseFolder: runsFolder,
      launcher: launchLocally,
      engine,
      parallel: 1,
      retries: 0,
      failFast: false,
      allowDrift: false,
      stop: interrupts.stop,
      kill: interrupts.kill,
      onEvent: (event) => display.show(event),
    });
  } finally {
    display.close();
    interrupts.close();
  }
  if (result.interrupted) return undefined;
  const [[, outcome] = []] = result.outcomes;
  if (outcome?.state === 'failed')
    throw new OneshotError(outcome.code, `the run could not be made again: ${outcome.message}`, { hint: outcome.hint });
  const [[, folder] = []] = result.folders;
  return folder;
}

function printComparison(
  { folder }: FinishedRun,
  { points, results, predictions, weightHash, differences }: ReproductionResult,
  again: string | undefined,
  colors: Colors,
): void {
  const isSame = differences.length === 0;
  printResult(
    `${isSame ? colors.green('same') : colors.red(`${count(differences.length, 'difference')}`)} ${folder}: ` +
      `${count(points, 'metric point')}, ${count(results, 'result')}, ${count(predictions, 'prediction file')} compared` +
      (isSame && weightHash !== null ? `, weights ${weightHash.first.slice(0, 16)}…` : ''),
  );
  for (const difference of differences.slice(0, SHOWN_DIFFERENCES)) printResult(`  ${describeDifference(difference)}`);
  const rest = differences.length - SHOWN_DIFFERENCES;
  if (rest > 0) printResult(`  and ${formatInteger(rest)} more (--json lists all)`);
  if (again !== undefined) printNote(`the new run: ${again}`);
}

const describeDifference = ({ what, first, again }: Difference) => `${what}: was ${first}, is ${again}`;

const count = (number: number, noun: string) => `${formatInteger(number)} ${noun}${number === 1 ? '' : 's'}`;
