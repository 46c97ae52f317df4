// The schema check: Ajv's errors as problems at the keys and values they are about, in the words of the schema. Only the kind
// that a `type` chooses is reported, and each place once.
import { explainLookAlike } from '../base/look-alike.js';
import { findNearestKey } from '../base/nearest-key.js';
import type { Problem, ProblemCode, SourcePosition } from '../base/problem.js';
import { checkSchema, type SchemaError } from './check-schema.generated.js';
import { describeFound, explainMisreading } from './describe-found.js';
import { describeAllowed } from './describe-schema.js';
import { type ConcretePath, formatKeyPath, getAtPath } from './key-path.js';
import { Positions } from './positions.js';
import {
  allowedKeys,
  branchesOf,
  chooseBranch,
  experimentSchema,
  isMapValue,
  resolveSchema,
  type SchemaNode,
  schemaAt,
  spellOutWords,
  tagOf,
} from './schema.js';
import type { SourceMap } from './source-tree.js';
import { toPlain } from './source-tree.js';

/** Errors that are put into words: behind so many, a file is another thing than an experiment. */
const MAX_ERRORS = 500;
/** Signs of a key that are shown; a longer one is no key path either. */
const LONGEST_KEY = 100;

/** A problem with the path that is broken by it. */
export interface SchemaProblem extends Problem {
  /** Path of the key or value that it is about. */
  readonly place: ConcretePath;
  /** Paths whose values cannot be relied on: the value itself, a missing key, the key that an unknown one was meant to be. */
  readonly breaks: readonly ConcretePath[];
}

export interface SchemaResult {
  /** The plain experiment with defaults filled in, as far as it is valid. */
  readonly value: Record<string, unknown>;
  readonly positions: Positions;
  readonly problems: readonly SchemaProblem[];
  /** Paths that cannot be relied on. */
  readonly broken: readonly ConcretePath[];
  /** Errors beyond these, of which nothing is said. */
  readonly more: number;
}

/** Checks a composed experiment against the schema and fills in its defaults. */
export function validate(root: SourceMap): SchemaResult {
  const positions = new Positions(root);
  const given = toPlain(root);
  const value = toPlain(root) as Record<string, unknown>;
  spellOutWords(value);
  const errors = checkSchema(value) ? [] : (checkSchema.errors ?? []);
  const translator = new ErrorTranslator(given, positions);
  const problems = translator.translate(errors);
  return { value, positions, problems, broken: translator.broken, more: Math.max(0, errors.length - MAX_ERRORS) };
}

class ErrorTranslator {
  readonly #given: unknown;
  readonly #positions: Positions;
  /** What all errors break, those included that are not told since their place has one already. */
  readonly broken: ConcretePath[] = [];
  readonly #problems: SchemaProblem[] = [];
  readonly #seen = new Set<string>();
  /** Keys that unknown ones were meant to be, as paths. */
  readonly #meant = new Set<string>();

  constructor(given: unknown, positions: Positions) {
    this.#given = given;
    this.#positions = positions;
  }

