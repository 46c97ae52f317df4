/* Every part of the client against a real MLflow server. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { collect, isMlflowError, type Metric, MlflowClient } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MlflowServer,
  mlflowVersion,
  startMlflowServer,
} from '../../../../test/integration/support/mlflow-server.js';

let server: MlflowServer;
let client: MlflowClient;
let experimentId: string;
let folder: string;

beforeAll(async () => {
  server = await startMlflowServer();
  client = new MlflowClient(server.uri);
  experimentId = (await client.experiments.getOrCreate('client-test')).experimentId;
  folder = await mkdtemp(join(tmpdir(), 'mlflow-ts-client-'));
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const code = (expected: string) => expect.objectContaining({ name: 'MlflowError', code: expected });

/** A GET with a Host header of its own, which fetch does not allow. */
async function getWithHost(url: string, host: string): Promise<Response> {
  return await new Promise((resolve, reject) => {
    get(url, { headers: { host } }, async (answer) => {
      resolve(new Response(await readText(answer), { status: answer.statusCode }));
    }).once('error', reject);
  });
}

describe('server', () => {
  it('tells its version and what it can do', async () => {
    expect(await client.server.isHealthy()).toBe(true);
    const features = await client.server.features();
    expect(features).toMatchObject({ version: mlflowVersion, storeType: 'SqlStore', loggedModels: true });
  });

  it('is told apart from another page by its 404', async () => {
    const wrong = new MlflowClient(`${server.uri}/somewhere`);
    await expect(wrong.runs.get('0')).rejects.toThrow(code('NOT_MLFLOW'));
  });

  it('refuses a foreign host name with the fix in the message', async () => {
    const foreign = new MlflowClient(server.uri, { fetch: (url) => getWithHost(url, 'mlflow:5000') });
    const error = await foreign.runs.get('0').catch((thrown: unknown) => thrown);
    expect(error).toEqual(code('HOST_NOT_ALLOWED'));
    expect(String(error)).toContain('--allowed-hosts');
  });
});

describe('experiments', () => {
  it('are made once however many ask at the same moment', async () => {
    const clients = Array.from({ length: 8 }, () => new MlflowClient(server.uri));
    const found = await Promise.all(clients.map((each) => each.experiments.getOrCreate('raced')));
    expect(new Set(found.map((each) => each.experimentId)).size).toBe(1);
  });

  it('say that a name belongs to a deleted one, and restore it when asked', async () => {
    const made = await client.experiments.getOrCreate('to be deleted');
    await client.experiments.delete(made.experimentId);
    await expect(client.experiments.getOrCreate('to be deleted')).rejects.toThrow(code('DELETED'));
    await expect(client.runs.create({ experimentId: made.experimentId })).rejects.toThrow(code('DELETED'));
    const restored = await client.experiments.getOrCreate('to be deleted', { onDeleted: 'restore' });
    expect(restored).toMatchObject({ experimentId: made.experimentId, lifecycleStage: 'active' });
    expect((await client.runs.create({ experimentId: made.experimentId })).status).toBe('RUNNING');
  });

  it('hide the raw SQL that the server answers to a taken name', async () => {
    const error = await client.experiments.create('client-test').catch((thrown: unknown) => thrown);
    expect(error).toEqual(code('ALREADY_EXISTS'));
    expect(String(error)).not.toMatch(/INSERT|UNIQUE|sqlite/i);
  });

  it('keep tags and are found by search', async () => {
    await client.experiments.setTag(experimentId, 'mlflow.note.content', '# Notes\n'.repeat(1500));
    const found = await collect(client.experiments.search({ filter: "name = 'client-test'" }));
    expect(found.map((each) => each.experimentId)).toEqual([experimentId]);
    expect(found[0]?.tags['mlflow.note.content']).toHaveLength(12_000);
  });
});

