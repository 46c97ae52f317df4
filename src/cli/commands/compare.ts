import { OneshotError } from '../../base/problem.js';
import { compareRuns } from '../../report/compare-runs.js';
import { renderComparison } from '../../report/comparison-text.js';
import { ensembleRuns } from '../../report/ensemble-runs.js';
import { loadRuns } from '../../report/load-runs.js';
import { renderEnsemble } from '../ensemble-table.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printJson, printNote, printResult } from '../terminal.js';

export interface CompareOptions {
  readonly ensemble?: boolean;
  readonly json?: boolean;
}

/** `oneshot compare`: two or more runs side by side, and with `--ensemble` all of them answering together. */
export async function compareCommand(paths: string[], options: CompareOptions): Promise<ExitCode> {
  const { runs, damaged } = loadRuns(paths);
  if (runs.length < 2) {
    if (damaged[0] !== undefined)
      throw new OneshotError('corrupt', damaged[0].reason, { hint: 'it takes two runs that can be read to compare' });
    throw new OneshotError(
      'usage',
      `there ${runs.length === 1 ? 'is one run' : 'is no run'} at ${paths.join(', ')}, and it takes two to compare`,
      {
        hint: '`oneshot status` lists run folders',
      },
    );
  }
  for (const { reason } of damaged) printNote(`left out, damaged: ${reason}`);
  const comparison = compareRuns(runs);
  const ensemble = options.ensemble ? ensembleRuns(runs.map(({ folder }) => folder)) : undefined;
  if (options.json) {
    // The answers of every episode are left to the runs' own files.
    const figures = ensemble?.map(({ answers: _, ...result }) => result);
    printJson({ ...comparison, damaged, ...(figures && { ensemble: figures }) });
    return 0;
  }
  printResult(renderComparison(comparison));
  if (ensemble) printResult(renderEnsemble(ensemble, comparison.rows, colorsFor(process.stdout)));
  return 0;
}
