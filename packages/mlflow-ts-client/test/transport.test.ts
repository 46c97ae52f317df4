/* The client against a scripted server: retries, time limits, cut connections, headers, TLS. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MlflowClient } from '../src/client.js';
import type { MlflowClientOptions } from '../src/client-options.js';
import {
  type Answer,
  answerJson,
  answerText,
  cutConnection,
  cutInAnswer,
  type ScriptedServer,
  startScriptedServer,
  stayStill,
} from './support/scripted-server.js';

let server: ScriptedServer;
afterEach(async () => {
  await server?.stop();
});

const fastRetry = { baseDelayMs: 1 };
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const runAnswer = answerJson(200, { run: { info: { run_id: 'r1', status: 'RUNNING' } } });
const empty = answerJson(200, {});
const deny = (status: number, headers?: Record<string, string>): Answer => answerJson(status, {}, headers);

async function connect(answers: readonly Answer[], options: MlflowClientOptions = {}): Promise<MlflowClient> {
  server = await startScriptedServer(answers);
  return new MlflowClient(server.uri, { retry: fastRetry, ...options });
}

describe('retries', () => {
  it('bring a request through cut connections, torn answers and overload', async () => {
    const client = await connect([cutConnection, cutInAnswer, deny(503), deny(429, { 'retry-after': '0' }), runAnswer]);
    expect((await client.runs.get('r1')).runId).toBe('r1');
    expect(server.requests).toHaveLength(5);
  });

  it('send the same bytes each time', async () => {
    const client = await connect([cutConnection, deny(502), empty]);
    await client.log.batch('r1', { metrics: [{ key: 'a', value: 0.1, step: 1, timestamp: 2 }], tags: { b: 'c' } });
    expect(new Set(server.requests.map((request) => request.body)).size).toBe(1);
  });

  it('end at the bound and name the number of attempts', async () => {
    const client = await connect([deny(503)], { retry: { ...fastRetry, maxRetries: 3 } });
    await expect(client.runs.get('r1')).rejects.toMatchObject({ code: 'SERVER_ERROR', status: 503, attempts: 4 });
    expect(server.requests).toHaveLength(4);
  });

  it('end early for a 500, which MLflow answers to hopeless requests too', async () => {
    const client = await connect([answerText(500, '<p>Internal Server Error</p>')]);
    await expect(client.runs.get('r1')).rejects.toMatchObject({ status: 500, attempts: 3 });
  });

  it('send again what collided in the database with an equal request of another process', async () => {
    const collided = answerJson(400, {
      error_code: 'BAD_REQUEST',
      message: '(sqlite3.IntegrityError) UNIQUE constraint failed: tags.key, tags.run_uuid',
    });
    const client = await connect([collided, collided, empty]);
    await client.log.batch('r1', { tags: { b: 'c' } });
    expect(new Set(server.requests.map((request) => request.body)).size).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('do not follow refusals', async () => {
    const client = await connect([deny(400)]);
    await expect(client.runs.get('r1')).rejects.toMatchObject({ code: 'INVALID_VALUE', attempts: 1 });
  });

  it('never make a second run after a lost answer', async () => {
    const client = await connect([cutConnection, runAnswer]);
    const failure = client.runs.create({ experimentId: '0' });
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTION_LOST', isAmbiguous: true });
    expect(server.requests).toHaveLength(1);
  });

  it('find the run of a lost answer by its identity', async () => {
    const identity = { key: 'uid', value: 'u1' };
    const found = answerJson(200, {
      runs: [{ info: { run_id: 'made' }, data: { tags: [{ key: 'uid', value: 'u1' }] } }],
    });
    const client = await connect([empty, cutConnection, found]);
    const { run, created } = await client.runs.findOrCreate({ experimentId: '0', identity });
    expect({ runId: run.runId, created }).toEqual({ runId: 'made', created: true });
  });

  it('stop when the caller aborts', async () => {
    const controller = new AbortController();
    const client = await connect([deny(503)], { retry: { baseDelayMs: 60_000 }, onRetry: () => controller.abort() });
    await expect(client.runs.get('r1', { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(client.runs.get('r1', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('connections', () => {
  it('that get no answer end at the time limit', async () => {
    const client = await connect([stayStill], { requestTimeoutMs: 30, retry: { maxRetries: 0 } });
    await expect(client.runs.get('r1')).rejects.toThrow('no complete answer within 30 ms');
  });

  it('to nobody are told apart from lost ones', async () => {
    const client = await connect([empty], { retry: { maxRetries: 0 } });
    await server.stop();
    const failure = client.runs.create({ experimentId: '0' });
    await expect(failure).rejects.toMatchObject({ code: 'UNREACHABLE', isAmbiguous: false });
  });

  it('are capped over all callers', async () => {
    let open = 0;
    let most = 0;
    const client = await connect(
      [
        (response) => {
          open += 1;
          most = Math.max(most, open);
          setTimeout(() => {
            open -= 1;
            response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
          }, 5);
        },
      ],
      { maxConcurrentRequests: 3 },
    );
    await Promise.all(Array.from({ length: 20 }, () => client.log.tags('r1', { a: 'b' })));
    expect(most).toBe(3);
  });

  it('that answer with a page are not taken for MLflow', async () => {
    const client = await connect([answerText(200, '<html><title>Please log in</title></html>')]);
    await expect(client.runs.get('r1')).rejects.toMatchObject({ code: 'NOT_MLFLOW' });
  });

  it('are not redirected, since a POST would become a GET', async () => {
    const client = await connect([answerJson(302, {}, { location: '/login' })]);
    await expect(client.runs.create({ experimentId: '0' })).rejects.toThrow(/redirect to \/login/);
    expect(server.requests).toHaveLength(1);
  });
});

describe('headers', () => {
  const sentWith = async (options: MlflowClientOptions, userinfo = '') => {
    server = await startScriptedServer([runAnswer]);
    await new MlflowClient(server.uri.replace('//', `//${userinfo}`), options).runs.get('r1');
    return server.requests[0]?.headers ?? {};
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('hold Basic credentials of the options, in UTF-8', async () => {
    expect((await sentWith({ username: 'me', password: 'pä:ss' })).authorization).toBe(basic('me:pä:ss'));
  });

  it('hold Basic credentials of the URI before all others', async () => {
    const headers = await sentWith({ username: 'other', password: 'x', token: 't' }, 'me:p%40ss@');
    expect(headers.authorization).toBe(basic('me:p@ss'));
  });

  it('hold a token where there is no user', async () => {
    expect((await sentWith({ token: 'abc.def' })).authorization).toBe('Bearer abc.def');
    expect((await sentWith({ token: 'abc.def', username: 'me' })).authorization).toBe(basic('me:'));
  });

  it('name the workspace and whatever the caller adds', async () => {
    const headers = await sentWith({ workspace: 'team-a', headers: { 'x-trace': '1' } });
    expect(headers).toMatchObject({ 'x-mlflow-workspace': 'team-a', 'x-trace': '1' });
    expect(headers.authorization).toBeUndefined();
  });

  it('come from the environment', async () => {
    server = await startScriptedServer([runAnswer]);
    const environment = {
      MLFLOW_TRACKING_URI: server.uri,
      MLFLOW_TRACKING_USERNAME: 'me',
      MLFLOW_TRACKING_PASSWORD: 'pw',
      MLFLOW_TRACKING_TOKEN: '',
      MLFLOW_WORKSPACE: 'team-b',
    };
    await MlflowClient.fromEnvironment({}, environment).runs.get('r1');
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: basic('me:pw'),
      'x-mlflow-workspace': 'team-b',
    });
  });

  it('keep credentials from another artifact host', async () => {
    const client = await connect([empty], { token: 'abcdef' });
    const artifacts = await startScriptedServer([empty]);
    try {
      await client.artifacts.upload({ artifactUri: `mlflow-artifacts://127.0.0.1:${artifacts.port}/x` }, 'a', {
        bytes: 'b',
      });
      expect(artifacts.requests[0]?.headers.authorization).toBeUndefined();
      expect(artifacts.requests[0]).toMatchObject({ method: 'PUT', body: 'b' });
    } finally {
      await artifacts.stop();
    }
  });
});

describe('artifact transfers', () => {
  const owner = { artifactUri: 'mlflow-artifacts:/1/r/artifacts' };

  it('send a file again after a cut connection, with its length', async () => {
    const client = await connect([cutConnection, empty]);
    await client.artifacts.uploadFile(owner, fixture('localhost-certificate.pem'), 'c.pem');
    const content = readFileSync(fixture('localhost-certificate.pem'), 'utf8');
    expect(server.requests[1]).toMatchObject({ body: content, headers: { 'content-length': String(content.length) } });
  });

  it('do not repeat a stream, which exists only once', async () => {
    const client = await connect([cutConnection, empty]);
    async function* pieces() {
      yield new Uint8Array([1, 2, 3]);
    }
    const failure = client.artifacts.upload(owner, 'a', { stream: pieces() });
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(server.requests).toHaveLength(1);
  });

  it('name a local file that is missing', async () => {
    const client = await connect([empty]);
    await expect(client.artifacts.uploadFile(owner, '/nowhere/x')).rejects.toMatchObject({
      code: 'FILE',
      message: 'cannot read /nowhere/x: ENOENT',
    });
  });
});

describe('a file in parts', () => {
  const stored =
    (etag: string): Answer =>
    (response) => {
      response.writeHead(200, { etag });
      response.end();
    };
  let file: string;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mlflow-ts-client-parts-'));
    file = join(folder, 'big file.bin');
    writeFileSync(file, '0123456789');
  });
  afterEach(() => rm(join(file, '..'), { recursive: true, force: true }));

  /** A server whose answer to `create` names its own addresses for the parts. */
  async function connectInParts(answers: readonly Answer[]): Promise<MlflowClient> {
    let uri = '';
    const create: Answer = (response, request) => {
      const credentials = [1, 2, 3].map((number) => ({
        url: `${uri}/store/${number}`,
        part_number: number,
        headers: {},
      }));
      answerJson(200, { upload_id: 'u1', credentials })(response, request);
    };
    const client = await connect([create, ...answers], {
      multipart: { minimumBytes: 10, partBytes: 4 },
      retry: { maxRetries: 1, baseDelayMs: 1 },
      token: 'hunter22',
    });
    uri = server.uri;
    return client;
  }

  it('goes to the addresses that the server names, each part again when it fails, and is completed', async () => {
    const client = await connectInParts([stored('a'), deny(503), stored('b'), stored('c'), empty]);
    await client.artifacts.uploadFile({ artifactUri: 'mlflow-artifacts:/1/r1/artifacts' }, file);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/2.0/mlflow-artifacts/mpu/create/1/r1/artifacts',
      'PUT /store/1',
      'PUT /store/2',
      'PUT /store/2',
      'PUT /store/3',
      'POST /api/2.0/mlflow-artifacts/mpu/complete/1/r1/artifacts',
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ path: 'big file.bin', num_parts: 3 });
    expect(server.requests.slice(1, 5).map(({ body }) => body)).toEqual(['0123', '4567', '4567', '89']);
    expect(JSON.parse(server.requests[5]?.body ?? '')).toMatchObject({
      path: 'big file.bin',
      upload_id: 'u1',
      parts: [
        { part_number: 1, etag: 'a' },
        { part_number: 2, etag: 'b' },
        { part_number: 3, etag: 'c' },
      ],
    });
  });

  it('is given up when a part cannot be stored', async () => {
    const client = await connectInParts([stored('a'), deny(403), empty]);
    const upload = client.artifacts.uploadFile({ artifactUri: 'mlflow-artifacts:/r1' }, file);
    await expect(upload).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(server.requests.at(-1)?.url).toBe('/api/2.0/mlflow-artifacts/mpu/abort/r1');
  });

  it('goes whole where the store takes no parts', async () => {
    const client = await connect([deny(501), empty], { multipart: { minimumBytes: 10, partBytes: 4 } });
    await client.artifacts.uploadFile({ artifactUri: 'mlflow-artifacts:/r1' }, file);
    expect(server.requests[1]).toMatchObject({ method: 'PUT', body: '0123456789' });
  });
});