describe('runs', () => {
  it('go from creation to their end with their times and tags', async () => {
    const parent = await client.runs.create({ experimentId, runName: 'parent' });
    const made = await client.runs.create({
      experimentId,
      runName: 'child',
      startTime: 1_700_000_000_000,
      tags: { colour: 'green' },
      parentRunId: parent.runId,
    });
    await client.runs.terminate(made.runId, 'FAILED', { endTime: 1_700_000_001_000 });
    expect(await client.runs.get(made.runId)).toMatchObject({
      runName: 'child',
      status: 'FAILED',
      startTime: 1_700_000_000_000,
      endTime: 1_700_000_001_000,
      tags: { colour: 'green', 'mlflow.parentRunId': parent.runId },
    });
  });

  it('are found page by page, and by a tag that holds a quote', async () => {
    const value = "it's a tag";
    for (let index = 0; index < 5; index++) {
      await client.runs.create({ experimentId, runName: `page ${index}`, tags: { 'page.set/a': value } });
    }
    const options = { experimentIds: [experimentId], filter: "tags.`page.set/a` LIKE 'it%'", pageSize: 2 };
    const all = await collect(client.runs.search(options));
    expect(all.map((run) => run.runName).sort()).toEqual(['page 0', 'page 1', 'page 2', 'page 3', 'page 4']);
    expect(await collect(client.runs.search({ ...options, limit: 3 }))).toHaveLength(3);
    expect(await client.runs.findByTag([experimentId], 'page.set/a', value)).toHaveLength(5);
    expect(await client.runs.findByTag([experimentId], 'page.set/a', 'nothing')).toEqual([]);
  });

  it('with one identity become one run, the lowest id, when several were made', async () => {
    const identity = { key: 'test.uid', value: 'b0c1' };
    const twins = await Promise.all(
      [1, 2, 3].map(() => client.runs.create({ experimentId, tags: { [identity.key]: identity.value } })),
    );
    const lowest = twins.map((run) => run.runId).sort()[0];
    const { run, created, deletedRunIds } = await client.runs.findOrCreate({ experimentId, identity });
    expect({ runId: run.runId, created, deleted: deletedRunIds.length }).toEqual({
      runId: lowest,
      created: false,
      deleted: 2,
    });
    await expect(client.log.tags(deletedRunIds[0] as string, { a: 'b' })).rejects.toThrow(code('DELETED'));
    const racing = await Promise.all(
      Array.from({ length: 6 }, () =>
        new MlflowClient(server.uri).runs.findOrCreate({ experimentId, identity: { key: 'test.uid', value: 'raced' } }),
      ),
    );
    const left = await client.runs.findByTag([experimentId], 'test.uid', 'raced');
    expect(racing.length).toBe(6);
    expect(left).toHaveLength(1);
  });

  it('that do not exist are named as missing', async () => {
    await expect(client.runs.get('0'.repeat(32))).rejects.toThrow(code('NOT_FOUND'));
  });
});

