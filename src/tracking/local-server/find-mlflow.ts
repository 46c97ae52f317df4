// Which MLflow `oneshot ui` starts: the first that there is of a configured command, `mlflow` itself, an environment made
// before, uvx, pipx, and an environment that is made now. Only the first three need no download.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Environment, userCacheFolder } from '../../base/environment.js';
import { findProgram } from '../../base/find-program.js';
import { OneshotError } from '../../base/problem.js';
import { environmentPython } from '../../base/system-rules.js';

/** The version that is fetched where there is none; everything here was tried with it. */
export const MLFLOW_VERSION = '3.17.2';
/** Older ones lack logged models and the address of the machine-learning view. */
const LEAST_MAJOR_VERSION = 3;

/** A command that stands for `mlflow`: arguments are appended. */
export interface MlflowCommand {
  readonly command: readonly string[];
  /** How it was found, in words. */
  readonly origin: string;
}

/** What can be done about MLflow on this machine. */
export type MlflowPlan =
  | ({ readonly kind: 'ready' } & MlflowCommand)
  /** Fetches some hundred megabytes when it is first run. */
  | ({ readonly kind: 'fetches' } & MlflowCommand)
  /** An environment is to be made with this Python. */
  | { readonly kind: 'install'; readonly python: string; readonly folder: string };

/** `mlflow-VERSION` in our cache folder. */
export function ownEnvironmentFolder(env: Environment): string {
  return join(userCacheFolder(env), `mlflow-${MLFLOW_VERSION}`);
}

/** Throws OneshotError('usage') where the configured command does not work, and where nothing that could help is installed. */
export async function planMlflow(env: Environment): Promise<MlflowPlan> {
  if (env.ONESHOT_MLFLOW) {
    const command = env.ONESHOT_MLFLOW.trim().split(/\s+/);
    await requireVersion(command, 'ONESHOT_MLFLOW');
    return { kind: 'ready', command, origin: 'ONESHOT_MLFLOW' };
  }
  const mlflow = findProgram('mlflow', env);
  if (mlflow !== undefined && ((await readMajorVersion([mlflow])) ?? 0) >= LEAST_MAJOR_VERSION) {
    return { kind: 'ready', command: [mlflow], origin: mlflow };
  }
  const folder = ownEnvironmentFolder(env);
  if (existsSync(completeMarker(folder))) {
    return { kind: 'ready', command: ownCommand(folder), origin: folder };
  }
  const uvx = findProgram('uvx', env);
  if (uvx !== undefined) return { kind: 'fetches', command: [uvx, `mlflow@${MLFLOW_VERSION}`], origin: 'uvx' };
  const pipx = findProgram('pipx', env);
  if (pipx !== undefined) {
    return { kind: 'fetches', command: [pipx, 'run', '--spec', `mlflow==${MLFLOW_VERSION}`, 'mlflow'], origin: 'pipx' };
  }
  const python = findProgram('python3', env) ?? findProgram('python', env);
  if (python !== undefined) return { kind: 'install', python, folder };
  throw new OneshotError('usage', 'there is no MLflow on this machine, and no Python to install it with', {
    hint:
      'install uv (https://docs.astral.sh/uv) or Python 3.10 or later, or set ONESHOT_MLFLOW to a command; ' +
      '`oneshot report` needs neither',
  });
}

/** What an environment of our own has when it is whole. */
export function completeMarker(folder: string): string {
  return join(folder, 'complete');
}

/** The command of an environment of our own. */
export function ownCommand(folder: string): string[] {
  return [environmentPython(folder), '-m', 'mlflow'];
}

async function requireVersion(command: readonly string[], setting: string): Promise<void> {
  const major = await readMajorVersion(command);
  if (major !== undefined && major >= LEAST_MAJOR_VERSION) return;
  const found = major === undefined ? 'does not answer to --version' : `is MLflow ${major}`;
  throw new OneshotError('usage', `${setting}: the command \`${command.join(' ')}\` ${found}`, {
    hint: `it has to be MLflow ${LEAST_MAJOR_VERSION} or later, for example ONESHOT_MLFLOW="uvx mlflow@${MLFLOW_VERSION}"`,
  });
}

/** The first number of `mlflow, version 3.17.2`; undefined when the command does not work. Importing MLflow takes seconds. */
async function readMajorVersion([program = '', ...args]: readonly string[]): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args, '--version'], { timeout: 300_000 });
    const match = /version (\d+)\./.exec(stdout);
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
