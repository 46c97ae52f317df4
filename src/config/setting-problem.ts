// What is wrong with the settings of one section, said by the part of the program that they belong to: a task, an
// optimizer, a data set. The check (src/check) finds the place in the input.
import type { ProblemCode } from '../base/problem.js';
import type { ConcretePath } from './key-path.js';

export interface SettingProblem {
  readonly code: ProblemCode;
  /** Key paths below the section: the first that the input gives is at fault, else the last. `[]` is the section itself. */
  readonly keys: readonly [ConcretePath, ...ConcretePath[]];
  /** Whether the key or its value is at fault. Default: the value. */
  readonly at?: 'key' | 'value';
  readonly found: string;
  readonly allowed: string;
  readonly nearest?: string | undefined;
  readonly hint?: string | undefined;
}
