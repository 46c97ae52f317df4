/* Who is let in, and where to: MLflow's own basic-auth with two users, and a server with workspaces. */

import { inspect } from 'node:util';
import { collect, MlflowClient, type MlflowClientOptions, MlflowError } from 'mlflow-ts-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MlflowServer,
  requirePassword,
  startMlflowServer,
} from '../../../../test/integration/support/mlflow-server.js';

const code = (expected: string) => expect.objectContaining({ name: 'MlflowError', code: expected });

/** What a call throws. */
async function thrownBy(call: Promise<unknown>): Promise<MlflowError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof MlflowError) return thrown;
  throw new Error(`no MlflowError but ${String(thrown)}`);
}

describe('a server with passwords', () => {
  const password = 'admin p@ss:w/rd#?%41 of 2026';
  let server: MlflowServer;
  let admin: MlflowClient;

  beforeAll(async () => {
    server = await startMlflowServer(requirePassword(password));
    admin = new MlflowClient(server.uri, { username: 'admin', password });
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('lets in a user with a password of any ASCII characters, from options, address or environment, artifacts included', async () => {
    const address = new URL(server.uri);
    address.username = 'admin';
    address.password = encodeURIComponent(password);
    const environment = {
      MLFLOW_TRACKING_URI: server.uri,
      MLFLOW_TRACKING_USERNAME: 'admin',
      MLFLOW_TRACKING_PASSWORD: password,
    };
    const clients = [admin, new MlflowClient(address.href), MlflowClient.fromEnvironment({}, environment)];
    for (const client of clients) {
      const { experimentId } = await client.experiments.getOrCreate('guarded');
      const run = await client.runs.create({ experimentId });
      await client.log.metrics(run.runId, { loss: 0.5 }, { step: 1 });
      await client.artifacts.upload(run, 'note.txt', { bytes: 'kept' });
      expect(new TextDecoder().decode(await client.artifacts.download(run, 'note.txt'))).toBe('kept');
    }
  });

  it('refuses nobody, a wrong password and a token with what to set', async () => {
    const refused: MlflowClientOptions[] = [
      {},
      { username: 'admin', password: 'wrong password' },
      { token: 'some-token' },
    ];
    for (const options of refused) {
      const error = await thrownBy(new MlflowClient(server.uri, options).experiments.get('0'));
      expect(error).toEqual(code('UNAUTHENTICATED'));
      expect(error).toMatchObject({ status: 401, attempts: 1 });
      expect(error.message).toContain('MLFLOW_TRACKING_USERNAME');
    }
  });

  it('refuses what a user may not do', async () => {
    const created = await fetch(`${server.uri}/api/2.0/mlflow/users/create`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
      },
      body: JSON.stringify({ username: 'reader', password: 'only to read here' }),
    });
    expect(created.status).toBe(200);
    const { experimentId } = await admin.experiments.getOrCreate('guarded');
    const run = await admin.runs.create({ experimentId });
    const reader = new MlflowClient(server.uri, { username: 'reader', password: 'only to read here' });
    expect((await reader.runs.get(run.runId)).runId).toBe(run.runId);
    await expect(reader.log.tags(run.runId, { a: 'b' })).rejects.toThrow(code('PERMISSION_DENIED'));
    await expect(reader.artifacts.upload(run, 'a.txt', { bytes: 'a' })).rejects.toThrow(code('PERMISSION_DENIED'));
  });

  it('shows no password in errors and their causes, nor in the client itself', async () => {
    const address = new URL(server.uri);
    address.username = 'admin';
    address.password = encodeURIComponent(password);
    const closed = new URL(address);
    closed.port = '9';
    const once = { retry: { maxRetries: 0 } };
    const client = new MlflowClient(address.href, once);
    const errors = [
      await thrownBy(client.runs.get('nothing')),
      await thrownBy(new MlflowClient(closed.href, once).runs.get('nothing')),
      await thrownBy(new MlflowClient(`${address.href}/elsewhere`, once).runs.get('nothing')),
      await thrownBy(client.runs.get('nothing', { signal: AbortSignal.abort() })),
    ];
    const text = inspect([client, ...errors], { depth: 20, showHidden: true }) + JSON.stringify([client, ...errors]);
    const secrets = [password, encodeURIComponent(password), Buffer.from(`admin:${password}`).toString('base64')];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('a server with workspaces', () => {
  let server: MlflowServer;

  beforeAll(async () => {
    server = await startMlflowServer({ arguments: ['--enable-workspaces'] });
    for (const name of ['vision', 'speech']) {
      const answer = await fetch(`${server.uri}/api/3.0/mlflow/workspaces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    }
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('keeps experiments of one name apart by workspace, runs and artifacts with them', async () => {
    const environment = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_WORKSPACE: 'vision' };
    const vision = MlflowClient.fromEnvironment({}, environment);
    const speech = new MlflowClient(server.uri, { workspace: 'speech' });
    expect((await vision.server.features()).workspaces).toBe(true);
    const ids: string[] = [];
    for (const [client, text] of [
      [vision, 'pictures'],
      [speech, 'sounds'],
    ] as const) {
      const { experimentId } = await client.experiments.getOrCreate('shared name');
      const run = await client.runs.create({ experimentId, runName: text });
      await client.log.metrics(run.runId, { loss: 0.5 }, { step: 1 });
      await client.artifacts.upload(run, 'note.txt', { bytes: text });
      expect(new TextDecoder().decode(await client.artifacts.download(run, 'note.txt'))).toBe(text);
      ids.push(experimentId);
    }
    const [visionId = '', speechId = ''] = ids;
    expect(visionId).not.toBe(speechId);
    const seen = await collect(vision.runs.search({ experimentIds: [visionId] }));
    expect(seen.map(({ runName }) => runName)).toEqual(['pictures']);
    await expect(vision.experiments.get(speechId)).rejects.toThrow(code('NOT_FOUND'));
  });

  it('names a workspace that is not there', async () => {
    const error = await thrownBy(new MlflowClient(server.uri, { workspace: 'nowhere' }).experiments.getOrCreate('any'));
    expect(error).toEqual(code('NOT_FOUND'));
    expect(error.message).toContain('nowhere');
  });
});
