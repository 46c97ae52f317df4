import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MlflowClient } from 'mlflow-ts-client';
import { formatDuration } from '../../base/format-quantity.js';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { acquireProcessLock, findLockHolder, type ProcessLock } from '../../base/process-lock.js';
import { exportRunAsOnnx } from '../../launch/export-run-as-onnx.js';
import { connectMlflow } from '../../tracking/connect-mlflow.js';
import { findJournals } from '../../tracking/find-journals.js';
import {
  MLFLOW_VERSION,
  type MlflowCommand,
  ownCommand,
  ownEnvironmentFolder,
  planMlflow,
} from '../../tracking/local-server/find-mlflow.js';
import { installMlflow } from '../../tracking/local-server/install-mlflow.js';
import {
  choosePort,
  isHealthy,
  type MlflowServer,
  startMlflowServer,
  stopGroup,
  storeFiles,
} from '../../tracking/local-server/mlflow-server.js';
import {
  isServerOf,
  markServerStopped,
  readServerAddress,
  writeServerAddress,
} from '../../tracking/local-server/server-address.js';
import { measureShippedBytes } from '../../tracking/measure-backlog.js';
import { shipJournals } from '../../tracking/ship-journals.js';
import { askYesNo } from '../ask.js';
import { followInterrupts } from '../interrupts.js';
import { hasDesktop, openAddress } from '../open-address.js';
import { openProgressLine } from '../progress-line.js';
import type { ExitCode } from '../report-error.js';
import { describeFailures, describeSync, prepareExperiments, syncJournals } from '../sync-journals.js';
import { printNote, printResult } from '../terminal.js';

export interface UiOptions {
  readonly store?: string;
  readonly port?: number;
  readonly yes?: boolean;
  /** False after --no-open. */
  readonly open: boolean;
}

/** Time between two looks for what runs have added. */
const FOLLOW_MS = 5000;
/** How long a second `ui` waits for the server of the first. */
const OTHER_START_LIMIT_MS = 300_000;

/** `oneshot ui`: a local MLflow server with the runs below a path, until Ctrl-C; a second one uses the server of the first. */
export async function uiCommand(path: string, options: UiOptions): Promise<ExitCode> {
  // A path that is not there is said before anything is started or fetched.
  findJournals(path);
  const store = resolve(options.store ?? defaultStore());
  const interrupts = followInterrupts(printNote, 'stopping');
  const { stop } = interrupts;
  try {
    makeFolder(store);
    for (;;) {
      const lock = acquireProcessLock(storeFiles(store).lock);
      if ('release' in lock) return await serve(path, store, lock, options, stop);
      const uri = await waitForOther(store, lock.pid, stop);
      // It has ended without a server: now it is this one's turn.
      if (uri === undefined) continue;
      await showRuns(path, uri, options, stop);
      printNote(`the server of process ${lock.pid} is used; it ends when that one does`);
      return 0;
    }
  } finally {
    interrupts.close();
  }
}

async function serve(
  path: string,
  store: string,
  lock: ProcessLock,
  options: UiOptions,
  stop: AbortSignal,
): Promise<ExitCode> {
  let server: MlflowServer | undefined;
  try {
    server = await startServer(store, options, stop);
    const client = connectMlflow(server.uri);
    await showRuns(path, server.uri, options, stop);
    printNote('new results appear as they are written; Ctrl-C ends the server');
    const hasEnded = await Promise.race([server.ended.then(() => true), follow(path, client, stop).then(() => false)]);
    if (hasEnded && !stop.aborted) {
      throw new OneshotError('internal', 'the MLflow server has ended', {
        hint: `its log is ${storeFiles(store).log}`,
      });
    }
    return 0;
  } finally {
    await server?.stop();
    markServerStopped(store);
    lock.release();
  }
}

async function startServer(store: string, options: UiOptions, stop: AbortSignal): Promise<MlflowServer> {
  const previous = readServerAddress(store);
  // Two servers on one database would get into each other's way.
  if (previous !== undefined && (await isServerOf(store, previous.pid))) await stopGroup(previous.pid);
  // Nobody else is to use the address of a server that is no longer there, or another program's at the same port.
  markServerStopped(store);
  const port = await choosePort(options.port, previous?.port);
  const mlflow = await prepareMlflow(options, stop);
  const line = openProgressLine();
  try {
    const server = await startMlflowServer({
      ...mlflow,
      store,
      port,
      env: process.env,
      signal: stop,
      onWait: (seconds) => line.show(`starts MLflow (${mlflow.origin}), ${formatDuration(seconds)}`),
    });
    writeServerAddress(store, { uri: server.uri, port, pid: server.pid });
    return server;
  } finally {
    line.close();
  }
}