describe('log', () => {
  it('splits a batch far over every limit and stores all of it', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const metrics = Array.from(
      { length: 2500 },
      (_, step): Metric => ({ key: 'train/loss', value: step / 7, step, timestamp: 1000 + step }),
    );
    const numbered = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`entry.${index}`, `value ${index}`]));
    const result = await client.log.batch(runId, { metrics, params: numbered(250), tags: numbered(130) });
    expect(result).toMatchObject({ entries: 2880, adjustments: [], refused: [] });
    const run = await client.runs.get(runId);
    expect(run.params).toEqual(numbered(250));
    expect(run.tags).toMatchObject(numbered(130));
    const history = await collect(client.runs.metricHistory(runId, 'train/loss', { pageSize: 700 }));
    expect(history.map(({ step, value, timestamp }) => ({ step, value, timestamp }))).toEqual(
      metrics.map(({ step, value, timestamp }) => ({ step, value, timestamp })),
    );
  });

  it('doubles nothing when the same batch is sent again', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const metrics = Array.from({ length: 300 }, (_, step) => ({
      key: `m${step % 3}`,
      value: step,
      step,
      timestamp: 5,
    }));
    for (let time = 0; time < 3; time++) await client.log.batch(runId, { metrics, params: { a: '1' } });
    expect(await collect(client.runs.metricHistory(runId, 'm1'))).toHaveLength(100);
  });

  it('keeps doubles exact, negative steps, and NaN when it is told to send it', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const values = [0.1, 0.30000000000000004, 5e-324, 1.7976931348623157e308, -1e-7];
    const metrics = values.map((value, index) => ({ key: 'x', value, step: index - 2, timestamp: 0 }));
    await client.log.batch(runId, { metrics });
    await client.log.batch(
      runId,
      { metrics: [{ key: 'y', value: Number.NaN, step: 0, timestamp: 0 }] },
      { nonFinite: 'send' },
    );
    const read = await collect(client.runs.metricHistory(runId, 'x'));
    expect(read.map((metric) => metric.value)).toEqual(values);
    expect(read.map((metric) => metric.step)).toEqual([-2, -1, 0, 1, 2]);
    expect((await collect(client.runs.metricHistory(runId, 'y'))).map((metric) => metric.value)).toEqual([Number.NaN]);
  });

  it('leaves non-finite points out by default, marks their steps and tags the first one', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const point = (value: number, step: number) => ({ key: 'train/loss', value, step, timestamp: 10 + step });
    const result = await client.log.batch(runId, {
      metrics: [point(1, 1), point(Number.NaN, 2), point(Number.POSITIVE_INFINITY, 3)],
    });
    expect(result.adjustments.map((adjustment) => adjustment.kind)).toEqual([
      'skipped-non-finite',
      'skipped-non-finite',
    ]);
    await client.log.batch(runId, { metrics: [point(Number.NaN, 4)] });
    await new MlflowClient(server.uri).log.batch(runId, { metrics: [point(Number.NaN, 5)] });
    const run = await client.runs.get(runId);
    expect(run.tags['run.first_nonfinite']).toBe('train/loss@2');
    const marked = await collect(client.runs.metricHistory(runId, 'nonfinite/train/loss'));
    expect(marked.map((metric) => metric.step)).toEqual([2, 3, 4, 5]);
    expect(run.latestMetrics['train/loss']?.value).toBe(1);
  });

  it('sends keys and values at their limits that the server stores unchanged', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const key = `${'k'.repeat(400)}`;
    const result = await client.log.batch(runId, {
      params: { 'a//b/../c@d': 'x', 'ä 漢字/b.c-d:e': 'kept', long: '𝒳'.repeat(7000), empty: '' },
      tags: { [key]: 'y', torn: 'half \ud800 and nul \0' },
    });
    expect(result.adjustments.map(({ kind }) => kind).sort()).toEqual([
      'renamed',
      'renamed',
      'replaced-characters',
      'truncated',
    ]);
    const run = await client.runs.get(runId);
    expect(run.params).toEqual({ 'a/b/__/c_d': 'x', 'ä 漢字/b.c-d:e': 'kept', long: '𝒳'.repeat(6000), empty: '' });
    expect(run.tags.torn).toBe('half \ufffd and nul \ufffd');
    expect(Object.keys(run.tags).some((name) => name.length === 250 && name.startsWith('kkk'))).toBe(true);
  });

  it('names a parameter that would change, or isolates it and stores the rest', async () => {
    const { runId } = await client.runs.create({ experimentId });
    await client.log.params(runId, { epochs: 10 });
    const next = { params: { epochs: '20', seed: '1' }, metrics: [{ key: 'a', value: 1, step: 0, timestamp: 0 }] };
    await expect(client.log.batch(runId, next)).rejects.toThrow(code('PARAM_CHANGED'));
    const result = await client.log.batch(runId, next, { onRefused: 'isolate' });
    expect(result.refused.map(({ kind, key }) => ({ kind, key }))).toEqual([{ kind: 'param', key: 'epochs' }]);
    const run = await client.runs.get(runId);
    expect(run.params).toEqual({ epochs: '10', seed: '1' });
    expect(run.latestMetrics.a?.value).toBe(1);
  });

  it('links data sets with their context', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const dataset = {
      name: 'omniglot',
      digest: 'a'.repeat(36),
      sourceType: 'local',
      source: '{}',
      context: 'training',
    };
    for (let time = 0; time < 2; time++) await client.log.inputs(runId, [dataset]);
    expect((await client.runs.get(runId)).datasets).toEqual([{ ...dataset, profile: undefined, schema: undefined }]);
    await expect(client.log.inputs(runId, [{ ...dataset, digest: 'a'.repeat(37) }])).rejects.toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  it('removes tags', async () => {
    const { runId } = await client.runs.create({ experimentId, tags: { gone: 'soon' } });
    await client.log.deleteTag(runId, 'gone');
    expect((await client.runs.get(runId)).tags.gone).toBeUndefined();
    await expect(client.log.deleteTag(runId, 'gone')).rejects.toThrow(code('NOT_FOUND'));
  });
});