describe('artifacts on the disk of the server', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'mlflow-ts-client-disk-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const ownerIn = (folder: string) => ({ artifactUri: join(root, folder, 'artifacts'), runId: 'r1' });

  it('are stored when the server lists them', async () => {
    const client = await connect([answerJson(200, { files: [{ path: 'plots/a.txt', is_dir: false, file_size: 5 }] })]);
    await client.artifacts.upload(ownerIn('1'), 'plots/a.txt', { bytes: 'hello' });
    expect(server?.requests[0]?.url).toBe('/api/2.0/mlflow/artifacts/list?run_id=r1&path=plots');
    expect(readFileSync(join(root, '1/artifacts/plots/a.txt'), 'utf8')).toBe('hello');
  });

  it('are refused, and leave nothing behind, when its disk is another one', async () => {
    const client = await connect([answerJson(200, {})]);
    await expect(client.artifacts.upload(ownerIn('1'), 'plots/a.txt', { bytes: 'hello' })).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining('--artifacts-destination'),
    });
    expect(readdirSync(root)).toEqual([]);
  });

  it('are refused when its disk cannot be written', async () => {
    const client = await connect([answerJson(200, {})]);
    writeFileSync(join(root, 'a-file'), '');
    const upload = client.artifacts.upload(ownerIn('a-file'), 'a.txt', { bytes: 'hello' });
    await expect(upload).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});

