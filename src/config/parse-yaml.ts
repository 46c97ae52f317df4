// YAML text to a source tree and all syntax problems. YAML 1.2 core schema: `1e-4` is a number, `on` is text, `<<` is an
// ordinary key. Reading goes on behind a mistake where that is safe, so that later mistakes are found in the same go.
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import type { Problem, ProblemCode, SourcePosition } from '../base/problem.js';
import { type ConcretePath, formatKeyPath } from './key-path.js';
import { MAX_VALUES, scanYaml } from './scan-yaml.js';
import type { SourceEntry, SourceNode } from './source-tree.js';
import { findSyntaxMistakes, type SyntaxMistake } from './yaml-syntax.js';

/** Mistakes of a file that are looked at: behind so many, nothing more is believed. */
const MAX_MISTAKES = 200;

/** Signs that further readings of a mended text may take together. */
const MAX_REREAD = 500_000;

/** Deepest nesting of lists and maps. */
const MAX_DEPTH = 50;

/** A key of the root and what follows it, where an error was met. Line numbers count from 1. */
export interface DamagedSection {
  readonly key: string | undefined;
  readonly first: number;
  readonly last: number;
  readonly error: number;
}

/** Parts of a file that a syntax error makes unreliable: what is found there may be a consequence of it. */
export interface Damage {
  readonly sections: readonly DamagedSection[];
  /** Keys of the root whose sections are damaged. */
  readonly keys: ReadonlySet<string>;
  /** An open bracket or quote goes on to the end: keys that seem to be missing may stand in it. */
  readonly isOpenEnded: boolean;
}

export interface ParsedYaml {
  /** Missing where there is nothing to go on with. */
  readonly root: SourceNode | undefined;
  readonly problems: readonly Problem[];
  /** How many more mistakes there are at least, of which nothing is said. */
  readonly more: number;
  readonly damage: Damage;
}

export interface ParseYamlOptions {
  /** The file's name in problems. */
  readonly file: string;
  /** Where the text begins in what the user wrote: the value of `--set key=value` begins at a later column. Default 1. */
  readonly column?: number;
}

/** The source tree of a YAML text and its syntax problems, in order. */
export function parseYaml(source: string, options: ParseYamlOptions): ParsedYaml {
  // A carriage return alone is a line break in YAML, but not to the parser.
  const whole = source.replace(/^\uFEFF/, '').replace(/\r(?!\n)/g, '\n');
  const stop = scanYaml(whole);
  const text = stop === undefined ? whole : whole.slice(0, stop.offset);
  const place = new Places(text, options);
  const problems: Problem[] = findForbiddenCharacters(text, place);
  const damage = new DamagedSections(text);
  if (stop?.problem !== undefined) {
    const { found, allowed } = stop.problem;
    return {
      root: undefined,
      problems: [...problems, place.problem('syntax', stop.offset, '', found, allowed)],
      more: 0,
      damage,
    };
  }

  // A mistake that hides the rest of the file is mended for a further reading; positions are those of the original, since
  // a mend keeps the length of the text.
  let readable = text.replace(invisibleIndentation, (indentation) => ' '.repeat(indentation.length));
  let reading = read(readable, place);
  let more = reading.more;
  for (let round = 0, work = 0; round < 20 && work <= MAX_REREAD; round += 1, work += text.length) {
    const fresh = reading.mistakes.filter(({ offset }) => !damage.covers(place.at(offset).line));
    for (const mistake of fresh) {
      // Behind a misleading mistake nothing more is believed in its section, other mistakes of this reading included.
      if (damage.covers(place.at(mistake.offset).line)) continue;
      problems.push(syntaxProblem(mistake, place, reading.document));
      if (mistake.hides !== undefined) damage.keys.add(mistake.hides);
      if (mistake.end !== undefined && text.slice(mistake.end).trim() === '') damage.isOpenEnded = true;
      if (mistake.misleads) {
        damage.add(place.at(mistake.offset).line, place.at(mistake.end ?? mistake.offset).line);
      }
    }
    const repairs = reading.mistakes.flatMap(({ repair }) => repair ?? []);
    if (repairs.length === 0 || reading.more > 0) break;
    const before: string = readable;
    for (const { from, to, fill } of repairs) {
      readable = readable.slice(0, from) + fill.repeat(to - from) + readable.slice(to);
    }
    if (readable === before) break;
    reading = read(readable, place);
  }
  for (const document of reading.extraDocuments) {
    const hint = 'remove the line --- that begins it';
    problems.push(place.problem('syntax', document.range[0], '', 'a second document', 'one document', hint));
    damage.isOpenEnded = true;
    damage.add(place.at(document.range[0] - 1).line, place.at(text.length).line);
  }

  const builder = new TreeBuilder(readable, place);
  const contents = more > 0 ? undefined : reading.document?.contents;
  const built = contents ? builder.build(contents as Node, []) : undefined;
  const root = builder.gaveUp ? undefined : built;
  problems.push(...builder.problems.filter(({ line }) => !damage.covers(line)));
  if (reading.document?.directives.yaml.explicit && reading.document.directives.yaml.version !== '1.2') {
    problems.push(
      place.problem(
        'syntax',
        text.indexOf('%YAML'),
        '',
        `%YAML ${reading.document.directives.yaml.version}`,
        'YAML 1.2',
      ),
    );
  }
  more += builder.more + Math.max(0, problems.length - MAX_MISTAKES);
  return { root, problems: problems.sort(byPosition).slice(0, MAX_MISTAKES), more, damage };
}