  translate(errors: readonly SchemaError[]): SchemaProblem[] {
    const missing = new Map<string, { path: ConcretePath; keys: string[] }>();
    for (const error of errors.slice(0, MAX_ERRORS)) {
      const path = this.#pathOf(error.instancePath);
      if (error.keyword === 'additionalProperties') this.#unknownKey(path, error.params.additionalProperty as string);
      else if (error.keyword === 'required') {
        const gap = missing.get(error.instancePath) ?? { path, keys: [] };
        missing.set(error.instancePath, gap);
        const key = error.params.missingProperty as string;
        if (!gap.keys.includes(key)) gap.keys.push(key);
      } else if (error.keyword === 'discriminator') {
        const tag = error.params.tag as string;
        const isWord = typeof getAtPath(this.#given, path) === 'string';
        if (error.params.tagValue !== undefined) this.#wrongValue(isWord ? path : [...path, tag], error);
      } else if (error.keyword === 'uniqueItems') this.#repeatedItem(path, error);
      else if (error.keyword !== 'if') this.#wrongValue(path, error);
    }
    for (const { path, keys } of missing.values()) this.#foreignKeys(path, keys);
    // A key that is missing because it is mistyped is one mistake.
    for (const { path, keys } of missing.values()) {
      const left = keys.filter((key) => !this.#meant.has(formatKeyPath([...path, key])));
      if (left.length > 0) this.#missingKeys(path, left);
    }
    return this.#problems;
  }

  #unknownKey(path: ConcretePath, key: string, known?: readonly string[]): void {
    const schema = schemaAt(this.#given, path) ?? experimentSchema;
    const map = getAtPath(this.#given, path);
    const allowed = known ?? allowedKeys(schema, map);
    const alike = explainLookAlike(key, allowed);
    const firstWord = /^[^\s:=]+/.exec(key)?.[0] ?? '';
    const nearest = allowed.includes(firstWord)
      ? firstWord
      : (alike?.name ?? findNearestKey(key, allowed) ?? findSimilar(key, allowed));
    if (nearest !== undefined) this.#meant.add(formatKeyPath([...path, nearest]));
    this.#add('unknown-key', [...path, key], this.#positions.ofKey([...path, key]), {
      path: formatKeyPath(path),
      found: `key ${describeKey(key)}`,
      allowed: allowed.length === 0 ? 'no keys' : allowed.join(', '),
      nearest,
      hint: alike?.why ?? explainUnknownKey(key, nearest, schema, path, allowed),
      breaks: nearest === undefined ? [] : [[...path, nearest]],
    });
  }

  /**
   * Where the key that chooses the kind is missing, Ajv looks at no other key: those that no kind has may be that key,
   * mistyped.
   */
  #foreignKeys(path: ConcretePath, missing: readonly string[]): void {
    const schema = schemaAt(this.#given, path);
    const tag = tagOf(schema);
    const map = getAtPath(this.#given, path);
    if (!schema || tag === undefined || !missing.includes(tag) || !isMapValue(map)) return;
    const known = [...branchesOf(schema).values()].flatMap((kind) => Object.keys(kind.properties ?? {}));
    const foreign = Object.keys(map).filter((key) => !known.includes(key));
    for (const key of foreign.slice(0, MAX_ERRORS)) this.#unknownKey(path, key, [...new Set(known)]);
  }

  #missingKeys(path: ConcretePath, keys: readonly string[]): void {
    // A map that aliases repeat lacks its keys once: its entries stand at the anchor.
    const node = this.#positions.find(path);
    const [entry] = node?.kind === 'map' ? [...node.entries.values()] : [];
    const gap = JSON.stringify([entry?.keyStart ?? path, keys]);
    if (this.#seen.has(gap)) return;
    this.#seen.add(gap);
    const allowed = keys.map((key) => {
      const schema = schemaAt(this.#given, [...path, key]);
      return schema ? `${key}: ${describeAllowed(schema)}` : key;
    });
    this.#add('missing-key', [...path, ...keys], this.#positions.ofKey(path), {
      path: formatKeyPath(path),
      found: keys.map((key) => `no ${key}`).join(', '),
      allowed: allowed.join('; '),
      breaks: keys.map((key) => [...path, key]),
    });
  }

  #wrongValue(path: ConcretePath, error: SchemaError): void {
    const schema = schemaAt(this.#given, path);
    const node = this.#positions.find(path);
    if (!schema || !node) return;
    const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
    const isTag = error.keyword === 'discriminator' && schema.then === undefined;
    const words = schema.enum ?? schema.then?.enum;
    const alike = text === undefined ? undefined : explainLookAlike(text, words ?? []);
    this.#add(error.keyword === 'type' ? 'wrong-type' : 'wrong-value', path, this.#positions.ofValue(path), {
      path: formatKeyPath(path),
      found: error.keyword === 'maxLength' ? `text of ${text?.length} characters` : describeFound(node),
      allowed: describeAllowed(schema),
      nearest: alike?.name ?? (text !== undefined && words ? findNearestKey(text, words) : undefined),
      hint: alike?.why ?? explainMisreading(node, schema),
      breaks: [isTag ? path.slice(0, -1) : path],
    });
  }

  #repeatedItem(path: ConcretePath, error: SchemaError): void {
    const index = Math.max(Number(error.params.i), Number(error.params.j));
    const item = [...path, index];
    const node = this.#positions.find(item);
    this.#add('wrong-value', item, this.#positions.ofValue(item), {
      path: formatKeyPath(item),
      found: `${node ? describeFound(node) : 'a value'} a second time`,
      allowed: 'each value once',
      breaks: [path],
    });
  }

  /** Adds a problem unless its place has one already. */
  #add(
    code: ProblemCode,
    place: ConcretePath,
    position: SourcePosition,
    {
      nearest,
      hint,
      ...rest
    }: Pick<SchemaProblem, 'path' | 'found' | 'allowed' | 'breaks'> & {
      nearest?: string | undefined;
      hint?: string | undefined;
    },
  ): void {
    // Two places of the experiment are one in the file where an alias repeats it.
    this.broken.push(...rest.breaks);
    const keys = [JSON.stringify(place), JSON.stringify([code, position])];
    if (keys.some((key) => this.#seen.has(key))) return;
    for (const key of keys) this.#seen.add(key);
    this.#problems.push({
      code,
      place,
      ...position,
      ...rest,
      ...(nearest === undefined ? {} : { nearest }),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** The steps of a JSON pointer: numbers where the data has a list. */
  #pathOf(pointer: string): ConcretePath {
    const path: (string | number)[] = [];
    let value = this.#given;
    for (const part of pointer.split('/').slice(1)) {
      const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
      path.push(Array.isArray(value) ? Number(step) : step);
      value = getAtPath(this.#given, path);
    }
    return path;
  }
}

/**
 * The allowed key with the same letters in another order, which counts as two edits and is not near in short keys, or
 * the one key that this one abbreviates.
 */
function findSimilar(key: string, allowed: readonly string[]): string | undefined {
  const letters = (text: string) => [...text.toLowerCase()].sort().join('');
  const transposed = allowed.find((name) => name.length === key.length && letters(name) === letters(key));
  const longer = allowed.filter((name) => key.length >= 3 && name.toLowerCase().startsWith(key.toLowerCase()));
  return transposed ?? (longer.length === 1 ? longer[0] : undefined);
}

function describeKey(key: string): string {
  const shown = key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY - 1)}…`;
  return /^[\w<.$-]+…?$/.test(shown) ? shown : JSON.stringify(shown);
}

/** What the writer of an unknown key may have meant, where the nearest key does not say it. */
function explainUnknownKey(
  key: string,
  nearest: string | undefined,
  schema: SchemaNode,
  path: ConcretePath,
  allowed: readonly string[],
): string | undefined {
  if (key === '<<') return '<< is an ordinary key in YAML 1.2: use extends, or an alias for a whole value';
  if (nearest !== undefined && key.startsWith(`${nearest}:`)) return 'a space is missing after the colon';
  if (nearest !== undefined && key.startsWith(`${nearest} `)) return `a colon is missing behind ${nearest}`;
  if (nearest !== undefined) return undefined;
  const nested = explainDottedKey(key, allowed);
  if (nested !== undefined) return nested;
  const kinds = [...branchesOf(schema)].filter(([, kind]) => Object.hasOwn(kind.properties ?? {}, key));
  if (kinds.length > 0) return `${key} is a key of ${tagOf(schema)}: ${kinds.map(([name]) => name).join(', ')}`;
  if (path.length === 2 && path[0] === 'sweep') return undefined;
  const elsewhere = findKeyElsewhere(key);
  return elsewhere.length > 0 ? `${key} is a key of ${elsewhere.slice(0, 3).join(', ')}` : undefined;
}

/** How a key path is written as maps: dots make paths in `sweep.parameters` and `--set` alone. */
function explainDottedKey(key: string, allowed: readonly string[]): string | undefined {
  if (key.length > LONGEST_KEY || !/^[A-Za-z]+(\.[A-Za-z]+)+$/.test(key) || !allowed.includes(key.split('.')[0]!))
    return undefined;
  const [last, ...outer] = key.split('.').reverse();
  const nested = outer.reduceRight((inner, step) => inner.replace('…', `${step}: {…}`), '…').replace('…', `${last}: …`);
  return `nest it: ${nested.replace(/: \{(.*)\}$/, ': {$1}')}; a dot makes a path in sweep.parameters and --set alone`;
}

/** Paths of the maps that have a key, nearest to the root first. Kinds are walked through as one. */
function findKeyElsewhere(key: string): string[] {
  const found: { path: string; depth: number }[] = [];
  const walk = (node: SchemaNode, path: string, depth: number): void => {
    if (depth > 5) return;
    const schema = resolveSchema(node);
    if (schema.items) walk(schema.items, `${path}[]`, depth + 1);
    const kinds = tagOf(schema) === undefined ? [schema] : [...branchesOf(schema).values()];
    for (const kind of kinds) {
      for (const [name, child] of Object.entries(chooseBranch(kind, undefined)?.properties ?? {})) {
        if (name === key && path !== '' && !found.some((other) => other.path === path)) found.push({ path, depth });
        walk(child, path === '' ? name : `${path}.${name}`, depth + 1);
      }
    }
  };
  walk(experimentSchema, '', 0);
  return found.sort((a, b) => a.depth - b.depth).map(({ path }) => path);
}
