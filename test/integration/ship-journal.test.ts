/*
 * Journals against a real MLflow server: all that they can hold, and many points. Afterwards the points in the server's
 * own database are compared with the journals', one by one.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect, MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shipJournal } from '../../src/tracking/ship-journal.js';
import { shipJournals } from '../../src/tracking/ship-journals.js';
import { TENTH_SHIP } from '../support/fault-counts.js';
import { pointsInDatabase, pointsInJournal, runsOf } from './support/compare-points.js';
import { testManyPoints } from './support/many-points.js';
import { type MlflowServer, startMlflowServer } from './support/mlflow-server.js';
import { startJournal, writeFinishedRun } from './support/write-journal.js';

let server: MlflowServer;
let client: MlflowClient;
let root: string;

beforeAll(async () => {
  server = await startMlflowServer();
  client = new MlflowClient(server.uri);
  root = mkdtempSync(join(tmpdir(), 'oneshot-ship-real-'));
});

afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

function makeFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
}

describe('a journal on a real server', () => {
  it('becomes a run with its points, files, picture, table, data set and model, however often it is shipped', async () => {
    const folder = makeFolder('whole');
    writeFileSync(join(folder, 'pairs.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
    writeFileSync(join(folder, 'table.json'), '{"columns":["a"],"data":[[1]]}');
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'model', 'weights.safetensors'), new Uint8Array(1000));
    const journal = startJournal(folder, 'whole-uid', 'whole', 'sweep-uid');
    for (let step = 1; step <= 1500; step++) {
      journal.append({ type: 'metric', key: 'train/loss', step, value: Math.exp(-step / 100) });
    }
    journal.append({ type: 'image', key: 'val/pairs', step: 10, path: 'pairs.png' });
    journal.append({ type: 'table', path: 'table.json', artifactPath: 'eval/table.json' });
    journal.append({
      type: 'dataset',
      name: 'glyphs',
      digest: 'abc',
      sourceType: 'code',
      source: '{}',
      context: 'training',
    });
    journal.append({ type: 'model', name: 'twin', path: 'model', step: 1500 });
    journal.append({ type: 'status', status: 'FINISHED' });
    journal.close();
    const sweep = makeFolder('sweep');
    writeFinishedRun(sweep, 'sweep-uid', 'whole', 1);

    for (let time = 0; time < 3; time++) {
      const outcomes = await shipJournals({ client, folders: [folder, sweep] });
      const results = outcomes.map((outcome) => ('report' in outcome ? outcome.report.isComplete : outcome.error));
      expect(results).toEqual([true, true]);
      rmSync(join(folder, 'mlflow.json'));
    }
    const runs = await runsOf(client, 'whole');
    expect(runs.map((run) => run.runName).sort()).toEqual(['sweep-uid', 'whole-uid']);
    const run = runs.find((each) => each.runName === 'whole-uid');
    if (run === undefined) throw new Error('the run is missing');
    const parent = runs.find((each) => each.runName === 'sweep-uid');
    expect(run).toMatchObject({
      status: 'FINISHED',
      params: { 'training.batchSize': '32', seed: '1' },
      tags: { 'mlflow.parentRunId': parent?.runId, 'mlflow.loggedImages': 'true' },
    });
    expect(run.datasets.map((dataset) => dataset.name)).toEqual(['glyphs']);
    expect(await pointsInDatabase(server, run.runId)).toEqual(pointsInJournal(folder));
    const files = await collect(client.artifacts.walk(run));
    expect(files.map((file) => file.path.replace(/\d{13}\+[0-9a-f-]{36}/, '…'))).toEqual([
      'eval/table.json',
      'images/val~pairs+step+10+timestamp+…+compressed.png',
      'images/val~pairs+step+10+timestamp+….png',
    ]);
    const models = await collect(client.models.search({ experimentIds: [run.experimentId] }));
    expect(models.map((model) => model.status)).toEqual(['LOGGED_MODEL_READY']);
  });

  it('shipped by four processes at once is one run with every point once', async () => {
    const folder = makeFolder('raced');
    writeFinishedRun(folder, 'raced-uid', 'raced', 1200);
    const folders = [0, 1, 2, 3].map((number) => {
      cpSync(folder, join(root, `raced-${number}`), { recursive: true });
      return join(root, `raced-${number}`);
    });
    await Promise.all(folders.map((copy) => shipJournal({ client: new MlflowClient(server.uri), folder: copy })));
    const [run, ...others] = await runsOf(client, 'raced');
    expect(others).toEqual([]);
    expect(run?.status).toBe('FINISHED');
    expect(await pointsInDatabase(server, run?.runId ?? '')).toEqual(pointsInJournal(folder));
  });
});

testManyPoints(TENTH_SHIP);
