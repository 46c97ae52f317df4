// Live shipping of running trials to MLflow: the supervisor follows their journals. A server that is down stops nothing;
// what it missed is shipped by `oneshot sync`.
import { MlflowClient } from 'mlflow-ts-client';
import type { Experiment } from '../config/experiment.js';
import { followJournal, type JournalFollower } from '../tracking/follow-journal.js';

/** Time that the rest of the journals may take after the last trial has ended, and where the server was out of reach. */
const DRAIN_MS = 60_000;
const DRAIN_OUTAGE_MS = 5_000;

export interface Tracking {
  /** Follows the journal of a run folder; once for each. */
  follow(folder: string): void;
  /** Ships what is left. Never rejects. */
  finish(): Promise<void>;
}

/** Tracking for an experiment, or undefined when neither the file nor MLFLOW_TRACKING_URI names a server. */
export function followWithMlflow(experiment: Experiment, note: (line: string) => void): Tracking | undefined {
  const uri = experiment.tracking?.mlflow?.trackingUri ?? process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') return undefined;
  const client = createMlflowClient(uri);
  const followers = new Map<string, JournalFollower>();
  let told = 0;
  return {
    follow(folder) {
      if (followers.has(folder)) return;
      const onProblem = ({ message }: { message: string }) => {
        // One outage concerns every trial; said a few times is enough.
        if (told++ < 3) note(`MLflow: ${message} (training goes on; \`oneshot sync\` ships the rest)`);
      };
      followers.set(folder, followJournal({ client, folder, onProblem }));
    },
    async finish() {
      const reports = await Promise.all([...followers.values()].map((follower) => follower.drain(told === 0 ? DRAIN_MS : DRAIN_OUTAGE_MS)));
      const behind = reports.filter(({ isComplete }) => !isComplete).length;
      const points = reports.reduce((sum, { sent }) => sum + sent.points, 0);
      if (behind > 0)
        note(
          `MLflow: ${behind} of ${reports.length} runs are not complete at the server: \`oneshot sync\` ships the rest`,
        );
      else if (reports.length > 0)
        note(
          `MLflow: ${points} points of ${reports.length} ${reports.length === 1 ? 'run' : 'runs'} shipped to ${client.baseUrl}`,
        );
    },
  };
}

/** A client for the server at `uri`, with the credentials of the environment. */
export function createMlflowClient(uri: string): MlflowClient {
  return MlflowClient.fromEnvironment({}, { ...process.env, MLFLOW_TRACKING_URI: uri });
}
