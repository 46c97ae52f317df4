// Runs the built command line as a user would, and looks at what its runs left.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const MAIN = resolve(import.meta.dirname, '../../dist/programs/main.js');

/** The folder of the real data sets: ONESHOT_DATA, or `shared/data` beside the checkout. */
export const DATA_FOLDER = resolve(process.env.ONESHOT_DATA ?? resolve(import.meta.dirname, '../../../shared/data'));

/** Where these commands lease their devices: tests do not wait for those of other programs. */
export const DEVICE_FOLDER = join(tmpdir(), `oneshot-test-devices-${process.pid}`);

export interface CommandResult {
  /** The exit code; 128 and the signal's number when a signal ended it, as a shell says it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

/** Starts `oneshot` with these arguments, without a terminal. */
export function startCommand(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: {
      ...process.env,
      ONESHOT_DATA: DATA_FOLDER,
      ONESHOT_DEVICES: DEVICE_FOLDER,
      MLFLOW_TRACKING_URI: '',
      NO_COLOR: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const result = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
    code: typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals],
    stdout,
    stderr,
  }));
  return { child, result };
}

/** Runs `oneshot` to its end. */
export function runCommand(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return startCommand(args, options).result;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'oneshot-test-'));
}

/** The run folders of an experiment. */
export function runFoldersOf(runsFolder: string, experiment: string): string[] {
  const folder = join(runsFolder, experiment);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'trial.json')))
    .sort()
    .map((name) => join(folder, name));
}

/** The process that runs a trial, by its lock. */
export function trialProcessOf(runFolder: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(runFolder, 'lock'), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** Resolves to the first value that is not undefined; rejects after `limitMs`. */
export async function waitFor<T>(look: () => T | undefined, limitMs = 60_000): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (performance.now() - start > limitMs) throw new Error(`nothing came within ${limitMs} ms`);
    await sleep(20);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that ended and was not waited for is no longer running.
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Everything of a finished run that must not depend on how often it was interrupted. */
export function repeatablePartOf(runFolder: string) {
  const events = readFileSync(join(runFolder, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; key?: string; step?: number; value?: number });
  const points = events
    .filter(({ type, key }) => type === 'metric' && !/^(time|system)\//.test(key ?? ''))
    .map(({ key, step, value }) => [key, step, value]);
  return {
    weights: readFileSync(join(runFolder, 'best.safetensors')).toString('base64'),
    results: readFileSync(join(runFolder, 'results.json'), 'utf8'),
    predictions: readdirSync(join(runFolder, 'predictions'))
      .sort()
      .map((name) => [name, readFileSync(join(runFolder, 'predictions', name), 'utf8')]),
    points,
  };
}
