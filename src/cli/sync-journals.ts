// Ships the journals below a path with a progress line, and says what was sent: `oneshot sync`, and the first thing that
// `oneshot ui` does.
import type { MlflowClient } from 'mlflow-ts-client';
import { formatBytes, formatDuration, formatInteger } from '../base/format-quantity.js';
import { exportRunAsOnnx } from '../launch/export-run-as-onnx.js';
import { watchQueue } from '../launch/slurm/queue-watch.js';
import { closeAbandonedJournal } from '../run-folder/close-abandoned.js';
import { findRuns } from '../run-folder/find-runs.js';
import { readSweepUid, updateSweepJournal } from '../run-folder/sweep-journal.js';
import { prepareExperimentPage } from '../tracking/experiment-page.js';
import { findJournals } from '../tracking/find-journals.js';
import { type Backlog, measureBacklog, measureShippedBytes } from '../tracking/measure-backlog.js';
import { type ShipOutcome, shipJournals } from '../tracking/ship-journals.js';
import { addCounts, nothingSent, type ShipCounts } from '../tracking/ship-report.js';
import { findSubmittedFolders, isClusterActive, readClusterStatus } from './cluster-status.js';
import { openProgressLine } from './progress-line.js';
import { colorsFor } from './terminal.js';

/** Problems that are printed at most; all are in the JSON output. */
const PRINTED_PROBLEMS = 10;

export interface SyncProblem {
  readonly folder: string;
  readonly message: string;
}

export interface SyncSummary {
  readonly journals: number;
  readonly sent: ShipCounts;
  readonly outcomes: readonly ShipOutcome[];
  /** What kept journals from being complete at the server, and what had to be changed or left out. */
  readonly failures: readonly SyncProblem[];
  readonly problems: readonly SyncProblem[];
  /** Journals of which the server has everything. */
  readonly complete: number;
  readonly seconds: number;
}

/**
 * Ships every journal at or below `path`; ends early when the signal is aborted. Throws OneshotError('usage') for a path
 * that is not there.
 */
export async function syncJournals(path: string, client: MlflowClient, signal: AbortSignal): Promise<SyncSummary> {
  const startedAt = performance.now();
  const folders = findJournals(path);
  for (const folder of folders) closeAbandonedJournal(folder);
  await updateSubmittedSweeps(path);
  const line = openProgressLine();
  const progress = followProgress(folders, client.baseUrl, line.show);
  const problems: SyncProblem[] = [];
  let printed = 0;
  const tell = (problem: SyncProblem) => {
    problems.push(problem);
    if (printed++ < PRINTED_PROBLEMS) line.note(`  ${problem.folder}: ${problem.message}`);
  };
  try {
    const outcomes = await shipJournals({
      exportOnnx: exportRunAsOnnx,
      client,
      folders,
      signal,
      optionsFor: (folder) => ({
        onProblem: ({ message }) => tell({ folder, message }),
        onProgress: (shippedBytes) => progress.move(folder, shippedBytes),
      }),
      onOutcome: ({ folder }) => progress.finish(folder),
    });
    const reports = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []));
    return {
      journals: folders.length,
      sent: reports.reduce((sum, report) => addCounts(sum, report.sent), nothingSent),
      outcomes,
      failures: outcomes.flatMap((outcome) =>
        'error' in outcome && !signal.aborted ? [{ folder: outcome.folder, message: describe(outcome.error) }] : [],
      ),
      problems,
      complete: reports.filter(({ isComplete }) => isComplete).length,
      seconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    line.close();
  }
}

/** What the server does not have yet of the journals at or below `path`, without asking it. */
export function measureSync(path: string, client: MlflowClient): { folder: string; backlog: Backlog }[] {
  return findJournals(path).map((folder) => ({ folder, backlog: measureBacklog(folder, client.baseUrl) }));
}

/** Lines for standard error: what failed, and what can be done. */
export function describeFailures({ failures }: SyncSummary): string[] {
  const { red } = colorsFor(process.stderr);
  const lines = failures.slice(0, PRINTED_PROBLEMS).map(({ folder, message }) => `${red('x')} ${folder}: ${message}`);
  const more = failures.length - lines.length;
  return more > 0 ? [...lines, `  … and ${formatInteger(more)} more`] : lines;
}

/** The MLflow experiments that the runs are in, their pages made ready, with the addresses that open them. */
export async function prepareExperiments(
  { outcomes }: SyncSummary,
  client: MlflowClient,
  signal: AbortSignal,
): Promise<{ name: string; address: string }[]> {
  const ids = outcomes.flatMap((outcome) => ('report' in outcome ? (outcome.report.experimentId ?? []) : []));
  const experiments: { name: string; address: string }[] = [];
  for (const experimentId of new Set(ids)) {
    const { name } = await client.experiments.get(experimentId, { signal });
    experiments.push({ name, address: await prepareExperimentPage(client, experimentId, { now: Date.now(), signal }) });
  }
  return experiments;
}

/** A sentence: how many runs the server has, and what was sent now. */
export function describeSync({ journals, complete, sent, seconds }: SyncSummary): string {
  const parts = (
    [
      ['points', sent.points],
      ['parameters', sent.params],
      ['tags', sent.tags],
      ['data sets', sent.datasets],
      ['files', sent.files],
    ] as const
  ).flatMap(([name, count]) => (count === 0 ? [] : [`${formatInteger(count)} ${name}`]));
  const news =
    parts.length > 0 ? `sent ${parts.join(', ')}` : complete === journals ? 'nothing was left to send' : 'sent nothing';
  return (
    `${formatInteger(complete)} of ${formatInteger(journals)} runs are complete at the server; ${news} in ` +
    `${formatDuration(seconds)}`
  );
}

/**
 * Updates the journals of the sweeps at or below `path` that were submitted to a cluster, and ends those that nobody works on
 * any more: whoever runs a sweep's trials keeps them, and of a cluster's nobody is there when the last one ends.
 */
export async function updateSubmittedSweeps(path: string): Promise<void> {
  const queue = watchQueue(Number.POSITIVE_INFINITY);
  for (const folder of findSubmittedFolders(path)) {
    const status = readSweepUid(folder) === undefined ? undefined : await readClusterStatus(folder, queue);
    if (status === undefined) continue;
    const isRunning = isClusterActive(status) || findRuns(folder).runs.some(({ state }) => state === 'running');
    updateSweepJournal(folder, { isOver: !isRunning });
  }
}

function followProgress(folders: readonly string[], baseUrl: string, show: (text: string) => void) {
  const measured = new Map(folders.map((folder) => [folder, measureShippedBytes(folder, baseUrl)]));
  const behind = [...measured.values()].reduce((sum, { shipped, all }) => sum + all - shipped, 0);
  const shipped = new Map<string, number>();
  let done = 0;
  const draw = () => {
    const bytes = [...shipped.values()].reduce((sum, count) => sum + count, 0);
    const share = behind === 0 ? '' : `, ${formatBytes(Math.min(bytes, behind))} of ${formatBytes(behind)}`;
    show(`ships to ${baseUrl}: ${formatInteger(done)} of ${formatInteger(folders.length)} runs${share}`);
  };
  return {
    move(folder: string, shippedBytes: number) {
      shipped.set(folder, Math.max(0, shippedBytes - (measured.get(folder)?.shipped ?? 0)));
      draw();
    },
    finish(folder: string) {
      done += 1;
      const size = measured.get(folder);
      shipped.set(folder, size === undefined ? 0 : size.all - size.shipped);
      draw();
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
