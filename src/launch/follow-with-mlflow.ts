// What a supervisor does for MLflow while trials run: it keeps the journal of the sweep that they belong to, and follows
// all journals to the server, where there is one. A server that is down stops nothing; what it missed is shipped by
// `oneshot sync`.
import { dirname } from 'node:path';
import type { MlflowClient } from 'mlflow-ts-client';
import type { Experiment } from '../config/experiment.js';
import { closeAbandonedJournal } from '../run-folder/close-abandoned.js';
import { beginSweepJournal, hasSweepJournal, updateSweepJournal } from '../run-folder/sweep-journal.js';
import { followJournal, type JournalFollower } from '../tracking/follow-journal.js';
import { createMlflowClient } from '../tracking/mlflow-client.js';
import type { ShipReport } from '../tracking/ship-report.js';

/** Time that the rest of the journals may take after the last trial has ended, and where the server was out of reach. */
const DRAIN_MS = 60_000;
const DRAIN_OUTAGE_MS = 5_000;
/** What the trials get of it, however long their sweep's run took. */
const LEAST_DRAIN_MS = 1_000;
/** Time between two updates of a sweep's note while its trials run. */
const SWEEP_UPDATE_MS = 30_000;

export interface Tracking {
  /** Follows the journal of a run folder, once for each. To be called before the trial starts: it then knows its sweep. */
  follow(folder: string): void;
  /** Ends the journals of what was killed and ships what is left. Never rejects. */
  finish(): Promise<void>;
}

/** Tracking for the trials of an experiment. Ships only where the file or MLFLOW_TRACKING_URI names a server. */
export function followWithMlflow(experiment: Experiment, note: (line: string) => void): Tracking {
  const uri = experiment.tracking?.mlflow?.trackingUri ?? process.env.MLFLOW_TRACKING_URI;
  const shipping = uri === undefined || uri === '' ? undefined : shipLive(createMlflowClient(uri), note);
  const folders = new Set<string>();
  let sweep: SweepUpdates | undefined;
  return {
    follow(folder) {
      if (hasSweepJournal(experiment) && sweep === undefined) {
        sweep = followSweep(dirname(folder), experiment, note);
        shipping?.follow(dirname(folder));
      }
      folders.add(folder);
      shipping?.follow(folder);
    },
    async finish() {
      for (const folder of folders) closeAbandonedJournal(folder);
      sweep?.finish();
      await shipping?.finish();
    },
  };
}

interface SweepUpdates {
  finish(): void;
}

/** Trials go on whatever becomes of their sweep's journal. */
function followSweep(experimentFolder: string, experiment: Experiment, note: (line: string) => void): SweepUpdates {
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      note(`the sweep's journal could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  attempt(() => beginSweepJournal(experimentFolder, experiment));
  const update = (isOver: boolean) => attempt(() => updateSweepJournal(experimentFolder, { isOver }));
  const timer = setInterval(() => update(false), SWEEP_UPDATE_MS).unref();
  return {
    finish() {
      clearInterval(timer);
      update(true);
    },
  };
}

/** Ships journals while they are written. */
function shipLive(client: MlflowClient, note: (line: string) => void) {
  const followers = new Map<string, JournalFollower>();
  let told = 0;
  const onProblem = ({ message }: { message: string }) => {
    // One outage concerns every trial; said a few times is enough.
    if (told++ < 3) note(`MLflow: ${message} (training goes on; \`oneshot sync\` ships the rest)`);
  };
  return {
    follow(folder: string) {
      if (!followers.has(folder)) followers.set(folder, followJournal({ client, folder, onProblem }));
    },
    async finish() {
      const limitMs = told === 0 ? DRAIN_MS : DRAIN_OUTAGE_MS;
      // A sweep's run comes first: trials are linked to it.
      const [first, ...others] = followers.values();
      const deadline = performance.now() + limitMs;
      const reports = first === undefined ? [] : [await first.drain(limitMs)];
      // A server that hangs is waited for once, not once more for the trials.
      const leftMs = Math.max(LEAST_DRAIN_MS, deadline - performance.now());
      reports.push(...(await Promise.all(others.map((follower) => follower.drain(leftMs)))));
      if (reports.length > 0) note(describeShipping(reports, client.baseUrl));
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