describe('TLS settings', () => {
  const secure = {
    key: readFileSync(fixture('localhost-key.pem')),
    cert: readFileSync(fixture('localhost-certificate.pem')),
  };

  it('trust the given authority, a client certificate is offered, and nothing else is trusted', async () => {
    server = await startScriptedServer([runAnswer], secure);
    const trusting = new MlflowClient(server.uri, {
      tls: { caPath: fixture('localhost-certificate.pem'), clientCertificatePath: fixture('client.pem') },
    });
    expect((await trusting.runs.get('r1')).runId).toBe('r1');
    await expect(new MlflowClient(server.uri).runs.get('r1')).rejects.toMatchObject({ code: 'TLS', attempts: 1 });
  });

  it('accept any certificate for one client only', async () => {
    server = await startScriptedServer([runAnswer], secure);
    const environment = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_TRACKING_INSECURE_TLS: 'true' };
    const client = MlflowClient.fromEnvironment({}, environment);
    expect((await client.runs.get('r1')).runId).toBe('r1');
    await client.artifacts.uploadFile({ artifactUri: 'mlflow-artifacts:/x' }, fixture('client.pem'));
    expect(server.requests[1]?.body).toBe(readFileSync(fixture('client.pem'), 'utf8'));
    await expect(new MlflowClient(server.uri).runs.get('r1')).rejects.toMatchObject({ code: 'TLS' });
  });

  it('over a cut connection give the same errors as fetch', async () => {
    server = await startScriptedServer([cutConnection], secure);
    const client = new MlflowClient(server.uri, {
      tls: { insecure: true },
      retry: { maxRetries: 0 },
      requestTimeoutMs: 2000,
    });
    await expect(client.runs.create({ experimentId: '0' })).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });
});

