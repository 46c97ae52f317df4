/*
 * A real MLflow server for tests: made once per machine from PyPI, started on a free loopback port with SQLite in a
 * folder of its own. Settings and their reasons: measured on 3.17.2 (no job runner: 2 processes instead of 10; no
 * telemetry; the child must be alive AND healthy, since a taken port answers healthy too; the whole group is signalled).
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { preparePython } from './prepare-python.js';

export const mlflowVersion = '3.17.2';

export interface MlflowServer {
  /** `http://127.0.0.1:<port>`; the port stays the same over restarts. */
  readonly uri: string;
  readonly databasePath: string;
  readonly artifactsPath: string;
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>;
  /** Signals the whole process group and waits until it is gone. The database stays. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and database, killing it first if it still runs. */
  restart(): Promise<void>;
}

export interface MlflowServerOptions {
  /** Further environment of the server, e.g. MLFLOW_SERVER_ALLOWED_HOSTS. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further arguments of `mlflow server`. */
  readonly arguments?: readonly string[];
}

/** The options of a server that lets in those with a password only; there is one user, `admin`. */
export function requirePassword(password: string): MlflowServerOptions {
  return {
    arguments: ['--app-name', 'basic-auth'],
    environment: { MLFLOW_FLASK_SERVER_SECRET_KEY: 'of no worth', MLFLOW_AUTH_ADMIN_PASSWORD: password },
  };
}

/** A running, healthy server. Call `stop` at the end; should the test process die, the server is killed with it. */
export async function startMlflowServer(options: MlflowServerOptions = {}): Promise<MlflowServer> {
  const python = await findMlflowPython();
  const folder = await mkdtemp(join(tmpdir(), 'oneshot-mlflow-server-'));
  const databasePath = join(folder, 'mlflow.db');
  const artifactsPath = join(folder, 'artifacts');
  const port = await findFreePort();
  const uri = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const killOnExit = (reason: unknown) => {
    signalGroup(child, 'SIGKILL');
    if (reason === 'SIGTERM') process.kill(process.pid, 'SIGTERM');
  };
  for (const end of testProcessEnds) process.once(end, killOnExit);

  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    signalGroup(child, signal);
    await waitUntil(() => !isGroupAlive(child), 30_000, `the MLflow server to end after ${signal}`);
    child = undefined;
  };
  const start = async () => {
    await kill();
    child = spawn(python, composeArguments(port, databasePath, artifactsPath, options), {
      cwd: folder,
      detached: true,
      env: { ...process.env, ...quietEnvironment, ...options.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await waitForHealth(child, uri);
  };
  const stop = async () => {
    for (const end of testProcessEnds) process.removeListener(end, killOnExit);
    await kill();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { uri, databasePath, artifactsPath, stop, kill, restart: start };
}

/**
 * The Python of an environment that has MLflow: the folder named by ONESHOT_TEST_MLFLOW, else one under the temporary
 * folder, made on first use (about a minute). Several processes may ask at once: one makes it, the others wait.
 */
export async function findMlflowPython(): Promise<string> {
  const folder = process.env.ONESHOT_TEST_MLFLOW ?? join(tmpdir(), `oneshot-mlflow-${mlflowVersion}`);
  const python = join(folder, 'bin', 'python');
  if (process.env.ONESHOT_TEST_MLFLOW !== undefined && existsSync(python)) return python;

  return preparePython(folder, [`mlflow[auth]==${mlflowVersion}`], 'complete-with-auth');
}

/** A test worker whose runner is killed sees its channel close; it gets no chance to call `stop`. */
const testProcessEnds = ['exit', 'disconnect', 'SIGTERM'] as const;

const quietEnvironment = {
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
};

function composeArguments(
  port: number,
  databasePath: string,
  artifactsPath: string,
  options: MlflowServerOptions,
): string[] {
  return [
    ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--backend-store-uri', `sqlite:///${databasePath}`, '--artifacts-destination', artifactsPath],
    ...(options.arguments ?? []),
  ];
}

/** Resolves when the child is alive and /health answers OK; throws with the end of its log when it ends before. */
async function waitForHealth(child: ChildProcess, uri: string): Promise<void> {
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const isHealthy = async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`mlflow server ended early:\n${log}`);
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    return answer?.ok === true && (await answer.text()) === 'OK';
  };
  await waitUntil(isHealthy, 120_000, 'the MLflow server to be healthy');
}

async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  description: string,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms for ${description}`);
    await sleep(50);
  }
}

function signalGroup(child: ChildProcess | undefined, signal: NodeJS.Signals | 0): boolean {
  if (child?.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function isGroupAlive(child: ChildProcess | undefined): boolean {
  return signalGroup(child, 0);
}

async function findFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)));
    });
  });
}
