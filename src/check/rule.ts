// What a cross-field rule is: a named function that looks at a few sections of an experiment and reports what does not fit
// together. The schema has been checked before; a rule is run only where what it needs is sound.
import type { ProblemCode } from '../base/problem.js';
import type { Experiment } from '../config/experiment.js';
import type { ConcretePath } from '../config/key-path.js';
import type { SettingProblem } from '../config/setting-problem.js';

/** A problem by its key path; its position is found later, in the file or at the value of a sweep. */
export interface RuleProblem {
  readonly code: ProblemCode;
  readonly path: ConcretePath;
  /** Whether the key or its value is at fault. Default: the value. */
  readonly at?: 'key' | 'value';
  readonly found: string;
  readonly allowed: string;
  readonly nearest?: string | undefined;
  readonly hint?: string | undefined;
}

export interface RuleContext {
  report(problem: RuleProblem): void;
  /** Whether nothing is wrong at a path: for rules that go through lists item by item. */
  isSound(path: ConcretePath): boolean;
  /** Whether it can be relied on that a path is there or is not, whatever may be wrong below it. */
  isIntact(path: ConcretePath): boolean;
  /** Whether the path stands in a file or a `--set`, and is no default. */
  isGiven(path: ConcretePath): boolean;
}

export interface Rule {
  readonly name: string;
  /**
   * Dotted paths of what the rule reads. It is skipped where one of them is not sound; its findings are the same for
   * experiments that share these sections and `reads`.
   */
  readonly needs: readonly string[];
  /** Sections that it reads besides, item by item, with `isSound` for each. */
  readonly reads?: readonly (keyof Experiment)[];
  check(experiment: Experiment, context: RuleContext): void;
}

/** The first of the paths that stands in the input, or the last one: where to point when one of several values must change. */
export function firstGiven(context: RuleContext, paths: readonly ConcretePath[]): ConcretePath {
  return paths.find((path) => context.isGiven(path)) ?? paths.at(-1)!;
}

/** Reports what is wrong with the settings of a section, each at the first of its keys that stands in the input. */
export function reportSettings(
  context: RuleContext,
  section: ConcretePath,
  problems: readonly SettingProblem[] = [],
): void {
  for (const { keys, ...problem } of problems) {
    const paths = keys.map((key): ConcretePath => [...section, ...key]);
    context.report({ ...problem, path: firstGiven(context, paths) });
  }
}
