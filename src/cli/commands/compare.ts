import { OneshotError } from '../../base/problem.js';
import { compareRuns } from '../../report/compare-runs.js';
import { renderComparison } from '../../report/comparison-text.js';
import { loadRuns } from '../../report/load-runs.js';
import type { ExitCode } from '../report-error.js';
import { printResult } from '../terminal.js';

/** `oneshot compare`: two or more runs side by side. */
export async function compareCommand(paths: string[], options: { json?: boolean }): Promise<ExitCode> {
  const runs = loadRuns(paths);
  if (runs.length < 2) {
    throw new OneshotError(
      'usage',
      `there ${runs.length === 1 ? 'is one run' : 'is no run'} at ${paths.join(', ')}, and it takes two to compare`,
      {
        hint: '`oneshot status` lists run folders',
      },
    );
  }
  const comparison = compareRuns(runs);
  printResult(options.json ? JSON.stringify(comparison, null, 2) : renderComparison(comparison));
  return 0;
}
