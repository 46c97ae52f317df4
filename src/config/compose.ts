// One experiment of several files: what a file extends, the file itself, and `--set` arguments, merged in this order into one
// tree that knows where each value came from.
import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { expandHome } from '../base/environment.js';
import { findNearestKey } from '../base/nearest-key.js';
import type { Problem, SourcePosition } from '../base/problem.js';
import { applySet } from './apply-set.js';
import { describeFound } from './describe-found.js';
import { mergeSource } from './merge-source.js';
import { type Damage, parseYaml } from './parse-yaml.js';
import { MAX_FILE_BYTES, type ReadFile, readRegularFile, readText } from './read-text.js';
import { experimentSchema } from './schema.js';
import { type SourceMap, type SourceNode, withEntry, withoutEntry } from './source-tree.js';

/** Files of one experiment at most, their bytes together, how often they may extend others, and how deep. */
const MAX_FILES = 100;
const MAX_BYTES = 2 * MAX_FILE_BYTES;
const MAX_EXTENDS = 200;
const MAX_EXTENDS_DEPTH = 20;

export interface ComposeOptions {
  /** `--set` arguments, `key.path=value`, in order. */
  readonly sets?: readonly string[];
  /** How files are read; from the disk by default. */
  readonly readFile?: ReadFile;
}

export interface Composition {
  /** Without `extends`; missing when the file itself cannot be read. */
  readonly root: SourceMap | undefined;
  readonly problems: readonly Problem[];
  /** How many more there are at least, of which nothing is said. */
  readonly more: number;
  /** Names of all files in the order in which they were read: the file itself first. */
  readonly files: readonly string[];
  /** By file: what a syntax error makes unreliable. */
  readonly damage: ReadonlyMap<string, Damage>;
  /** False when a part is missing (a base that cannot be read): a missing key may stand there. */
  readonly complete: boolean;
}

/** The experiment of a file with all it extends and the `--set` arguments. */
export function compose(path: string, { sets = [], readFile = readRegularFile }: ComposeOptions = {}): Composition {
  const composer = new Composer(readFile);
  let root = composer.read({ path, file: path }, []);
  const problems = [...composer.problems];
  sets.forEach((argument, index) => {
    if (!root) return;
    const applied = applySet(root, argument, index + 1);
    root = resolvePaths(applied.root, (file) => (file === `--set ${index + 1}` ? process.cwd() : undefined));
    problems.push(...applied.problems);
  });
  const { files, damage, complete, more } = composer;
  return { root, problems, more, files, damage, complete };
}

interface Source {
  /** Where it is read from. */
  readonly path: string;
  /** What it is called in problems. */
  readonly file: string;
}

