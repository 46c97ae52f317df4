import { dirname, resolve } from 'node:path';
import { writeReport } from '../../report/write-report.js';
import { findRuns } from '../../run-folder/find-runs.js';
import type { ExitCode } from '../report-error.js';
import { printJson, printNote, printResult } from '../terminal.js';

/** `oneshot report`: writes the report of runs as HTML and Markdown, and prints where. */
export async function reportCommand(paths: string[], options: { out?: string; json?: boolean }): Promise<ExitCode> {
  const written = await writeReport(paths, { outFolder: options.out ?? besideRuns(paths) });
  if (options.json) printJson(written.report);
  else printResult(resolve(written.html));
  for (const { reason } of written.report.damaged) printNote(`left out, damaged: ${reason}`);
  printNote(`the same as Markdown: ${resolve(written.markdown)}`);
  return 0;
}

// A folder of runs takes the report itself; a single run's goes beside the run.
function besideRuns(paths: readonly string[]): string {
  const first = paths[0] ?? '.';
  const { runs, damaged } = findRuns(first);
  const isRun = [...runs, ...damaged].some(({ folder }) => resolve(folder) === resolve(first));
  return isRun ? dirname(resolve(first)) : first;
}