/** A command that works; asks before anything large is fetched. */
async function prepareMlflow(options: UiOptions, stop: AbortSignal): Promise<MlflowCommand> {
  const line = openProgressLine();
  line.show('looks for MLflow');
  const plan = await planMlflow(process.env).finally(() => line.close());
  if (plan.kind === 'ready') return plan;
  const folder = ownEnvironmentFolder(process.env);
  if (plan.kind === 'fetches') {
    // Once fetched, it lies in the cache of uv or pipx.
    const agreed = `${folder}.agreed-${plan.origin}`;
    if (!existsSync(agreed)) {
      await requireConsent(`fetch MLflow ${MLFLOW_VERSION} with ${plan.origin} (about 700 MB)?`, options, stop);
      makeFolder(join(folder, '..'));
      writeFileSync(agreed, '');
    }
    return plan;
  }
  await requireConsent(`install MLflow ${MLFLOW_VERSION} into ${folder} (about 850 MB)?`, options, stop);
  const progress = openProgressLine();
  try {
    await installMlflow({
      ...plan,
      signal: stop,
      onActivity: (activity) => progress.show(`installs MLflow: ${activity}`),
    });
  } finally {
    progress.close();
  }
  return { command: ownCommand(folder), origin: folder };
}

async function requireConsent(question: string, { yes }: UiOptions, stop: AbortSignal): Promise<void> {
  if (yes || (await askYesNo(question, stop))) return;
  if (stop.aborted) throw new OneshotError('interrupted', 'stopped');
  throw new OneshotError('usage', 'there is no MLflow on this machine', {
    hint:
      `run again with --yes to let it be fetched (version ${MLFLOW_VERSION}, about 850 MB on disk), or set ` +
      'ONESHOT_MLFLOW to a command; `oneshot report` needs no MLflow',
  });
}

/** The address of the server that another process started in this store; undefined when that process has ended. */
async function waitForOther(store: string, pid: number, stop: AbortSignal): Promise<string | undefined> {
  const startedAt = performance.now();
  const line = openProgressLine();
  try {
    for (;;) {
      const address = readServerAddress(store);
      if (address !== undefined && address.pid !== 0 && (await isHealthy(address.uri))) return address.uri;
      if (stop.aborted) throw new OneshotError('interrupted', 'stopped');
      if (findLockHolder(storeFiles(store).lock) === undefined) return undefined;
      if (performance.now() - startedAt > OTHER_START_LIMIT_MS) {
        throw new OneshotError('locked', `process ${pid} holds ${store}, but its server does not answer`, {
          hint: 'end that process, or give another --store',
        });
      }
      line.show(`waits for the server that process ${pid} starts`);
      await sleep(500);
    }
  } finally {
    line.close();
  }
}

/** Ships the runs, and prints and opens the address of each experiment. */
async function showRuns(path: string, uri: string, options: UiOptions, stop: AbortSignal): Promise<void> {
  const client = connectMlflow(uri);
  const summary = await syncJournals(path, client, stop);
  if (stop.aborted) return;
  for (const failure of describeFailures(summary)) printNote(failure);
  printNote(describeSync(summary));
  const experiments = await prepareExperiments(summary, client, stop);
  for (const { name, address } of experiments) printResult(`${name}: ${address}`);
  if (experiments.length === 0) printResult(uri);
  if (options.open && hasDesktop(process.env)) openAddress(experiments[0]?.address ?? uri);
}

/** Ships what is added, until the signal. */
async function follow(path: string, client: MlflowClient, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await sleep(FOLLOW_MS, undefined, { signal: stop }).catch(() => undefined);
    // A folder that was moved away since may come back.
    if (!existsSync(path)) continue;
    const folders = findJournals(path).filter((folder) => {
      const { shipped, all } = measureShippedBytes(folder, client.baseUrl);
      return shipped < all;
    });
    await shipJournals({ client, folders, exportOnnx: exportRunAsOnnx, signal: stop });
  }
}

/** `oneshot/mlflow` in the user's data folder (XDG Base Directory Specification 0.8). */
function defaultStore(): string {
  const { HOME, USERPROFILE, XDG_DATA_HOME } = process.env;
  return join(XDG_DATA_HOME || join(HOME ?? USERPROFILE ?? '.', '.local', 'share'), 'oneshot', 'mlflow');
}
