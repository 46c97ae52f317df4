import { dirname, join, resolve } from 'node:path';
import { OneshotError } from '../../base/problem.js';
import { writeResults } from '../../report/results/write-results.js';
import { writeReport } from '../../report/write-report.js';
import { findRuns } from '../../run-folder/find-runs.js';
import type { ExitCode } from '../report-error.js';
import { printJson, printNote, printResult } from '../terminal.js';

interface ReportOptions {
  readonly format: 'page' | 'markdown';
  readonly out?: string;
  readonly json?: boolean;
}

/** `oneshot report`: writes the report of runs as a page, or their figures as one Markdown file, and prints where. */
export async function reportCommand(paths: string[], options: ReportOptions): Promise<ExitCode> {
  if (options.format === 'markdown') return reportResults(paths, options);
  const written = await writeReport(paths, { outFolder: options.out ?? besideRuns(paths) });
  if (options.json) printJson(written.report);
  else printResult(resolve(written.html));
  for (const { reason } of written.report.damaged) printNote(`left out, damaged: ${reason}`);
  printNote(`the same as Markdown: ${resolve(written.markdown)}`);
  return 0;
}

function reportResults(paths: readonly string[], { out, json }: ReportOptions): ExitCode {
  if (out !== undefined && !out.endsWith('.md')) {
    throw new OneshotError('usage', `--out: found ${out}; allowed with --format markdown: a file that ends with .md`);
  }
  const written = writeResults(paths, out ?? join(besideRuns(paths), 'results.md'));
  if (json) printJson(written.record);
  else printResult(resolve(written.markdown));
  for (const reason of written.damaged) printNote(`left out, damaged: ${reason}`);
  printNote(`the same as data, which a later report takes as a path: ${resolve(written.json)}`);
  return 0;
}

// A folder of runs takes the report itself; a single run's goes beside the run.
function besideRuns(paths: readonly string[]): string {
  const first = paths[0] ?? '.';
  const { runs, damaged } = findRuns(first);
  const isRun = [...runs, ...damaged].some(({ folder }) => resolve(folder) === resolve(first));
  return isRun ? dirname(resolve(first)) : first;
}