describe('a proxy', () => {
  it('is asked in place of the server, but not for hosts of NO_PROXY and not for the loopback', async () => {
    server = await startScriptedServer([runAnswer]);
    const environment = { HTTP_PROXY: server.uri.replace('//', '//me:hunter22@') };
    const ask = (uri: string, variables = {}) =>
      MlflowClient.fromEnvironment(
        { retry: { maxRetries: 0 } },
        { MLFLOW_TRACKING_URI: uri, ...environment, ...variables },
      ).runs.get('r1');
    expect((await ask('http://mlflow.invalid:5000/team')).runId).toBe('r1');
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: 'http://mlflow.invalid:5000/team/api/2.0/mlflow/runs/get?run_id=r1',
    });
    expect(server.requests[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('me:hunter22')}`);
    const direct = ask('http://mlflow.invalid:5000', { no_proxy: 'example.org,.invalid' });
    await expect(direct).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect((await ask(server.uri)).runId).toBe('r1');
    expect(server.requests[1]?.url).toBe('/api/2.0/mlflow/runs/get?run_id=r1');
    expect(server.requests).toHaveLength(2);
  });
});

describe('secrets', () => {
  it('appear in no message, whatever fails', async () => {
    const answers = [401, 403, 404, 400, 500].map((status) =>
      answerText(status, 'you sent hunter22 to http://me:hunter22@x/'),
    );
    server = await startScriptedServer(answers);
    const client = new MlflowClient(server.uri.replace('//', '//me:hunter22@'), { retry: { maxRetries: 0 } });
    for (const _ of answers) {
      const error = (await client.runs.get('r1').catch((thrown: unknown) => thrown)) as Error;
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter22');
    }
  });
});

describe('settings that cannot work', () => {
  it.each<[string, MlflowClientOptions]>([
    ['requestTimeoutMs', { requestTimeoutMs: 0 }],
    ['artifactTimeoutMs', { artifactTimeoutMs: Number.NaN }],
    ['maxConcurrentRequests', { maxConcurrentRequests: 0.5 }],
    ['header x-mlflow-workspace', { workspace: '画像' }],
    ['header x-extra', { headers: { 'x-extra': 'two\nlines' } }],
  ])('are refused by their names at once: %s', (name, options) => {
    const make = () => new MlflowClient('http://localhost:5000', options);
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(make).toThrow(name);
  });

  it('are refused where JavaScript leaves the step of a metric out', async () => {
    const client = new MlflowClient('http://localhost:5000');
    const logging = client.log.metric('r1', 'loss', 1, undefined as unknown as { step: number });
    await expect(logging).rejects.toThrow(/step: found nothing/);
  });

  it('are refused before a search that would silently find nothing', () => {
    const client = new MlflowClient('http://localhost:5000');
    const options = { experimentIds: '1' as unknown as string[] };
    for (const search of [() => client.runs.search(options), () => client.models.search(options)]) {
      expect(search).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
  });
});
