// From a file name to a composed experiment with defaults, its positions, and all problems of syntax, composition and schema.
// The cross-field rules come after it, in src/check.
import type { Problem, SourcePosition } from '../base/problem.js';
import { type ComposeOptions, type Composition, compose } from './compose.js';
import { Positions } from './positions.js';
import { experimentSchema } from './schema.js';
import { Soundness } from './soundness.js';
import type { SourceNode } from './source-tree.js';
import { type SchemaProblem, validate } from './validate.js';

export interface ReadExperiment {
  /** The plain experiment with defaults filled in; to be relied on where it is sound. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly positions: Positions;
  readonly soundness: Soundness;
  /** In file order. */
  readonly problems: readonly Problem[];
  /** How many more there are at least. */
  readonly more: number;
  /** Names of all files, the file itself first. */
  readonly files: readonly string[];
}

/** Reads an experiment file with all it extends. Never throws for what stands in the files. */
export function readExperiment(path: string, options: ComposeOptions = {}): ReadExperiment {
  const composition = compose(path, options);
  const soundness = new Soundness();
  const { root, files } = composition;
  if (!root) {
    soundness.markBroken([]);
    const start = { file: path, line: 1, column: 1 };
    const positions = new Positions({ kind: 'map', entries: new Map(), start });
    return {
      value: {},
      positions,
      soundness,
      problems: sortProblems(composition.problems, files),
      more: composition.more,
      files,
    };
  }
  const { value, positions, problems, broken, more } = validate(root);
  const certain = problems.filter(
    (problem) =>
      !isDoubtful(problem, composition, positions) && !isUnreadValue(problem, composition.problems, positions),
  );
  for (const path of broken) soundness.markBroken(path);
  const damages = [...composition.damage.values()];
  for (const { keys } of damages) for (const key of keys) soundness.markBroken([key]);
  if (damages.some(({ isOpenEnded }) => isOpenEnded)) {
    for (const key of Object.keys(experimentSchema.properties!))
      if (!root.entries.has(key)) soundness.markBroken([key]);
  }
  // Where a base is missing, any key may be missing with it; where a --set failed, it may have mended anything.
  if (!composition.complete || more > 0 || composition.problems.some(({ file }) => file.startsWith('--set ')))
    soundness.markBroken([]);
  const all = [...composition.problems, ...certain.map(({ breaks: _breaks, place: _place, ...problem }) => problem)];
  return { value, positions, soundness, problems: sortProblems(all, files), more: composition.more + more, files };
}

/**
 * Whether the value itself could not be read (an unknown tag, a bad alias, a control character), so that what it seems to
 * be says nothing.
 */
function isUnreadValue(problem: SchemaProblem, syntax: readonly Problem[], positions: Positions): boolean {
  const node = nodeOf(problem, positions);
  const text = problem.code === 'unknown-key' ? problem.found : node?.kind === 'scalar' ? node.text : '';
  return syntax.some(({ path, file, line, column }) => {
    if (file !== problem.file || line !== problem.line) return false;
    return path === problem.path || (column >= problem.column && column < problem.column + text.length);
  });
}

/** The value that a problem is about. */
function nodeOf({ code, place }: SchemaProblem, positions: Positions): SourceNode | undefined {
  return code === 'wrong-type' || code === 'wrong-value' ? positions.find(place) : undefined;
}

/** Whether a problem may be nothing but the consequence of another that is reported already. */
function isDoubtful(problem: SchemaProblem, { damage, complete }: Composition, positions: Positions): boolean {
  const isGap = problem.code === 'missing-key';
  if (isGap && !complete) return true;
  if (isGap && problem.path === '' && [...damage.values()].some(({ isOpenEnded }) => isOpenEnded)) return true;
  const damaged = [...damage.values()].flatMap(({ keys }) => [...keys]);
  if (isGap && problem.breaks.some(([key]) => damaged.includes(String(key)))) return true;
  const sections = damage.get(problem.file)?.sections ?? [];
  // A line that slipped to the first column cuts its section in two: what comes behind it is missing there.
  const isCut = sections.some(({ key }) => key === undefined || !Object.hasOwn(experimentSchema.properties!, key));
  if (isGap && isCut) return true;
  const section = sections.find(({ first, last }) => problem.line >= first && problem.line <= last);
  if (!section || (problem.path === '' && isGap)) return false;
  if (isGap || problem.line >= section.error) return true;
  const node = nodeOf(problem, positions);
  return node !== undefined && lastLineOf(node) >= section.error;
}

/** The last line that a value has a part on. */
function lastLineOf(node: SourceNode): number {
  if (node.kind === 'scalar') return node.start.line + node.text.split('\n').length - 1;
  const children = node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.node);
  return Math.max(node.start.line, ...children.filter(({ start }) => start.file === node.start.file).map(lastLineOf));
}

/** Problems in file order: the file itself, what it extends, then `--set` arguments; by line and column in each. */
export function sortProblems(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const rank = ({ file }: SourcePosition) => {
    const at = files.indexOf(file);
    if (at >= 0) return at;
    const argument = /^--set (\d+)$/.exec(file);
    return files.length + (argument ? Number(argument[1]) : 0);
  };
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}