class Composer {
  readonly problems: Problem[] = [];
  readonly files: string[] = [];
  readonly damage = new Map<string, Damage>();
  complete = true;
  more = 0;
  readonly #readFile: ReadFile;
  /** What was read already, with its bases: a file that is extended twice is read once. */
  readonly #read = new Map<string, SourceMap | undefined>();
  /** Files that are no experiments: nothing of what stands in them is repeated anywhere. */
  readonly #strangers = new Set<string>();
  #bytes = 0;
  #extends = 0;

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  /** The tree of a file with its bases under it. `open` are the files that lead here. */
  read(source: Source, open: readonly Source[]): SourceMap | undefined {
    if (!this.files.includes(source.file)) this.files.push(source.file);
    const text = readText(source.path, source.file, this.#readFile);
    if ('problem' in text) return this.#give(text.problem);
    this.#bytes += text.text.length;
    if (this.#bytes > MAX_BYTES) {
      const [found, allowed] = [`more than ${MAX_BYTES} bytes in all files together`, `${MAX_BYTES} at most`];
      return this.#give({ code: 'unreadable', file: source.file, line: 1, column: 1, path: '', found, allowed });
    }
    if (open.length > 0 && !isMeantAsExperiment(text.text)) {
      this.#strangers.add(source.file);
      return this.#give();
    }
    const parsed = parseYaml(text.text, { file: source.file });
    this.problems.push(...parsed.problems);
    this.more += parsed.more;
    this.damage.set(source.file, parsed.damage);
    const { root } = parsed;
    if (root?.kind === 'map')
      return this.#extend(
        resolvePaths(root, () => dirname(resolve(source.path))),
        source,
        open,
      );
    if (parsed.problems.length > 0) return this.#give();
    const allowed = 'a map with the keys of an experiment';
    if (!root) {
      return this.#give({
        code: 'wrong-type',
        file: source.file,
        line: 1,
        column: 1,
        path: '',
        found: 'an empty file',
        allowed,
        hint: 'it needs at least a name',
      });
    }
    return this.#give({ code: 'wrong-type', ...root.start, path: '', found: describeFound(root), allowed });
  }

  #give(problem?: Problem): undefined {
    if (problem) this.problems.push(problem);
    this.complete = false;
  }

  #extend(own: SourceMap, source: Source, open: readonly Source[]): SourceMap {
    const entry = own.entries.get('extends');
    if (!entry) return own;
    let merged: SourceNode | undefined;
    const { node } = entry;
    for (const [index, item] of (node.kind === 'list' ? node.items : [node]).entries()) {
      this.#extends += 1;
      if (this.#extends > MAX_EXTENDS) {
        // Said once: everything that follows would say it again.
        if (this.#extends === MAX_EXTENDS + 1)
          this.#give({
            code: 'extends',
            ...item.start,
            path: 'extends',
            found: `more than ${MAX_EXTENDS} files to extend`,
            allowed: `${MAX_EXTENDS} at most, in all files together`,
          });
        break;
      }
      const path = node.kind === 'list' ? `extends[${index}]` : 'extends';
      const start = item.kind === 'scalar' && item.text === '' ? entry.keyStart : item.start;
      const base = this.#readBase(item, { path, start }, source, [...open, source]);
      if (base) merged = merged ? mergeSource(merged, base, experimentSchema) : base;
    }
    const rest = withoutEntry(own, 'extends');
    return merged ? (mergeSource(merged, rest, experimentSchema) as SourceMap) : rest;
  }

  #readBase(
    item: SourceNode,
    { path, start }: { path: string; start: SourcePosition },
    source: Source,
    open: readonly Source[],
  ): SourceMap | undefined {
    const refuse = (found: string, allowed: string, rest: Partial<Problem> = {}) =>
      this.#give({ code: 'extends', ...start, path, found, allowed, ...rest });
    if (item.kind !== 'scalar' || typeof item.value !== 'string' || item.value === '') {
      return this.#give({
        code: 'wrong-type',
        ...start,
        path,
        found: describeFound(item),
        allowed: 'a file, or a list of files',
      });
    }
    const name = expandHome(item.value, process.env);
    if (/^[a-z][a-z0-9+.-]+:/i.test(name))
      return refuse(JSON.stringify(name), 'local files', { hint: 'download it and name the copy' });
    if (name.includes('\0')) return refuse('a path with a NUL character', 'local files');

    const base: Source = {
      path: resolve(dirname(source.path), name),
      file: isAbsolute(name) ? name : normalize(join(dirname(source.file), name)),
    };
    const loop = open.findIndex((other) => realPath(other.path) === realPath(base.path));
    if (loop >= 0) {
      const names = [...open.slice(loop), base].map(({ file }) => basename(file));
      return refuse(`a cycle, ${names.join(' -> ')}`, 'a file that does not lead back here');
    }
    if (open.length > MAX_EXTENDS_DEPTH)
      return refuse(`more than ${MAX_EXTENDS_DEPTH} files that extend each other`, `${MAX_EXTENDS_DEPTH} at most`);
    if (this.files.length >= MAX_FILES) return refuse(`more than ${MAX_FILES} files`, `${MAX_FILES} at most`);

    const key = realPath(base.path);
    if (this.#read.has(key)) return this.#read.get(key);
    const problemsBefore = this.problems.length;
    const root = this.read(base, open);
    if (this.#strangers.has(base.file)) {
      this.files.splice(this.files.indexOf(base.file), 1);
      return refuse(`${JSON.stringify(name)}: a file that is no experiment`, 'a local experiment file (YAML)');
    }
    // A base that cannot be opened is a mistake of the line that names it.
    const unreadable = this.problems[problemsBefore];
    if (
      unreadable?.code === 'unreadable' &&
      unreadable.file === base.file &&
      /^(no such|a folder|a device|a file (name|that)|a symbolic|a file of)/.test(unreadable.found)
    ) {
      this.problems.splice(problemsBefore, 1);
      this.files.splice(this.files.indexOf(base.file), 1);
      const near = nearestFile(base.path, name);
      const hint = unreadable.hint === undefined ? {} : { hint: unreadable.hint };
      return refuse(`${JSON.stringify(name)}: ${unreadable.found}`, 'a local file, relative to this one', {
        ...(near === undefined ? {} : { nearest: near }),
        ...hint,
      });
    }
    this.#read.set(key, root);
    return root;
  }
}

