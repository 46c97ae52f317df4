// The MLflow server is killed and started again fifty times at random moments while eight trials log; the integration
// tests do the same five times with four.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logThroughOutages } from '../integration/support/log-through-outages.js';
import { type MlflowServer, startMlflowServer } from '../integration/support/mlflow-server.js';

let server: MlflowServer;
let root: string;

beforeAll(async () => {
  server = await startMlflowServer();
  root = mkdtempSync(join(tmpdir(), 'oneshot-soak-'));
});
afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

test('fifty outages while eight trials log lose and double nothing', async () => {
  const startedAt = performance.now();
  const points = await logThroughOutages({ server, root, experiment: 'soak', trials: 8, outages: 50 });
  console.log(
    `${points} points through 50 outages in ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`,
  );
  expect(points).toBeGreaterThan(20_000);
});