describe('artifacts', () => {
  it('go up and come back with every name that the rules allow', async () => {
    const run = await client.runs.create({ experimentId });
    const names = ['a b/c+d.txt', "it's & that?.txt", 'ünï/漢字.txt', 'x:y.txt', `${'n'.repeat(250)}.txt`, 'empty.bin'];
    for (const name of names) await client.artifacts.upload(run, name, { bytes: name === 'empty.bin' ? '' : name });
    const walked = await collect(client.artifacts.walk(run.runId));
    expect(walked.map((file) => file.path).sort()).toEqual([...names].sort());
    for (const name of names.slice(0, -1)) {
      expect(new TextDecoder().decode(await client.artifacts.download(run, name))).toBe(name);
    }
    expect(await client.artifacts.list(run, 'a b')).toEqual([{ path: 'a b/c+d.txt', isDirectory: false, size: 11 }]);
    expect(await client.artifacts.list(run, 'missing')).toEqual([]);
    await client.artifacts.delete(run, 'empty.bin');
    await expect(client.artifacts.download(run, 'empty.bin')).rejects.toThrow(code('NOT_FOUND'));
  });

  it('carry files and streams of some megabytes byte for byte', async () => {
    const run = await client.runs.create({ experimentId });
    const bytes = new Uint8Array(5_000_000).map((_, index) => (index * 31) % 251);
    await writeFile(join(folder, 'weights.bin'), bytes);
    await client.artifacts.uploadFile(run, join(folder, 'weights.bin'), 'model/weights.bin');
    async function* pieces() {
      for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000);
    }
    await client.artifacts.upload(run, 'streamed.bin', { stream: pieces() });
    await client.artifacts.downloadFile(run, 'model/weights.bin', join(folder, 'back/weights.bin'));
    expect(Buffer.compare(await readFile(join(folder, 'back/weights.bin')), bytes)).toBe(0);
    expect(Buffer.compare(await client.artifacts.download(run, 'streamed.bin'), bytes)).toBe(0);
  });

  it('of a server without a proxy lie on its disk', async () => {
    const location = join(folder, 'plain store');
    const local = await client.experiments.getOrCreate('local artifacts', { artifactLocation: location });
    const run = await client.runs.create({ experimentId: local.experimentId });
    await client.artifacts.upload(run, 'deep/note.txt', { bytes: 'here' });
    expect(await readFile(`${run.artifactUri}/deep/note.txt`, 'utf8')).toBe('here');
    expect(await collect(client.artifacts.walk(run))).toEqual([{ path: 'deep/note.txt', isDirectory: false, size: 4 }]);
  });
});

