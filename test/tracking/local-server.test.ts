import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  completeMarker,
  MLFLOW_VERSION,
  ownEnvironmentFolder,
  planMlflow,
} from '../../src/tracking/local-server/find-mlflow.js';
import { choosePort, startMlflowServer } from '../../src/tracking/local-server/mlflow-server.js';
import {
  isServerOf,
  markServerStopped,
  readServerAddress,
  writeServerAddress,
} from '../../src/tracking/local-server/server-address.js';

let root: string;
let programs: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oneshot-server-'));
  programs = join(root, 'bin');
  mkdirSync(programs);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function addProgram(name: string, script: string): string {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const surroundings = () => ({ PATH: programs, HOME: root });

describe('the MLflow that `oneshot ui` starts', () => {
  test('is the configured command before all others', async () => {
    const own = addProgram('my-mlflow', 'echo "mlflow, version 3.1.0"');
    addProgram('mlflow', 'echo "mlflow, version 3.17.2"');
    const plan = await planMlflow({ ...surroundings(), ONESHOT_MLFLOW: `${own} --quiet` });
    expect(plan).toEqual({ kind: 'ready', command: [own, '--quiet'], origin: 'ONESHOT_MLFLOW' });
  });

  test.each([
    ['echo "mlflow, version 2.22.0"', 'is MLflow 2'],
    ['exit 3', 'does not answer to --version'],
  ])('is refused where the configured command says %s', async (script, words) => {
    const own = addProgram('my-mlflow', script);
    await expect(planMlflow({ ...surroundings(), ONESHOT_MLFLOW: own })).rejects.toThrow(words);
  });

  test('is the one on PATH, unless it is too old; then what was installed before, uvx, pipx, Python', async () => {
    const mlflow = addProgram('mlflow', 'echo "mlflow, version 3.5.0"');
    expect(await planMlflow(surroundings())).toMatchObject({ kind: 'ready', command: [mlflow] });
    addProgram('mlflow', 'echo "mlflow, version 2.9.1"');
    await expect(planMlflow(surroundings())).rejects.toThrow('no Python');

    const python = addProgram('python3', '');
    const folder = ownEnvironmentFolder(surroundings());
    expect(await planMlflow(surroundings())).toEqual({ kind: 'install', python, folder });
    const pipx = addProgram('pipx', '');
    expect(await planMlflow(surroundings())).toMatchObject({
      kind: 'fetches',
      command: [pipx, 'run', '--spec', `mlflow==${MLFLOW_VERSION}`, 'mlflow'],
    });
    const uvx = addProgram('uvx', '');
    expect(await planMlflow(surroundings())).toMatchObject({
      kind: 'fetches',
      command: [uvx, `mlflow@${MLFLOW_VERSION}`],
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(completeMarker(folder), '');
    expect(await planMlflow(surroundings())).toMatchObject({ kind: 'ready', origin: folder });
  });

  test('that ends early is told with the last line of its log and what to do', async () => {
    const program = addProgram('broken', 'echo "Detected out-of-date database schema (found version x)"; exit 1');
    const start = startMlflowServer({
      command: [program],
      origin: 'test',
      store: join(root, 'store'),
      port: 1,
      env: process.env,
      signal: new AbortController().signal,
      onWait: () => undefined,
    });
    await expect(start).rejects.toMatchObject({
      message: expect.stringContaining('out-of-date database schema'),
      hint: expect.stringContaining('mlflow db upgrade'),
    });
  });

  test('that cannot be run at all is told by its command', async () => {
    const start = startMlflowServer({
      command: [join(root, 'missing')],
      origin: 'test',
      store: join(root, 'store'),
      port: 1,
      env: process.env,
      signal: new AbortController().signal,
      onWait: () => undefined,
    });
    await expect(start).rejects.toThrow(/cannot be run.*ENOENT/);
  });
});

describe('the port', () => {
  test('is the wanted one, the last one, or a free one; a wanted one that is taken is an error', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => other.once('listening', listening));
    const taken = (other.address() as { port: number }).port;
    await expect(choosePort(taken, undefined)).rejects.toMatchObject({ code: 'usage' });
    expect(await choosePort(undefined, taken)).not.toBe(taken);
    await new Promise((closed) => other.close(closed));
    expect(await choosePort(taken, undefined)).toBe(taken);
    expect(await choosePort(undefined, taken)).toBe(taken);
  });

  test('is remembered when the server has stopped, its process is not', async () => {
    writeServerAddress(root, { uri: 'http://127.0.0.1:5001', port: 5001, pid: process.pid });
    expect(await isServerOf(root, process.pid)).toBe(false);
    markServerStopped(root);
    expect(readServerAddress(root)).toEqual({ uri: 'http://127.0.0.1:5001', port: 5001, pid: 0 });
  });
});
