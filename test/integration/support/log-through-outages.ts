// Trials that log while the server is killed and started again at random moments, through a proxy that loses, delays,
// doubles and cuts what passes, on clocks that are set back.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlflowClient } from 'mlflow-ts-client';
import { expect } from 'vitest';
import { followJournal } from '../../../src/tracking/follow-journal.js';
import { expectEveryPointOnce } from './compare-points.js';
import { startFaultyProxy } from './faulty-proxy.js';
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

/** Steps of a trial at most before the next outage: enough for a backlog after each, and no test of the machine's speed. */
const MOST_STEPS_PER_OUTAGE = 200;
/** What is left may take long: the network stays bad. */
const DRAIN_MS = 600_000;

/**
 * Fails unless the server has every point of every trial exactly once afterwards. Returns the number of points and of
 * faults of the network.
 */
export async function logThroughOutages(options: OutageOptions): Promise<{ points: number; met: number }> {
  const { server, root, experiment, trials, outages } = options;
  const folders = new Map(
    Array.from({ length: trials }, (_, number) => {
      const uid = `${experiment}-${number}`;
      return [uid, join(root, uid)] as const;
    }),
  );
  const proxy = await startFaultyProxy({ targetPort: Number(new URL(server.uri).port), seed: outages });
  const client = new MlflowClient(proxy.uri, { retry: { maxRetries: 1, baseDelayMs: 50 } });
  const followers = [...folders.values()].map((folder) =>
    followJournal({ client, folder, pollMs: 50, maxPauseMs: 1000 }),
  );
  let isTraining = true;
  let setBackMs = 0;
  let begunOutages = 1;
  const train = async (uid: string, folder: string) => {
    const journal = startJournal(folder, uid, experiment, undefined, () => Date.now() - setBackMs);
    for (let step = 1; isTraining; ) {
      await sleep(20);
      if (step > MOST_STEPS_PER_OUTAGE * begunOutages) continue;
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
    for (; begunOutages <= outages; begunOutages++) {
      await sleep(300 + Math.random() * 1500);
      await server.kill('SIGKILL');
      await sleep(Math.random() * 500);
      await server.restart();
      setBackMs += 60_000 * Math.random();
    }
  } finally {
    isTraining = false;
    await Promise.all(trainings);
  }
  try {
    const reports = await Promise.all(followers.map((follower) => follower.drain(DRAIN_MS)));
    expect(reports.map((report) => report.isComplete)).toEqual(reports.map(() => true));
  } finally {
    await proxy.close();
  }
  const points = await expectEveryPointOnce(server, new MlflowClient(server.uri), experiment, folders);
  const { none, ...faults } = proxy.counts;
  return { points, met: Object.values(faults).reduce((sum, count) => sum + count, 0) };
}