interface Reading {
  readonly document: Document.Parsed | undefined;
  readonly extraDocuments: readonly Document.Parsed[];
  readonly mistakes: readonly SyntaxMistake[];
  /** Mistakes that are not among these. */
  readonly more: number;
}

function read(text: string, place: Places): Reading {
  // A stack for each of thousands of mistakes would take most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const parsed = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: place.restart(),
  });
  Error.stackTraceLimit = stackTraceLimit;
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  const [document, ...extraDocuments] = documents;
  // They come in the order of the text.
  const more = document === undefined ? 0 : cut(document.errors) + cut(document.warnings);
  const mistakes = document === undefined ? [] : findSyntaxMistakes(document, text, place.lines);
  return { document, extraDocuments, mistakes, more: more + cut(mistakes) };
}

/** Leaves the first `MAX_MISTAKES` and returns how many went. */
function cut(mistakes: unknown[]): number {
  return mistakes.splice(MAX_MISTAKES).length;
}

/** Offsets in the text as positions in the user's input. */
class Places {
  readonly #file: string;
  readonly #firstColumn: number;
  readonly #end: number;
  lines = new LineCounter();

  constructor(text: string, { file, column = 1 }: ParseYamlOptions) {
    this.#file = file;
    this.#firstColumn = column;
    this.#end = text.length;
    this.lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lines.addNewLine(at + 1);
  }

  /** A new line counter for a further reading of the text. */
  restart(): LineCounter {
    this.lines = new LineCounter();
    return this.lines;
  }

