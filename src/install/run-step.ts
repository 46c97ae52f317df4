// One program of an installation, run to its end.
import { execa } from 'execa';
import type { Environment } from '../base/environment.js';
import { findProgram } from '../base/find-program.js';
import { OneshotError } from '../base/problem.js';

export interface StepOptions {
  readonly cwd: string;
  readonly env: Environment;
  /** What to do where it fails. */
  readonly hint: string;
}

const LAST_LINES = 6;

/**
 * What the program printed. Rejects with a OneshotError('engine') that holds the end of what it said when it does not end
 * well.
 */
export async function runStep(program: string, args: readonly string[], options: StepOptions): Promise<string> {
  const { cwd, env, hint } = options;
  const result = await execa(program, args, { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' });
  if (!result.failed) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n');
  const end =
    result.exitCode === undefined ? result.shortMessage : `${program} ended with exit code ${result.exitCode}`;
  throw new OneshotError('engine', `${end}${said === '' ? '' : `:\n${said}`}`, { hint });
}

/** The first of the programs that is on PATH. Throws a OneshotError('engine') that says what it is for and how to get it. */
export function requireProgram(
  names: readonly [string, ...string[]],
  env: Environment,
  { purpose, remedy }: { purpose: string; remedy: string },
): string {
  const found = names.map((name) => findProgram(name, env)).find((path) => path !== undefined);
  if (found !== undefined) return found;
  const wanted = names.length === 1 ? `${names[0]} is not` : `none of ${names.join(', ')} is`;
  throw new OneshotError('engine', `${wanted} on PATH: ${purpose}`, { hint: remedy });
}