describe('logged models and the registry', () => {
  it('take a model from its folder to a version with an alias', async () => {
    const run = await client.runs.create({ experimentId });
    const modelFolder = join(folder, 'model');
    await mkdir(join(modelFolder, 'weights'), { recursive: true });
    await writeFile(join(modelFolder, 'model.json'), '{}');
    await writeFile(join(modelFolder, 'weights', 'shard1.bin'), new Uint8Array([1, 2, 3]));
    const params = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`p${index}`, String(index)]));
    const model = await client.models.log({
      experimentId,
      name: 'twin-network',
      modelType: 'siamese',
      sourceRunId: run.runId,
      params,
      tags: { engine: 'cpu' },
      folder: modelFolder,
      step: 7,
    });
    expect(model).toMatchObject({ status: 'LOGGED_MODEL_READY', sourceRunId: run.runId });
    await client.log.outputs(run.runId, [{ modelId: model.modelId, step: 7 }]);
    const read = await client.models.get(model.modelId);
    expect(read.params).toEqual(params);
    expect(read.tags.engine).toBe('cpu');
    const files = await collect(client.artifacts.walk(model.modelId));
    expect(files.map((file) => file.path)).toEqual(['model.json', 'weights/shard1.bin']);
    await client.models.tags(model.modelId, { reviewed: 'yes' });
    const found = await collect(client.models.search({ experimentIds: [experimentId] }));
    expect(found.map((each) => each.tags.reviewed)).toEqual(['yes']);
    await client.log.batch(run.runId, {
      metrics: [{ key: 'acc', value: 1, step: 7, timestamp: 1, modelId: model.modelId }],
    });

    await client.registry.getOrCreate('twin', { description: 'twins' });
    expect((await client.registry.getOrCreate('twin')).description).toBe('twins');
    const version = await client.registry.createVersion({
      name: 'twin',
      source: `models:/${model.modelId}`,
      runId: run.runId,
      modelId: model.modelId,
    });
    expect(version).toMatchObject({ version: '1', status: 'READY' });
    await client.registry.setAlias('twin', 'champion', '1');
    expect((await client.registry.getVersionByAlias('twin', 'champion')).version).toBe('1');
    expect((await client.registry.get('twin')).aliases).toEqual({ champion: '1' });
    expect(await collect(client.registry.searchVersions("name = 'twin'"))).toHaveLength(1);
    const measured = await client.models.get(model.modelId);
    expect(measured.metrics).toMatchObject([{ key: 'acc', value: 1, step: 7, runId: run.runId }]);
    expect((await client.runs.get(run.runId)).modelOutputs).toEqual([{ modelId: model.modelId, step: 7 }]);
    await client.models.deleteTag(model.modelId, 'reviewed');
    expect((await client.models.get(model.modelId)).tags).not.toHaveProperty('reviewed');
    await client.registry.deleteAlias('twin', 'champion');
    const missing = await client.registry.getVersionByAlias('twin', 'champion').catch((error: unknown) => error);
    expect(isMlflowError(missing, 'NOT_FOUND', 'INVALID_VALUE')).toBe(true);
  });

  it('change and end: search, descriptions, tags, names, deletions', async () => {
    const { registry } = client;
    await registry.getOrCreate('words', { tags: { team: 'vision' } });
    const { runId, artifactUri } = await client.runs.create({ experimentId });
    const source = `${artifactUri}/model`;
    await registry.createVersion({ name: 'words', source, runId });
    expect(await registry.getDownloadUri('words', '1')).toBe(source);
    await registry.setVersionTags('words', '1', { stage: 'trial', old: 'yes' });
    await registry.deleteVersionTag('words', '1', 'old');
    expect(await registry.updateVersion('words', '1', { description: 'the first' })).toMatchObject({
      description: 'the first',
    });
    expect((await registry.getVersion('words', '1')).tags).toEqual({ stage: 'trial' });

    await registry.setTags('words', { language: 'none', team: 'letters' });
    await registry.deleteTag('words', 'language');
    await registry.update('words', { description: 'of characters' });
    const found = await collect(registry.search({ filter: "tags.`team` = 'letters'" }));
    expect(found).toMatchObject([{ name: 'words', description: 'of characters', tags: { team: 'letters' } }]);
    await registry.rename('words', 'letters');
    await expect(registry.get('words')).rejects.toThrow(code('NOT_FOUND'));
    await registry.deleteVersion('letters', '1');
    expect(await collect(registry.searchVersions("name = 'letters'"))).toEqual([]);
    await registry.delete('letters');
    expect(await collect(registry.search({ filter: "name = 'letters'" }))).toEqual([]);
  });
});

