// Trials that log while the server is killed and started again, at random moments: the same for a few outages in the
// integration tests and for many in the soak.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlflowClient } from 'mlflow-ts-client';
import { expect } from 'vitest';
import { followJournal } from '../../../src/tracking/follow-journal.js';
import { expectEveryPointOnce } from './compare-points.js';
import type { MlflowServer } from './mlflow-server.js';
import { startJournal } from './write-journal.js';

export interface OutageOptions {
  readonly server: MlflowServer;
  /** Where the journals are written. */
  readonly root: string;
  readonly experiment: string;
  readonly trials: number;
  readonly outages: number;
}

/** Steps of a trial at most: enough for a backlog after each outage, and no test of the machine's speed. */
const MOST_STEPS_PER_OUTAGE = 200;

/** Fails unless the server has every point of every trial exactly once afterwards. Returns the number of points. */
export async function logThroughOutages(options: OutageOptions): Promise<number> {
  const { server, root, experiment, trials, outages } = options;
  const folders = new Map(
    Array.from({ length: trials }, (_, number) => {
      const uid = `${experiment}-${number}`;
      return [uid, join(root, uid)] as const;
    }),
  );
  const client = new MlflowClient(server.uri, { retry: { maxRetries: 1, baseDelayMs: 50 } });
  const followers = [...folders.values()].map((folder) =>
    followJournal({ client, folder, pollMs: 50, maxPauseMs: 1000 }),
  );
  let isTraining = true;
  const train = async (uid: string, folder: string) => {
    const journal = startJournal(folder, uid, experiment);
    for (let step = 1; isTraining; ) {
      await sleep(20);
      if (step > MOST_STEPS_PER_OUTAGE * outages) continue;
      for (const end = step + 5; step < end; step++) {
        journal.append({ type: 'metric', key: 'train/loss', step, value: Math.random() });
        journal.append({ type: 'metric', key: 'train/accuracy', step, value: Math.random() });
      }
      journal.write();
    }
    journal.append({ type: 'status', status: 'FINISHED' });
    journal.close();
  };
  const trainings = [...folders].map(([uid, folder]) => train(uid, folder));
  try {
    for (let outage = 0; outage < outages; outage++) {
      await sleep(300 + Math.random() * 1500);
      await server.kill('SIGKILL');
      await sleep(Math.random() * 500);
      await server.restart();
    }
  } finally {
    isTraining = false;
    await Promise.all(trainings);
  }
  const reports = await Promise.all(followers.map((follower) => follower.drain(300_000)));
  expect(reports.map((report) => report.isComplete)).toEqual(reports.map(() => true));
  return await expectEveryPointOnce(server, new MlflowClient(server.uri), experiment, folders);
}
