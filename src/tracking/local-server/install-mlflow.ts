// A Python environment of our own with MLflow, in the user's cache folder. Whole or not used: a marker file is written last.
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../base/make-folder.js';
import { OneshotError } from '../../base/problem.js';
import { acquireProcessLock } from '../../base/process-lock.js';
import { environmentPython } from '../../base/system-rules.js';
import { completeMarker, MLFLOW_VERSION } from './find-mlflow.js';

export interface InstallOptions {
  readonly python: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told what happens: `downloads mlflow`. */
  readonly onActivity: (activity: string) => void;
}

/**
 * Makes the environment; nothing is left of it on a failure. Throws OneshotError with what pip said, `interrupted` after
 * the signal, `locked` while another process makes it.
 */
export async function installMlflow({ python, folder, signal, onActivity }: InstallOptions): Promise<void> {
  makeFolder(dirname(folder));
  const lock = acquireProcessLock(`${folder}.lock`);
  if (!('release' in lock)) {
    throw new OneshotError('locked', `process ${lock.pid} is installing MLflow already`, { hint: 'wait for it' });
  }
  try {
    if (existsSync(completeMarker(folder))) return;
    rmSync(folder, { recursive: true, force: true });
    onActivity('makes a Python environment');
    await runStep(python, ['-m', 'venv', folder], signal, onActivity);
    await runStep(
      environmentPython(folder),
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', `mlflow==${MLFLOW_VERSION}`],
      signal,
      onActivity,
    );
    writeFileSync(completeMarker(folder), `${MLFLOW_VERSION}\n`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    lock.release();
  }
}

async function runStep(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
  onActivity: (activity: string) => void,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let tail = '';
  const keep = (text: string) => {
    tail = (tail + text).slice(-2000);
    const line = text.trim().split('\n').at(-1)?.trim();
    if (line) onActivity(line.slice(0, 100));
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  }).catch((error: unknown) => {
    if (signal.aborted) throw new OneshotError('interrupted', 'the installation of MLflow was stopped');
    throw new OneshotError('usage', `${program} cannot be run: ${(error as Error).message}`);
  });
  if (code !== 0) throw describeFailedStep(tail);
}

function describeFailedStep(tail: string): OneshotError {
  const said = tail.trim().split('\n').slice(-3).join(' ').trim();
  const hint = /ensurepip|No module named venv/.test(tail)
    ? 'this Python comes without venv: on Debian and Ubuntu `apt install python3-venv`, or install uv'
    : /No matching distribution|requires a different Python|Requires-Python/.test(tail)
      ? `MLflow ${MLFLOW_VERSION} needs Python 3.10 or later and access to a package index`
      : 'see that this machine reaches a package index, or set ONESHOT_MLFLOW to a command that works';
  return new OneshotError('usage', `MLflow could not be installed: ${said}`, { hint });
}