describe('histories of many runs', () => {
  it('come in one call, thinned where they are long, empty where there are none', async () => {
    const runs = [];
    for (let index = 0; index < 3; index++) runs.push((await client.runs.create({ experimentId })).runId);
    const [long, short, none] = runs as [string, string, string];
    const points = Array.from({ length: 400 }, (_, step) => ({ key: 'loss', value: step / 8, step, timestamp: step }));
    await client.log.batch(long, { metrics: points });
    await client.log.batch(short, { metrics: points.slice(0, 2) });
    const histories = await client.runs.metricHistories(runs, 'loss', { maxPoints: 50 });
    expect([...histories.keys()]).toEqual(runs);
    expect(histories.get(short)).toMatchObject([{ value: 0 }, { value: 0.125, step: 1 }]);
    expect(histories.get(none)).toEqual([]);
    const thinned = histories.get(long)?.map(({ step }) => step) ?? [];
    // The server keeps both ends, and may give a few points more than it is asked for.
    expect([thinned[0], thinned.at(-1)]).toEqual([0, 399]);
    expect(thinned.length).toBeGreaterThan(40);
    expect(thinned.length).toBeLessThan(60);
  });
});

describe('pictures, tables, documents', () => {
  // One grey pixel.
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  );

  it('lie where MLflow looks for them, and come back as a folder', async () => {
    const { runId } = await client.runs.create({ experimentId });
    const uuid = '00000000-0000-4000-8000-000000000000';
    const picture = { key: 'validation/pairs', step: 3, timestamp: 5, uuid, image: { bytes: png } };
    await client.media.logImage(runId, picture);
    await client.media.logImage(runId, picture);
    await client.media.logTable(runId, 'eval/a.json', { columns: ['task', 'accuracy'], data: [['x', 0.5]] });
    await client.media.logTable(runId, 'eval/b.json', { columns: [], data: [] });
    await client.media.logTable(runId, 'eval/a.json', { columns: ['task'], data: [['y']] });
    await client.media.logDict(runId, 'settings.json', { rate: 0.1 });
    await client.media.logText(runId, 'notes/one.txt', 'one');

    const { tags } = await client.runs.get(runId);
    expect(tags['mlflow.loggedImages']).toBe('true');
    expect(JSON.parse(tags['mlflow.loggedArtifacts'] ?? '')).toEqual([
      { path: 'eval/a.json', type: 'table' },
      { path: 'eval/b.json', type: 'table' },
    ]);
    const back = join(folder, 'back-again');
    const stem = `images/validation~pairs+step+3+timestamp+5+${uuid}`;
    expect(await client.artifacts.downloadFolder(runId, '', back)).toEqual([
      'eval/a.json',
      'eval/b.json',
      `${stem}+compressed.png`,
      `${stem}.png`,
      'notes/one.txt',
      'settings.json',
    ]);
    expect(JSON.parse(await readFile(join(back, 'eval/a.json'), 'utf8'))).toEqual({ columns: ['task'], data: [['y']] });
    expect(await client.artifacts.downloadFolder(runId, 'notes', join(back, 'only'))).toEqual(['notes/one.txt']);
    expect(await readFile(join(back, 'only/one.txt'), 'utf8')).toBe('one');
  });

  it('are refused where they do not fit', async () => {
    const { media } = client;
    await expect(media.logTable('r', 'a.json', { columns: ['a'], data: [[1, 2]] })).rejects.toThrow(/data\[0\]/);
    await expect(media.logTable('r', 'a.csv', { columns: [], data: [] })).rejects.toThrow(/\.json/);
    await expect(media.logDict('r', 'a.yaml', {})).rejects.toThrow(code('INVALID_ARGUMENT'));
  });
});

describe('uploads in parts', () => {
  it('are whole where the store knows none: a disk answers 501', async () => {
    const small = new MlflowClient(server.uri, { multipart: { minimumBytes: 1000, partBytes: 400 } });
    const run = await small.runs.create({ experimentId });
    const bytes = Buffer.alloc(1500, 7);
    await writeFile(join(folder, 'large.bin'), bytes);
    await small.artifacts.uploadFile(run, join(folder, 'large.bin'));
    expect(Buffer.compare(await small.artifacts.download(run, 'large.bin'), bytes)).toBe(0);
  });
});
