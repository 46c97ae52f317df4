// Journals on their way to a server while they are written, and what a user is told of it: where the runs are to be seen,
// and what could not be sent. Nothing here ever stops training.
import type { MlflowClient } from 'mlflow-ts-client';
import { composeExperimentAddress, composeRunAddress, prepareExperimentPage } from './experiment-page.js';
import { followJournal, type JournalFollower } from './follow-journal.js';
import type { ExportOnnx } from './ship-model.js';
import type { ShipProblem, ShipReport } from './ship-report.js';

/** Time that the rest of the journals may take after the last trial has ended, and where the server is out of reach. */
const DRAIN_MS = 60_000;
const DRAIN_OUTAGE_MS = 5_000;
/** What the trials get of it, however long their sweep's run took. */
const LEAST_DRAIN_MS = 1_000;
/** Problems of each kind that are told: one outage concerns every trial. */
const TOLD_FAILURES = 3;
const TOLD_CHANGES = 10;

export interface LiveShipping {
  /** Follows the journal of a run folder, once for each. */
  follow(folder: string): void;
  /** Says where the run of a trial that has ended is to be seen. */
  tellRun(folder: string): void;
  /** Ships what is left and says where the runs are to be seen. Never rejects. */
  finish(): Promise<void>;
}

export interface LiveOptions {
  readonly note: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes the ONNX files of trained models. */
  readonly exportOnnx?: ExportOnnx;
}

/** Ships the journals that are to be followed. */
export function shipLive(client: MlflowClient, options: LiveOptions): LiveShipping {
  const { note, now, exportOnnx } = options;
  const followers = new Map<string, JournalFollower>();
  const told = { failures: 0, changes: 0 };
  /** Trials that ended before the server had a run of theirs. */
  const untold = new Set<string>();
  const pages = new Map<string, Promise<unknown>>();

  const tellProblem = ({ code, message }: ShipProblem) => {
    const isOutage = code === 'failed';
    if (isOutage && told.failures++ < TOLD_FAILURES)
      note(`MLflow: ${message} (training goes on; \`oneshot sync\` ships the rest)`);
    if (!isOutage && told.changes++ < TOLD_CHANGES) note(`MLflow: ${message}`);
  };
  const tellExperiment = ({ experimentId }: ShipReport) => {
    if (experimentId === undefined || pages.has(experimentId)) return;
    const prepared = prepareExperimentPage(client, experimentId, { now: now() }).catch(() =>
      composeExperimentAddress(client.baseUrl, experimentId),
    );
    pages.set(
      experimentId,
      prepared.then((address) => note(`MLflow: ${address}`)),
    );
  };
  const tellRun = (folder: string) => {
    const { experimentId, runId } = followers.get(folder)?.report ?? {};
    if (experimentId === undefined || runId === undefined) untold.add(folder);
    else note(`  MLflow: ${composeRunAddress(client.baseUrl, experimentId, runId)}`);
  };
  return {
    follow(folder) {
      if (followers.has(folder)) return;
      followers.set(
        folder,
        followJournal({ client, folder, exportOnnx, onProblem: tellProblem, onPass: tellExperiment }),
      );
    },
    tellRun,
    async finish() {
      const [first, ...others] = followers.values();
      if (first === undefined) return;
      const isOut = [...followers.values()].some(({ isFailing }) => isFailing);
      const deadline = performance.now() + (isOut ? DRAIN_OUTAGE_MS : DRAIN_MS);
      const leftMs = () => Math.max(LEAST_DRAIN_MS, deadline - performance.now());
      // A sweep's run comes first: trials are linked to it. A server that hangs is waited for once, not once more for them.
      const reports = [await first.drain(leftMs())];
      const limitMs = leftMs();
      reports.push(...(await Promise.all(others.map((follower) => follower.drain(limitMs)))));
      await Promise.all(pages.values());
      for (const folder of [...untold]) tellRun(folder);
      note(describeShipping(reports, client.baseUrl));
      for (const experimentId of pages.keys()) {
        const signal = AbortSignal.timeout(DRAIN_OUTAGE_MS);
        // Now that all results are there, the columns are known.
        const address = await prepareExperimentPage(client, experimentId, { now: now(), signal }).catch(() =>
          composeExperimentAddress(client.baseUrl, experimentId),
        );
        note(`MLflow: ${address}`);
      }
    },
  };
}

function describeShipping(reports: readonly ShipReport[], baseUrl: string): string {
  const behind = reports.filter(({ isComplete }) => !isComplete).length;
  if (behind > 0) {
    return `MLflow: ${behind} of ${reports.length} runs are not complete at the server: \`oneshot sync\` ships the rest`;
  }
  const points = reports.reduce((sum, { sent }) => sum + sent.points, 0);
  return `MLflow: ${points} points of ${reports.length} ${reports.length === 1 ? 'run' : 'runs'} shipped to ${baseUrl}`;
}
