// Turns whatever was thrown into text on standard error and an exit code. No stack trace unless --debug.
import { InputError, OneshotError } from '../base/problem.js';
import { describeSystemError } from '../base/system-error.js';
import { describeMore, renderProblems } from './render-problem.js';
import { colorsFor, printNote } from './terminal.js';

/** 0 done, 1 a trial failed or a comparison differs, 2 the input is wrong, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Prints the error and returns the exit code it stands for. `sets` are the command's `--set` arguments, for excerpts. */
export function reportError(error: unknown, debug: boolean, sets: readonly string[] = []): ExitCode {
  const colors = colorsFor(process.stderr);
  if (error instanceof InputError) {
    printNote(renderProblems(error.problems, 'text', { colors: colors.isColorSupported, sets }));
    if (error.more > 0) printNote(describeMore(error.more));
    if (debug) printNote(String(error.stack));
    return 2;
  }
  const failure = error instanceof OneshotError ? error : describeUnexpected(error);
  printNote(`${colors.red('error:')} ${failure.message}`);
  if (failure.hint !== undefined) printNote(`  ${failure.hint}`);
  if (debug) printNote(String(error instanceof Error ? error.stack : error));
  if (failure.code === 'interrupted') return 130;
  return failure.code === 'usage' || failure.code === 'data' ? 2 : 1;
}

function describeUnexpected(error: unknown): OneshotError {
  const system = describeSystemError(error);
  if (system !== undefined) return new OneshotError(system.code, system.message, { hint: system.hint });
  const message = error instanceof Error ? error.message : String(error);
  return new OneshotError('internal', `unexpected: ${message}`, {
    hint: 'run again with --debug for details; please report it',
  });
}
