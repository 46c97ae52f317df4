// `oneshot run` with a real MLflow server: what the server has afterwards is what the journal holds.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collect, MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder, runCommand, runFoldersOf } from '../support/run-command.js';
import { type MlflowServer, startMlflowServer } from './support/mlflow-server.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(async () => {
  await server.stop();
});

interface Point {
  readonly type: string;
  readonly key: string;
  readonly step: number;
  readonly value: number;
  readonly time: number;
}

function pointsOf(folder: string): Point[] {
  return readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Point)
    .filter(({ type }) => type === 'metric');
}

async function findRun(client: MlflowClient, experiment: string) {
  const found = await client.experiments.findByName(experiment);
  const runs = [];
  for await (const run of client.runs.search({ experimentIds: [found!.experimentId] })) runs.push(run);
  return runs;
}

describe('a run with an MLflow server', () => {
  test('leaves every point, parameter and artifact there, under the times of the journal', async () => {
    const runs = newFolder();
    const result = await runCommand(['run', TINY, '--runs', runs], { env: { MLFLOW_TRACKING_URI: server.uri } });
    expect(result.code, result.stderr).toBe(0);
    const [folder] = runFoldersOf(runs, 'tiny') as [string];
    const client = new MlflowClient(server.uri);
    const [run, ...more] = await findRun(client, 'tiny');
    expect(more).toEqual([]);
    expect(run?.status).toBe('FINISHED');
    const journal = pointsOf(folder);
    const keys = [...new Set(journal.map(({ key }) => key))];
    for (const key of keys) {
      const history = [];
      for await (const point of client.runs.metricHistory(run!.runId, key)) history.push(point);
      const expected = journal
        .filter((point) => point.key === key)
        .map(({ step, value, time }) => ({ step, value, timestamp: time }));
      expect(
        history.map(({ step, value, timestamp }) => ({ step, value, timestamp })).sort((a, b) => a.step - b.step),
      ).toEqual(expected);
    }
    expect(journal.length).toBeGreaterThan(20);
    expect(run?.params).toMatchObject({ 'training.optimizer.learningRate': '0.003', seed: '1' });
    const listed = await client.artifacts.list(run!);
    expect(listed.map(({ path }) => path).sort()).toEqual([
      'experiment.yaml',
      'images',
      'provenance.json',
      'results-table.json',
      'results.json',
    ]);
    const [model, ...models] = await collect(client.models.search({ experimentIds: [run!.experimentId] }));
    expect(models).toEqual([]);
    expect(model).toMatchObject({ status: 'LOGGED_MODEL_READY', sourceRunId: run!.runId });
    const files = await collect(client.artifacts.walk(model!));
    expect(files.map(({ path }) => path).sort()).toEqual(['best.safetensors', 'experiment.yaml']);
  });

  test('a server that is not there stops nothing, and `sync` ships the rest, once', async () => {
    const runs = newFolder();
    const env = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' };
    const result = await runCommand(
      ['run', TINY, '--runs', runs, '--set', 'tracking.mlflow.experiment=later', '--set', 'training.maxEpochs=1'],
      { env },
    );
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain('oneshot sync');
    const first = await runCommand(['sync', runs, '--tracking-uri', server.uri, '--json']);
    expect(first.code, first.stderr).toBe(0);
    const [folder] = runFoldersOf(runs, 'tiny') as [string];
    expect(JSON.parse(first.stdout).sent.points).toBe(pointsOf(folder).length);
    const second = await runCommand(['sync', runs, '--tracking-uri', server.uri, '--json']);
    expect(JSON.parse(second.stdout).sent.points).toBe(0);
    expect(await findRun(new MlflowClient(server.uri), 'later')).toHaveLength(1);
  });
});
