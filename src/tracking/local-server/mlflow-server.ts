// A local MLflow server as a process group of its own, on SQLite, on the loopback address. Settings and their reasons were
// measured on 3.17.2: without its job runner it is 2 processes instead of 10; a taken port answers to /health as well, so
// the child must be alive too; its workers outlive it, so signals go to the whole group.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../base/environment.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import type { MlflowCommand } from './find-mlflow.js';

/** A first start makes the database, and may have to fetch MLflow itself. */
const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 10_000;

export interface MlflowServer {
  readonly uri: string;
  readonly pid: number;
  /** Resolves when the server has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  /** Ends the whole process group. */
  stop(): Promise<void>;
}

export interface StartOptions extends MlflowCommand {
  /** The folder of database, artifacts and log. */
  readonly store: string;
  readonly port: number;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Told now and then while it starts. */
  readonly onWait: (seconds: number) => void;
}

/** The files of a store. */
export function storeFiles(store: string) {
  return {
    database: join(store, 'mlflow.db'),
    artifacts: join(store, 'artifacts'),
    log: join(store, 'server.log'),
    /** Held by the process that runs the server. */
    lock: join(store, 'lock'),
    /** Where the server answers. */
    address: join(store, 'server.json'),
  } as const;
}

/**
 * A server that answers. Throws OneshotError with the end of its log when it ends early or does not answer, `interrupted`
 * after the signal.
 */
export async function startMlflowServer(options: StartOptions): Promise<MlflowServer> {
  const { store, port, signal } = options;
  makeFolder(store);
  const uri = `http://127.0.0.1:${port}`;
  const child = spawnServer(options);
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const stop = () => stopGroup(child.pid);
  try {
    await waitForHealth(child, uri, options);
    return { uri, pid: child.pid ?? 0, ended, stop };
  } catch (error) {
    await stop();
    if (signal.aborted) throw new OneshotError('interrupted', 'stopped while MLflow was starting');
    throw error;
  }
}

function spawnServer({ command: [program = '', ...args], store, port, env }: StartOptions): ChildProcess {
  const files = storeFiles(store);
  const log = openSync(files.log, 'w');
  try {
    return spawn(
      program,
      [
        ...args,
        ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
        // An absolute POSIX path makes four slashes.
        ...['--backend-store-uri', `sqlite:///${resolve(files.database)}`],
        ...['--artifacts-destination', resolve(files.artifacts)],
      ],
      {
        cwd: store,
        detached: true,
        env: {
          ...env,
          MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
          MLFLOW_DISABLE_TELEMETRY: 'true',
          DO_NOT_TRACK: 'true',
        },
        // To a file: a pipe would break when this process is killed.
        stdio: ['ignore', log, log],
      },
    );
  } finally {
    closeSync(log);
  }
}

async function waitForHealth(child: ChildProcess, uri: string, options: StartOptions): Promise<void> {
  const { store, signal, onWait } = options;
  const startedAt = performance.now();
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (;;) {
    const seconds = (performance.now() - startedAt) / 1000;
    onWait(seconds);
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw describeEarlyEnd(options.command, store, failure);
    }
    if (await isHealthy(uri)) return;
    if (1000 * seconds > START_LIMIT_MS) {
      throw new OneshotError('internal', `MLflow did not answer at ${uri} within ${START_LIMIT_MS / 1000} s`, {
        hint: `its log is ${storeFiles(store).log}`,
      });
    }
    await sleep(200, undefined, { signal });
  }
}

/** True when a server answers OK. */
export async function isHealthy(uri: string): Promise<boolean> {
  try {
    const answer = await fetch(`${uri}/health`, { signal: AbortSignal.timeout(5000) });
    return answer.ok && (await answer.text()) === 'OK';
  } catch {
    return false;
  }
}

function describeEarlyEnd(command: readonly string[], store: string, cause: Error | undefined): OneshotError {
  const { log, database } = storeFiles(store);
  if (cause !== undefined) {
    return new OneshotError('usage', `\`${command.join(' ')}\` cannot be run: ${cause.message}`, { cause });
  }
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const text = lines.slice(-40).join('\n');
  const hint = /out-of-date database schema|db upgrade/i.test(text)
    ? `the database is of another version: copy it, then \`mlflow db upgrade sqlite:///${database}\`, or give another --store`
    : /address already in use/i.test(text)
      ? 'the port was taken: give another --port'
      : /No module named/i.test(text)
        ? 'this MLflow is incomplete (mlflow-skinny cannot serve): pip install mlflow'
        : /lookup address|name resolution|dns error|error sending request/i.test(text)
          ? 'it could not be fetched: see that this machine reaches a package index, or set ONESHOT_MLFLOW to a ' +
            `command that works; its log is ${log}`
          : `its log is ${log}`;
  const last = lines.filter((line) => line.trim() !== '').at(-1) ?? 'it said nothing';
  return new OneshotError('internal', `MLflow ended while it was starting: ${last.trim()}`, { hint });
}

/** Ends a process group: politely, then for good. Resolves when no process is left of it. */
export async function stopGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const startedAt = performance.now();
  let signal: NodeJS.Signals = 'SIGTERM';
  signalGroup(pid, signal);
  while (signalGroup(pid, 0)) {
    if (signal === 'SIGTERM' && performance.now() - startedAt > STOP_LIMIT_MS) {
      signal = 'SIGKILL';
      signalGroup(pid, signal);
    }
    await sleep(50);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return false;
  }
}

/** The wanted port, or a free one. Throws OneshotError('usage') when the wanted one is taken. */
export async function choosePort(wanted: number | undefined, preferred: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new OneshotError('usage', `port ${wanted} is taken by another program`, {
      hint: 'give another --port, or none: then a free one is chosen',
    });
  }
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  return await listenOnce(0);
}

async function isFree(port: number): Promise<boolean> {
  return await listenOnce(port).then(
    () => true,
    () => false,
  );
}

/** Listens for a moment; resolves to the port. */
async function listenOnce(port: number): Promise<number> {
  return await new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      probe.close(() => done(found));
    });
  });
}
