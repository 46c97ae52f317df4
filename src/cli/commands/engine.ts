import { formatBytes } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { enginesFolder, findInstalledEngine, type InstallableName } from '../../engine/installed-engine.js';
import { describeEngine, type EngineVerdict, judgeEngine, judgeEngines } from '../../engine/judge-engines.js';
import type { EngineRecipe } from '../../install/engine-recipe.js';
import { installEngine, isInstalled, uninstallEngine } from '../../install/install-engine.js';
import { installables } from '../../install/registry.js';
import { askYesNo } from '../ask.js';
import { measureWidth } from '../fit-lines.js';
import { createPlainTable } from '../plain-table.js';
import { openProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printNote, printResult } from '../terminal.js';
import { wrapText } from '../wrap-text.js';

/** A download of this size is not begun without being asked for. */
const CONSENT_BYTES = 200e6;

/**
 * `oneshot engine`: the compute engines, whether each works here, and what the installed ones take; exit code 1 when none
 * works.
 */
export async function engineCommand(options: { json?: boolean }): Promise<ExitCode> {
  const verdicts = await judgeEngines(process.env);
  const chosen = verdicts.find(({ problem }) => problem === undefined);
  if (options.json) {
    printResult(
      JSON.stringify(
        verdicts.map((verdict) => ({ ...verdict, installed: findInstalled(verdict) })),
        null,
        2,
      ),
    );
  } else printEngines(verdicts, chosen);
  return chosen === undefined ? 1 : 0;
}

/** `oneshot engine install`: builds an engine in a folder of its own, unless exactly that is there. */
export async function installEngineCommand(
  name: InstallableName,
  options: { gpu?: boolean; yes?: boolean; from?: string },
): Promise<ExitCode> {
  const { env } = process;
  if (options.gpu && name !== 'tensorflow') {
    throw new OneshotError('usage', `${name} has no variant for GPUs: --gpu is for tensorflow`);
  }
  const recipe = installables[name].recipe({ gpu: options.gpu === true });
  if (isInstalled(recipe, env)) {
    printResult(`${describeRecipe(recipe)} is installed already: ${findInstalledEngine(name, env)?.folder}`);
    return 0;
  }
  // What the machine lacks is said before anybody is asked.
  recipe.checkMachine(env);
  await requireConsent(recipe, options.yes === true);
  const line = openProgressLine();
  let verdict: EngineVerdict | undefined;
  try {
    const folder = await installEngine(recipe, {
      env,
      from: options.from,
      onActivity: (activity) => line.show(`${name}: ${activity}`),
      onProgress: (file, received, total) =>
        line.show(`${name}: ${formatBytes(received)} of ${formatBytes(total)}, ${file}`),
      report: (message) => line.note(message),
      tryOut: async (trialEnv) => {
        verdict = await judgeEngine(name, trialEnv);
        if (verdict.problem !== undefined) throw failedTrial(name, verdict.problem);
      },
    });
    printResult(`installed ${describeRecipe(recipe)} in ${folder}: ${describeEngine(verdict?.description)}`);
  } finally {
    line.close();
  }
  if (recipe.variant === 'gpu' && verdict?.description?.settings.device !== 'gpu')
    printNote(installables[name].withoutGpu);
  return 0;
}

/** `oneshot engine uninstall`: removes what `install` made. */
export async function uninstallEngineCommand(name: InstallableName): Promise<ExitCode> {
  const bytes = await uninstallEngine(name, process.env);
  if (bytes === undefined) printResult(`${name} is not installed in ${enginesFolder(process.env)}`);
  else printResult(`removed ${name}: ${formatBytes(bytes)} freed`);
  return 0;
}

function printEngines(verdicts: readonly EngineVerdict[], chosen: EngineVerdict | undefined): void {
  const colors = colorsFor(process.stdout);
  const rows = verdicts.map((verdict) => {
    const { name, description, problem, isMissing } = verdict;
    const installed = findInstalled(verdict);
    const state =
      problem === undefined ? colors.green('works') : isMissing ? colors.dim('missing') : colors.red('does not work');
    return {
      cells: [name, verdict === chosen ? `${state} (auto)` : state, installed ? formatBytes(installed.bytes) : ''],
      text: isMissing
        ? `${installables[name as InstallableName].purpose}: oneshot engine install ${name}`
        : (problem ?? describeEngine(description)),
    };
  });
  const head = ['engine', 'state', 'size'];
  const narrow = createPlainTable(head, colors, [2]);
  for (const { cells } of rows) narrow.push([...cells]);
  const room = Math.max(LEAST_ROOM, (process.stdout.columns ?? 100) - measureWidth(narrow.toString()) - 4);
  const table = createPlainTable([...head, 'what it is'], colors, [2]);
  for (const { cells, text } of rows) table.push([...cells, wrapText(text, room).join('\n')]);
  for (const line of table.toString().split('\n')) printResult(line.trimEnd());
  const legend = chosen === undefined ? '' : 'auto: what runs take where --engine NAME or resources.engine names none';
  for (const line of wrapText(legend, (process.stdout.columns ?? 100) - 1)) printResult(colors.dim(line));
  for (const verdict of verdicts) {
    const installed = findInstalled(verdict);
    if (installed !== undefined) printResult(`${verdict.name} lies in ${installed.folder}`);
  }
}

/** Columns of a text at least, however narrow the terminal is. */
const LEAST_ROOM = 20;

function findInstalled({ name }: EngineVerdict) {
  return name in installables ? findInstalledEngine(name as InstallableName, process.env) : undefined;
}

async function requireConsent(recipe: EngineRecipe, yes: boolean): Promise<void> {
  const download = recipe.wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  if (yes || download < CONSENT_BYTES) return;
  const sizes = `a download of ${formatBytes(download)}, then ${formatBytes(recipe.diskBytes)} on the disk`;
  const question = `install ${describeRecipe(recipe)} into ${enginesFolder(process.env)} (${sizes})?`;
  if (await askYesNo(question, new AbortController().signal)) return;
  throw new OneshotError('usage', `${recipe.name} is ${sizes}, which nobody has agreed to`, {
    hint: 'run again with --yes',
  });
}

function describeRecipe({ name, variant, version }: EngineRecipe): string {
  return `${name} ${version}${name === 'tensorflow' && variant === 'gpu' ? ' for GPUs' : ''}`;
}

function failedTrial(name: InstallableName, problem: string): OneshotError {
  return new OneshotError('engine', `${name} was built, but does not work here: ${problem}`, {
    hint: 'nothing was installed; what was downloaded is kept for another attempt',
  });
}
