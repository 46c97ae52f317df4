import { checkEngines, describeEngine } from '../../use/check-engines.js';
import { createPlainTable } from '../plain-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printResult } from '../terminal.js';

/** `oneshot engine`: the compute engines, fastest first, and whether each works here; exit code 1 when none does. */
export async function engineCommand(options: { json?: boolean }): Promise<ExitCode> {
  const checks = await checkEngines();
  const chosen = checks.find(({ problem }) => problem === undefined);
  if (options.json) printResult(JSON.stringify(checks, null, 2));
  else {
    const colors = colorsFor(process.stdout);
    const table = createPlainTable(['engine', 'state', 'what it is'], colors);
    for (const check of checks) {
      const { name, description, problem } = check;
      const state = problem === undefined ? colors.green('works') : colors.red('does not work');
      table.push([name, check === chosen ? `${state} (auto)` : state, problem ?? describeEngine(description)]);
    }
    printResult(table.toString());
  }
  return chosen === undefined ? 1 : 0;
}
