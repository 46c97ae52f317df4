/*
 * Journals against a real MLflow server that is killed and restarted while they ship. Afterwards the points in the
 * server's own database are compared with the journals', one by one.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect, MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followJournal } from '../../src/tracking/follow-journal.js';
import { openJournal, readJournal } from '../../src/tracking/journal.js';
import { shipJournal } from '../../src/tracking/ship-journal.js';
import { shipJournals } from '../../src/tracking/ship-journals.js';
import { findMlflowPython, type MlflowServer, startMlflowServer } from './support/mlflow-server.js';

let server: MlflowServer;
let client: MlflowClient;
let root: string;
let python: string;

beforeAll(async () => {
  python = await findMlflowPython();
  server = await startMlflowServer();
  client = new MlflowClient(server.uri);
  root = mkdtempSync(join(tmpdir(), 'oneshot-ship-real-'));
});

afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

type Point = [key: string, value: number, timestamp: number, step: number];

/** Every point of a run as the server's database has it, in one order. */
function pointsInDatabase(runId: string): Point[] {
  const query = `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("select key, value, timestamp, step, is_nan from metrics where run_uuid = ?", [sys.argv[2]])
print(json.dumps([[k, None if nan else v, t, s] for k, v, t, s, nan in rows]))`;
  const output = execFileSync(python, ['-c', query, server.databasePath, runId], { maxBuffer: 1e9 });
  return sorted(JSON.parse(output.toString()));
}

/** Every point of a journal, in the same order. */
function pointsInJournal(folder: string): Point[] {
  return sorted(
    [...readJournal(join(folder, 'journal.jsonl'))].flatMap(({ event }): Point[] =>
      event.type === 'metric' ? [[event.key, event.value, event.time, event.step]] : [],
    ),
  );
}

function sorted(points: Point[]): Point[] {
  return points.sort((a, b) => a[0].localeCompare(b[0]) || a[3] - b[3] || a[2] - b[2]);
}

function makeFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
}

function startJournal(folder: string, uid: string, experiment: string, parentUid?: string) {
  const journal = openJournal(join(folder, 'journal.jsonl'), { now: Date.now });
  journal.append({ type: 'run', uid, name: uid, experiment, parentUid, tags: { seed: '1' } });
  journal.append({ type: 'status', status: 'RUNNING' });
  journal.append({ type: 'params', values: { 'training.batchSize': '32', seed: '1' } });
  return journal;
}

function writeFinishedRun(folder: string, uid: string, experiment: string, steps: number, parentUid?: string): void {
  const journal = startJournal(folder, uid, experiment, parentUid);
  for (let step = 1; step <= steps; step++) {
    journal.append({ type: 'metric', key: 'train/loss', step, value: Math.exp(-step / 100) });
    journal.append({ type: 'metric', key: 'validation/accuracy', step, value: 1 - 1 / step });
  }
  journal.append({ type: 'status', status: 'FINISHED' });
  journal.close();
}

async function runsOf(experiment: string) {
  const found = await client.experiments.findByName(experiment);
  return found === undefined ? [] : await collect(client.runs.search({ experimentIds: [found.experimentId] }));
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
    const runs = await runsOf('whole');
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
    expect(pointsInDatabase(run.runId)).toEqual(pointsInJournal(folder));
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
    const [run, ...others] = await runsOf('raced');
    expect(others).toEqual([]);
    expect(run?.status).toBe('FINISHED');
    expect(pointsInDatabase(run?.runId ?? '')).toEqual(pointsInJournal(folder));
  });
});

describe('an outage', () => {
  it('of the server, five times while four trials log, loses and doubles nothing', async () => {
    const folders = [0, 1, 2, 3].map((number) => makeFolder(`outage-${number}`));
    const patient = new MlflowClient(server.uri, { retry: { maxRetries: 1, baseDelayMs: 50 } });
    const followers = folders.map((folder) => followJournal({ client: patient, folder, pollMs: 50, maxPauseMs: 1000 }));
    let isTraining = true;
    const train = async (folder: string, number: number) => {
      const journal = startJournal(folder, `outage-uid-${number}`, 'outage');
      let step = 0;
      while (isTraining) {
        await sleep(20);
        // Enough for a backlog after each outage; a slow machine shall not make it a test of its speed.
        if (step >= 4000) continue;
        for (let point = 0; point < 5; point++) {
          step += 1;
          journal.append({ type: 'metric', key: 'train/loss', step, value: Math.random() });
          journal.append({ type: 'metric', key: 'train/accuracy', step, value: Math.random() });
        }
        journal.write();
      }
      journal.append({ type: 'status', status: 'FINISHED' });
      journal.close();
    };
    const trainings = folders.map(train);
    for (let outage = 0; outage < 5; outage++) {
      await sleep(300 + Math.random() * 1500);
      await server.kill('SIGKILL');
      await sleep(Math.random() * 500);
      await server.restart();
    }
    isTraining = false;
    await Promise.all(trainings);
    const reports = await Promise.all(followers.map((follower) => follower.drain(120_000)));
    expect(reports.map((report) => report.isComplete)).toEqual([true, true, true, true]);

    const runs = await runsOf('outage');
    expect(runs.map((run) => run.runName).sort()).toEqual(folders.map((_, number) => `outage-uid-${number}`));
    for (const run of runs) {
      expect(run.status).toBe('FINISHED');
      const folder = folders[Number(run.runName.at(-1))] ?? '';
      const expected = pointsInJournal(folder);
      expect(expected.length).toBeGreaterThan(500);
      expect(pointsInDatabase(run.runId)).toEqual(expected);
    }
  });
});

describe('many points', () => {
  it('of one journal, 100 000, ship in minutes', async () => {
    const folder = makeFolder('large');
    writeFinishedRun(folder, 'large-uid', 'large', 50_000);
    const started = performance.now();
    const report = await shipJournal({ client, folder });
    const seconds = (performance.now() - started) / 1000;
    console.log(`100 000 points in ${seconds.toFixed(1)} s`);
    expect(report).toMatchObject({ isComplete: true, sent: { points: 100_000 } });
    expect(pointsInDatabase(report.runId ?? '')).toEqual(pointsInJournal(folder));
  });
});