/**
 * Whether a text may be meant as an experiment: half of its keys at least are an experiment's, or it is empty.
 * `extends` can name any file of the machine.
 */
function isMeantAsExperiment(text: string): boolean {
  if (text.trim() === '') return true;
  const keys = [...text.matchAll(/^(?:\{\s*)?["']?([A-Za-z_][\w.$-]*)["']?\s*:/gm)].map(([, key]) => key!);
  const known = keys.filter((key) => Object.hasOwn(experimentSchema.properties!, key));
  return known.length > 0 && 2 * known.length >= keys.length;
}

/** Of the YAML files beside a missing one, the name most like it, as it would stand in `extends`. */
function nearestFile(path: string, name: string): string | undefined {
  try {
    const beside = readdirSync(dirname(path)).filter((file) => /\.ya?ml$/.test(file));
    const near =
      findNearestKey(basename(path), beside) ?? beside.find((file) => file.replace(/\.ya?ml$/, '') === basename(path));
    return near === undefined ? undefined : `${name.slice(0, name.length - basename(name).length)}${near}`;
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Keys that name files of other kinds; `*` stands for every item of a list. */
const PATH_KEYS = [
  ['data', 'path'],
  ['model', 'encoder', '*', 'path'],
  ['model', 'initialWeights', 'run'],
  ['model', 'initialWeights', 'file'],
];

/**
 * The tree with file paths made absolute (`data.path`): relative ones are meant relative to the
 * file they stand in, or to the current folder in a `--set`.
 */
function resolvePaths(root: SourceMap, folderOf: (file: string) => string | undefined): SourceMap {
  return PATH_KEYS.reduce((tree, keys) => resolvePath(tree, keys, folderOf) as SourceMap, root);
}

/** The node with the path at `keys` below it absolute; as it is where there is none. */
function resolvePath(
  node: SourceNode,
  [key, ...rest]: readonly string[],
  folderOf: (file: string) => string | undefined,
): SourceNode {
  if (key === undefined) return makeAbsolute(node, folderOf);
  if (key === '*')
    return node.kind === 'list'
      ? { ...node, items: node.items.map((item) => resolvePath(item, rest, folderOf)) }
      : node;
  const entry = node.kind === 'map' ? node.entries.get(key) : undefined;
  return node.kind === 'map' && entry !== undefined
    ? withEntry(node, key, { ...entry, node: resolvePath(entry.node, rest, folderOf) })
    : node;
}

function makeAbsolute(node: SourceNode, folderOf: (file: string) => string | undefined): SourceNode {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return node;
  const folder = folderOf(node.start.file);
  return folder === undefined ? node : { ...node, value: resolve(folder, expandHome(node.value, process.env)) };
}
