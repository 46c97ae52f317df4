// `oneshot run` with a real MLflow server that asks for a password: what the server has afterwards is what the journal
// holds, and the password is nowhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collect, MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, newFolder, runCommand, runFoldersOf } from '../support/run-command.js';
import { type MlflowServer, requirePassword, startMlflowServer } from './support/mlflow-server.js';

const TINY = resolve(import.meta.dirname, '../fixtures/tiny.yaml');
const PASSWORD = 'correct horse battery';
const TOKEN = 'token-that-nobody-may-see';
let server: MlflowServer;
let client: MlflowClient;
/** What commands are given; the token is of no use here. */
let credentials: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startMlflowServer(requirePassword(PASSWORD));
  client = new MlflowClient(server.uri, { username: 'admin', password: PASSWORD });
  credentials = {
    MLFLOW_TRACKING_USERNAME: 'admin',
    MLFLOW_TRACKING_PASSWORD: PASSWORD,
    MLFLOW_TRACKING_TOKEN: TOKEN,
  };
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

/** Fails when the password or the token is in what a command printed or in any file below the folder. */
function expectNoSecret(folder: string, ...results: CommandResult[]): void {
  const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')]);
  for (const { stdout, stderr } of results) texts.push(['stdout', stdout], ['stderr', stderr]);
  const secrets = [
    PASSWORD,
    encodeURIComponent(PASSWORD),
    TOKEN,
    Buffer.from(`admin:${PASSWORD}`).toString('base64'),
    'wrong-one',
  ];
  const found = texts.flatMap(([name, text = '']) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${name}`),
  );
  expect(texts.length).toBeGreaterThan(8);
  expect(found).toEqual([]);
}

async function findRun(experiment: string) {
  const found = await client.experiments.findByName(experiment);
  const runs = [];
  for await (const run of client.runs.search({ experimentIds: [found!.experimentId] })) runs.push(run);
  return runs;
}

describe('a run with an MLflow server', () => {
  test('leaves every point, parameter and artifact there, under the times of the journal', async () => {
    const runs = newFolder();
    const result = await runCommand(['run', TINY, '--runs', runs, '--set', 'training.maxEpochs=2'], {
      env: { ...credentials, MLFLOW_TRACKING_URI: server.uri },
    });
    expectNoSecret(runs, result);
    expect(result.code, result.stderr).toBe(0);
    const [folder] = runFoldersOf(runs, 'tiny') as [string];
    const [run, ...more] = await findRun('tiny');
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
    expect(run?.params).toMatchObject({ 'training.optimizer.learningRate': '0.003' });
    expect(run?.tags).toMatchObject({ seed: '1', 'oneshot.accuracy_of': 'test/within-alphabet/8-way-1-shot-tta-2' });
    expect(run?.latestMetrics.accuracy?.value).toBe(
      run?.latestMetrics['test/within-alphabet/8-way-1-shot-tta-2']?.value,
    );
    // Where the runs are to be seen: the experiment's page, by a view that is there, and the run's.
    expect(result.stderr).toContain(`${server.uri}/#/experiments/${run?.experimentId}/runs/${run?.runId}`);
    expect(result.stderr).toContain('workflowType=machine_learning&viewStateShareKey=oneshot');
    const { tags } = await client.experiments.get(run!.experimentId);
    expect(Object.keys(tags)).toContain('mlflow.sharedViewState.oneshot');
    expect(tags['mlflow.note.content']).toContain('charts of what was swept');
    const listed = await client.artifacts.list(run!);
    expect(listed.map(({ path }) => path).sort()).toEqual([
      'experiment.yaml',
      'images',
      'predictions',
      'provenance.json',
      'results-table.json',
      'results.json',
    ]);
    const [model, ...models] = await collect(client.models.search({ experimentIds: [run!.experimentId] }));
    expect(models).toEqual([]);
    expect(model).toMatchObject({ status: 'LOGGED_MODEL_READY', sourceRunId: run!.runId });
    const files = await collect(client.artifacts.walk(model!));
    expect(files.map(({ path }) => path).sort()).toEqual([
      'MLmodel',
      'best.safetensors',
      'conda.yaml',
      'experiment.yaml',
      'model.onnx',
      'python_env.yaml',
      'requirements.txt',
    ]);
    // What ranks models: the run's figures, with the data set that each was measured on.
    expect(model?.metrics.find(({ key }) => key === 'accuracy')).toMatchObject({
      value: run?.latestMetrics.accuracy?.value,
      datasetName: 'glyphs-1-test',
    });
    expect(model?.params).toEqual(run?.params);
  });

  test('a server that is not there stops nothing, and `sync` ships the rest, once', async () => {
    const runs = newFolder();
    const env = { MLFLOW_TRACKING_URI: 'http://admin:wrong-one@127.0.0.1:9', MLFLOW_TRACKING_TOKEN: TOKEN };
    const result = await runCommand(
      [
        'run',
        TINY,
        '--runs',
        runs,
        '--set',
        'tracking.mlflow.experiment=later',
        '--set',
        'training.maxEpochs=1',
        '--set',
        'evaluation=[]',
      ],
      { env },
    );
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain('oneshot sync');
    const address = new URL(server.uri);
    address.username = 'admin';
    address.password = 'wrong-one';
    const refused = await runCommand(['sync', runs, '--tracking-uri', address.href]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('MLFLOW_TRACKING_USERNAME');
    address.password = encodeURIComponent(PASSWORD);
    const first = await runCommand(['sync', runs, '--tracking-uri', address.href, '--json']);
    expect(first.code, first.stderr).toBe(0);
    const [folder] = runFoldersOf(runs, 'tiny') as [string];
    expect(JSON.parse(first.stdout).sent.points).toBe(pointsOf(folder).length);
    const second = await runCommand(['sync', runs, '--tracking-uri', server.uri, '--json'], { env: credentials });
    expectNoSecret(runs, result, refused, first, second);
    expect(JSON.parse(second.stdout).sent.points).toBe(0);
    expect(await findRun('later')).toHaveLength(1);
  });
});
