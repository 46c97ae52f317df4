import { existsSync } from 'node:fs';
import { OneshotError } from '../../base/problem.js';
import { findRuns } from '../../run/find-runs.js';
import { runFiles } from '../../run/run-folder.js';
import { shipJournals } from '../../tracking/ship-journals.js';
import { addCounts, nothingSent } from '../../tracking/ship-report.js';
import { formatInteger } from '../format-quantity.js';
import type { ExitCode } from '../report-error.js';
import { colorsFor, printNote, printResult } from '../terminal.js';
import { createMlflowClient } from '../tracking.js';

/** `oneshot sync`: ships what is not yet there to MLflow; exit code 1 when something could not be. */
export async function syncCommand(path: string, options: { trackingUri?: string; json?: boolean }): Promise<ExitCode> {
  if (options.trackingUri === undefined || options.trackingUri === '') {
    throw new OneshotError('usage', 'no MLflow server is named', {
      hint: 'set MLFLOW_TRACKING_URI or give --tracking-uri http://127.0.0.1:5000',
    });
  }
  const folders = findRuns(path)
    .map(({ folder }) => folder)
    .filter((folder) => existsSync(runFiles(folder).journal));
  const outcomes = await shipJournals({ client: createMlflowClient(options.trackingUri), folders });

  const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []));
  const reports = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []));
  const sent = reports.reduce((sum, report) => addCounts(sum, report.sent), nothingSent);
  if (options.json) {
    printResult(
      JSON.stringify(
        { sent, runs: reports, failures: failures.map(({ folder, error }) => ({ folder, error: String(error) })) },
        null,
        2,
      ),
    );
  } else {
    printResult(
      `${formatInteger(reports.length)} of ${formatInteger(folders.length)} runs are complete at the server; sent now: ` +
        `${formatInteger(sent.points)} points, ${formatInteger(sent.params)} parameters, ${formatInteger(sent.files)} files`,
    );
    for (const { folder, error } of failures) {
      printNote(
        `${colorsFor(process.stderr).red('x')} ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return failures.length === 0 ? 0 : 1;
}
