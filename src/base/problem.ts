// Errors as data. A `Problem` is something wrong in the user's input, with its position; a `OneshotError` is anything
// else that a user must read. One place turns them into text (src/cli/render-problem.ts); nothing below cli/ prints.

/** What kind of mistake a problem is. */
export type ProblemCode =
  | 'unreadable' // the file is missing, a folder, not UTF-8, too large
  | 'syntax' // not YAML
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-value' // out of range, not one of the allowed words, bad pattern
  | 'extends' // a base file that is missing, remote, or a cycle
  | 'shape' // layers that do not fit each other
  | 'episode' // more ways, shots or queries than there are characters and drawers
  | 'leak' // the same character, alphabet or picture on both sides of a split
  | 'metric' // a metric nobody logs
  | 'sweep' // a sweep path that does not exist or a value that does not fit
  | 'conflict'; // two settings that exclude each other

/** A place in the input: `file` is a path as the user gave it, or `--set N`; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One mistake in the input. */
export interface Problem extends SourcePosition {
  readonly code: ProblemCode;
  /** The key path, `model.encoder[2].filters`; empty at the root of a file. */
  readonly path: string;
  /** What stands there, as short text: `key filtres`, `"fast"`, `-3`. */
  readonly found: string;
  /** What may stand there: `filters, kernelSize, …`, `a number from 0 to 1`. */
  readonly allowed: string;
  /** The nearest allowed name, for mistyped ones. */
  readonly nearest?: string;
  /** What to do next, where that is not clear from the rest. */
  readonly hint?: string;
}

/** The input is wrong: carries all problems in file order. The command ends with exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];
  /** How many more there are at least, of which nothing is said. */
  readonly more: number;

  constructor(problems: readonly Problem[], more = 0) {
    super(
      problems
        .map(
          (problem) =>
            `${problem.file}:${problem.line}:${problem.column} ${problem.path}: found ${problem.found}; allowed ` +
            `${problem.allowed}`,
        )
        .join('\n'),
    );
    this.problems = problems;
    this.more = more;
  }
}

/** What kind of failure a `OneshotError` is: the retry policy and the exit code depend on it. */
export type FailureCode =
  | 'data' // a data set is missing, altered or truncated
  | 'disk' // full, read-only, not writable
  | 'engine' // no compute engine, or it failed
  | 'non-finite' // NaN or infinity in the loss
  | 'out-of-memory'
  | 'killed' // the process was ended from outside, not for memory
  | 'timeout' // it took longer than it may
  | 'locked' // somebody else works on this trial
  | 'drift' // a resumed trial would run under other conditions
  | 'corrupt' // a checkpoint or journal that was altered or is of another version
  | 'usage' // wrong arguments: exit code 2
  | 'interrupted'
  | 'internal';

/** A failure that a user reads: a sentence that says what happened to what, and what to do next. */
export class OneshotError extends Error {
  override readonly name = 'OneshotError';
  readonly code: FailureCode;
  /** What to do next. */
  readonly hint: string | undefined;

  constructor(code: FailureCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
