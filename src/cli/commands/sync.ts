import type { MlflowClient } from 'mlflow-ts-client';
import { formatBytes, formatInteger } from '../../base/format-quantity.js';
import { OneshotError } from '../../base/problem.js';
import { connectMlflow } from '../../tracking/connect-mlflow.js';
import { followInterrupts } from '../interrupts.js';
import type { ExitCode } from '../report-error.js';
import {
  describeFailures,
  describeSync,
  measureSync,
  prepareExperiments,
  type SyncSummary,
  syncJournals,
} from '../sync-journals.js';
import { printJson, printNote, printResult } from '../terminal.js';

export interface SyncOptions {
  readonly trackingUri?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `oneshot sync`: ships what is not yet there to MLflow; exit code 1 when something could not be, 130 after Ctrl-C. */
export async function syncCommand(path: string, options: SyncOptions): Promise<ExitCode> {
  if (options.trackingUri === undefined || options.trackingUri === '') {
    throw new OneshotError('usage', 'no MLflow server is named', {
      hint: 'set MLFLOW_TRACKING_URI or give --tracking-uri http://127.0.0.1:5000; `oneshot ui` starts a server of its own',
    });
  }
  const client = connectMlflow(options.trackingUri);
  if (options.dryRun) return showBacklog(path, client, options.json === true);

  const interrupts = followInterrupts(printNote, 'stopping: what was sent stays sent; sync again to go on');
  try {
    const summary = await syncJournals(path, client, interrupts.stop);
    const isInterrupted = interrupts.stop.aborted;
    const experiments = isInterrupted ? [] : await prepareExperiments(summary, client, interrupts.stop).catch(() => []);
    if (options.json) printJson({ ...toJson(client, summary, isInterrupted), experiments });
    else {
      for (const line of describeFailures(summary)) printNote(line);
      printResult(describeSync(summary));
      for (const { name, address } of experiments) printResult(`${name}: ${address}`);
    }
    if (isInterrupted) return 130;
    return summary.complete === summary.journals ? 0 : 1;
  } finally {
    interrupts.close();
  }
}

function toJson({ baseUrl }: MlflowClient, summary: SyncSummary, interrupted: boolean): object {
  const { sent, outcomes, failures, problems, journals, complete } = summary;
  const runs = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []));
  return { server: baseUrl, interrupted, journals, complete, sent, runs, failures, problems };
}

function showBacklog(path: string, client: MlflowClient, asJson: boolean): ExitCode {
  const journals = measureSync(path, client);
  const behind = journals.filter(({ backlog: { points, params, tags, files } }) => points + params + tags + files > 0);
  if (asJson) {
    const runs = behind.map(({ folder, backlog }) => ({ folder, ...backlog }));
    printJson({ server: client.baseUrl, journals: journals.length, behind: behind.length, runs });
    return 0;
  }
  const sum = (key: 'points' | 'params' | 'files' | 'journalBytes') =>
    behind.reduce((total, { backlog }) => total + backlog[key], 0);
  printResult(
    `${formatInteger(behind.length)} of ${formatInteger(journals.length)} runs have something to send to ${client.baseUrl}: ` +
      `${formatInteger(sum('points'))} points, ${formatInteger(sum('params'))} parameters, ` +
      `${formatInteger(sum('files'))} files ` +
      `(${formatBytes(sum('journalBytes'))} of journals)`,
  );
  return 0;
}