  at(offset: number): SourcePosition {
    const { line, col } = this.lines.linePos(Math.max(0, Math.min(offset, this.#end)));
    const row = Math.max(1, line);
    return { file: this.#file, line: row, column: row === 1 ? Math.max(1, col) + this.#firstColumn - 1 : col };
  }

  problem(code: ProblemCode, offset: number, path: string, found: string, allowed: string, hint?: string): Problem {
    return { code, ...this.at(offset), path, found, allowed, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Spaces at the beginning of a line of which at least one is none to YAML. */
const invisibleIndentation = /^[ \t]*[\u00A0\u2000-\u200B\u3000\uFEFF][ \t\u00A0\u2000-\u200B\u3000\uFEFF]*/gm;

/** Control characters and spaces that look like indentation but are none. */
function findForbiddenCharacters(text: string, place: Places): Problem[] {
  const problems: Problem[] = [];
  for (const match of text.matchAll(
    /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|^[ \t]*([\u00A0\u2000-\u200B\u3000\uFEFF])/gm,
  )) {
    const isSpace = match[1] !== undefined;
    const offset = match.index + match[0].length - 1;
    const name = `U+${text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0')}`;
    const found = isSpace ? `the invisible character ${name} as indentation` : `the control character ${name}`;
    problems.push(place.problem('syntax', offset, '', found, isSpace ? 'ordinary spaces' : 'printable text'));
    if (problems.length === 20) break;
  }
  return problems;
}

/** The sections of the root (a key at column 1 and what follows it) in which a syntax error was met. */
class DamagedSections implements Damage {
  readonly sections: DamagedSection[] = [];
  readonly keys = new Set<string>();
  isOpenEnded = false;
  readonly #all: { first: number; last: number; key: string | undefined }[] = [];

  constructor(text: string) {
    const lines = text.split('\n');
    lines.forEach((line, index) => {
      if (index === 0 || /^[^\s#\-\]}]/.test(line)) {
        this.#all.push({ first: index + 1, last: lines.length, key: /^["']?([A-Za-z0-9_$<-]+)/.exec(line)?.[1] });
        const before = this.#all.at(-2);
        if (before) before.last = index;
      }
    });
  }

  /** Marks the sections between two lines. */
  add(from: number, to: number): void {
    for (const { first, last, key } of this.#all) {
      if (to < first || from > last) continue;
      this.sections.push({ key, first, last, error: Math.max(first, from) });
      if (key !== undefined) this.keys.add(key);
    }
  }

  covers(line: number): boolean {
    return this.sections.some(({ first, last }) => line >= first && line <= last);
  }
}

function syntaxProblem(mistake: SyntaxMistake, place: Places, document: Document.Parsed | undefined): Problem {
  const path = document?.contents ? formatKeyPath(findPathAt(document.contents as Node, mistake.offset)) : '';
  return place.problem('syntax', mistake.offset, path, mistake.found, mistake.allowed, mistake.hint);
}

/** The path of the innermost value around an offset. */
function findPathAt(node: Node, offset: number): ConcretePath {
  const path: (string | number)[] = [];
  let at: Node | undefined = node;
  while (at) {
    const here: Node = at;
    at = undefined;
    if (isMap<Node, Node | null>(here)) {
      for (const pair of here.items as Pair<Node, Node | null>[]) {
        const start = pair.key?.range?.[1] ?? pair.value?.range?.[0] ?? 0;
        if (!pair.value?.range || offset < start || offset >= pair.value.range[1]) continue;
        path.push(keyText(pair.key));
        at = pair.value;
      }
    } else if (isSeq<Node>(here)) {
      here.items.forEach((item, index) => {
        if (!item.range || offset < item.range[0] || offset >= item.range[1]) return;
        path.push(index);
        at = item;
      });
    }
  }
  return path;
}

/** Makes source nodes of the parser's nodes; finds what only shows with the key path at hand. */
class TreeBuilder {
  readonly problems: Problem[] = [];
  readonly #text: string;
  readonly #place: Places;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #reported = new Set<string>();
  #values = 0;
  /** Mistakes that were met when there were enough. */
  more = 0;
  /** The alias in the text that is being expanded, with all that it leads to. */
  #alias: { start: SourcePosition; path: ConcretePath } | undefined;
  /** True once reading was given up: what was built until then is incomplete. */
  gaveUp = false;

  constructor(text: string, place: Places) {
    this.#text = text;
    this.#place = place;
  }

  /** `start` is the position of the alias where the node stands for one. */
  build(node: Node, path: ConcretePath, start = this.#place.at(node.range?.[0] ?? 0)): SourceNode {
    if (isAlias(node)) return this.#follow(node.source, path, start);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined && this.#alias === undefined) this.#anchors.set(anchor, node);
    if (isScalar(node)) return this.#scalar(node, start);
    if (!this.#mayEnter(path, start)) return { kind: 'scalar', value: null, text: '…', start };
    this.#open.add(node);
    const built = isMap<Node, Node | null>(node) ? this.#map(node.items, path, start) : this.#list(node, path, start);
    this.#open.delete(node);
    return built;
  }

  #scalar(
    node: { value: unknown; range?: readonly number[] | null; type?: string },
    start: SourcePosition,
  ): SourceNode {
    this.#values += 1;
    const { value } = node;
    const known = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    const text = node.range ? this.#text.slice(node.range[0], node.range[1]).trim() : '';
    return { kind: 'scalar', value: known ? (value as string) : String(value), text, start };
  }

  #list(node: Node, path: ConcretePath, start: SourcePosition): SourceNode {
    const items = isSeq<Node>(node) ? node.items : [];
    return { kind: 'list', items: items.map((item, index) => this.build(item, [...path, index])), start };
  }

  #map(pairs: readonly Pair<Node, Node | null>[], path: ConcretePath, start: SourcePosition): SourceNode {
    const entries = new Map<string, SourceEntry>();
    for (const pair of pairs) {
      const key = keyText(pair.key);
      const keyStart = this.#place.at(pair.key?.range?.[0] ?? pair.value?.range?.[0] ?? 0);
      const first = entries.get(key);
      if (first) {
        this.#report(
          'syntax',
          keyStart,
          path,
          `key ${key} a second time`,
          'each key once',
          `it stands in line ${first.keyStart.line} already`,
        );
        continue;
      }
      const node: SourceNode = pair.value
        ? this.build(pair.value, [...path, key])
        : { kind: 'scalar', value: null, text: '', start: keyStart };
      entries.set(key, { keyStart, node });
    }
    return { kind: 'map', entries, start };
  }

  #follow(name: string, path: ConcretePath, start: SourcePosition): SourceNode {
    const nothing: SourceNode = { kind: 'scalar', value: null, text: `*${name}`, start };
    const target = this.#anchors.get(name);
    if (!target) {
      this.#report('syntax', start, path, `alias *${name}`, this.#anchorNames());
      return nothing;
    }
    if (this.#open.has(target)) {
      this.#report('syntax', start, path, `alias *${name} within what it stands for`, 'aliases of values above');
      return nothing;
    }
    const outer = this.#alias;
    this.#alias = outer ?? { start, path };
    const built = this.build(target, path, start);
    this.#alias = outer;
    return built;
  }

  #anchorNames(): string {
    const names = [...this.#anchors.keys()];
    const shown = names.slice(0, 20).map((name) => `*${name}`);
    return names.length === 0 ? 'an anchor above that it names, &name' : shown.join(', ');
  }

  /** Counts a list or map; false once there are too many values or the nesting is too deep, which is reported once. */
  #mayEnter(path: ConcretePath, start: SourcePosition): boolean {
    this.#values += 1;
    if (this.gaveUp) return false;
    if (path.length >= MAX_DEPTH) {
      this.gaveUp = true;
      this.#report(
        'syntax',
        start,
        path.slice(0, 3),
        `more than ${MAX_DEPTH} lists and maps inside each other`,
        `${MAX_DEPTH} at most`,
      );
    } else if (this.#values > MAX_VALUES) {
      this.gaveUp = true;
      const [found, place] = this.#alias
        ? [`more than ${MAX_VALUES} values made by aliases`, this.#alias]
        : [`more than ${MAX_VALUES} values`, { start, path }];
      this.#report('syntax', place.start, place.path, found, `${MAX_VALUES} values at most`);
    }
    return !this.gaveUp;
  }

  #report(
    code: ProblemCode,
    start: SourcePosition,
    path: ConcretePath,
    found: string,
    allowed: string,
    hint?: string,
  ): void {
    // An alias repeats what is wrong in its anchor.
    const place = `${start.line}:${start.column}`;
    if (this.#reported.has(place)) return;
    this.#reported.add(place);
    if (this.problems.length >= MAX_MISTAKES) {
      this.more += 1;
      this.gaveUp = true;
      return;
    }
    this.problems.push({
      code,
      ...start,
      path: formatKeyPath(path),
      found,
      allowed,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/**
 * A key as text. A list or map, which is no key here, goes by where it stands: the library's text of one that is the key of
 * another one takes twice the work for each.
 */
function keyText(key: unknown): string {
  if (isScalar(key)) return String(key.value ?? '');
  if (isAlias(key)) return `*${key.source}`;
  return isCollection(key) ? `…${key.range?.[0] ?? ''}` : '';
}

function byPosition(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
