// `--set key.path=value`: one more layer over the files of an experiment.
import type { Problem, ProblemCode } from '../base/problem.js';
import { assignAtPath } from './assign-source.js';
import { KeyPathError, type ParsedKeyPath, parseKeyPath } from './key-path.js';
import { parseYaml } from './parse-yaml.js';
import type { SourceMap, SourceNode } from './source-tree.js';

/**
 * The tree with one `--set` argument merged in, or the tree as it was and what is wrong with the argument. `number`
 * counts the arguments from 1.
 */
export function applySet(
  root: SourceMap,
  argument: string,
  number: number,
): { root: SourceMap; problems: readonly Problem[] } {
  const file = `--set ${number}`;
  const equals = argument.indexOf('=');
  const refuse = (code: ProblemCode, column: number, found: string, allowed: string, rest: Partial<Problem> = {}) => ({
    root,
    problems: [{ code, file, line: 1, column, path: '', found, allowed, ...rest }],
  });
  if (equals < 0) return refuse('syntax', 1, `${JSON.stringify(argument)} without =`, 'key.path=value');

  let path: ParsedKeyPath;
  try {
    path = parseKeyPath(argument.slice(0, equals).trimEnd());
  } catch (error) {
    if (!(error instanceof KeyPathError)) throw error;
    return refuse(
      'syntax',
      error.offset + 1,
      error.message,
      'a key path: training.optimizer.learningRate, model.encoder[conv1].filters',
    );
  }
  if (path.steps[0] === 'extends') return refuse('extends', 1, 'key extends', 'extends in a file');

  const parsed = parseYaml(argument.slice(equals + 1), { file, column: equals + 2 });
  if (parsed.problems.length > 0) return { root, problems: parsed.problems };
  const value: SourceNode = parsed.root ?? {
    kind: 'scalar',
    value: null,
    text: '',
    start: { file, line: 1, column: equals + 2 },
  };
  const { root: changed, problem } = assignAtPath(root, path, value, { file, line: 1, column: 1 });
  return problem ? { root, problems: [problem] } : { root: changed, problems: [] };
}
