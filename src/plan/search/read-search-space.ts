// From the `parameters` of a sweep to a search space, or to what is wrong with them. Problems are data; src/check adds
// the positions in the file.
import { findNearestKey } from '../../base/nearest-key.js';
import { canonicalJson } from '../../base/stable-hash.js';
import type { ConcretePath } from '../../config/key-path.js';
import { countValues, type Domain, valueAtIndex } from './domain.js';
import { type Condition, isSameValue, type Parameter, type SearchSpace } from './search-space.js';

/** How a file writes one parameter: a list of choices, or an object with exactly one domain. */
export type ParameterSpec =
  | readonly unknown[]
  | (DomainSpec & {
      /** Exists only where each path has that value, or one of those in the list. */
      readonly when?: Readonly<Record<string, unknown>>;
    });

type DomainSpec =
  | { readonly choice: readonly unknown[] }
  | { readonly uniform: readonly [number, number]; readonly step?: number }
  | { readonly logUniform: readonly [number, number] }
  | { readonly integer: readonly [number, number]; readonly step?: number };

/** One mistake in the parameters of a sweep. */
export interface SearchSpaceProblem {
  /** Where it is, from `parameters` inwards: `['training.optimizer.learningRate', 'uniform', 1]`. */
  readonly at: ConcretePath;
  readonly found: string;
  readonly allowed: string;
  /** The nearest allowed name, for mistyped ones. */
  readonly nearest?: string;
}

/** The space is there exactly where no problem is. */
export type ReadSearchSpace =
  | { readonly space: SearchSpace; readonly problems: readonly [] }
  | { readonly space: undefined; readonly problems: readonly SearchSpaceProblem[] };

const DOMAIN_KEYS = ['choice', 'uniform', 'logUniform', 'integer'] as const;
type DomainKey = (typeof DOMAIN_KEYS)[number];

/**
 * The space that the `parameters` of a sweep describe, each parameter behind those its conditions name, or all their
 * problems.
 */
export function readSearchSpace(parameters: Readonly<Record<string, unknown>>): ReadSearchSpace {
  const problems: SearchSpaceProblem[] = [];
  const report = (problem: SearchSpaceProblem) => void problems.push(problem);

  const read = new Map<string, Parameter>();
  for (const [path, spec] of Object.entries(parameters)) {
    const domain = readDomain(spec, [path], report);
    const when = readConditions(spec, [path], report);
    if (domain) read.set(path, { path, domain, when });
  }
  if (Object.keys(parameters).length === 0) report({ at: [], found: 'no parameter', allowed: 'at least one' });
  for (const parameter of read.values()) checkConditions(parameter, parameters, read, report);
  const ordered = orderByConditions([...read.values()], report);

  if (problems.length > 0) return { space: undefined, problems };
  return { space: { parameters: ordered }, problems: [] };
}

type Report = (problem: SearchSpaceProblem) => void;

function readDomain(spec: unknown, at: ConcretePath, report: Report): Domain | undefined {
  if (Array.isArray(spec)) return readChoices(spec, at, report);
  const members = isMap(spec) ? spec : {};
  const keys = DOMAIN_KEYS.filter((key) => Object.hasOwn(members, key));
  const [key] = keys;
  if (!isMap(spec) || key === undefined || keys.length > 1) {
    const found = keys.length > 1 ? keys.join(' and ') : show(spec);
    report({ at, found, allowed: `a list of values, or an object with one of ${DOMAIN_KEYS.join(', ')}` });
    return undefined;
  }
  const allowed = [key, 'when', ...(key === 'uniform' || key === 'integer' ? ['step'] : [])];
  for (const name of Object.keys(spec).filter((name) => !allowed.includes(name))) {
    report({
      at: [...at, name],
      found: `key ${name}`,
      allowed: allowed.join(', '),
      nearest: findNearestKey(name, allowed),
    });
  }
  if (key === 'choice') return readChoices(spec.choice, [...at, key], report);
  return readRange(key, spec[key], spec.step, at, report);
}

function readChoices(choices: unknown, at: ConcretePath, report: Report): Domain | undefined {
  if (!Array.isArray(choices) || choices.length === 0) {
    report({ at, found: show(choices), allowed: 'a list of at least one value' });
    return undefined;
  }
  const repeated = choices.findIndex((value, index) =>
    choices.slice(0, index).some((other) => isSameValue(value, other)),
  );
  if (repeated >= 0)
    report({ at: [...at, repeated], found: `${show(choices[repeated])} again`, allowed: 'each value once' });
  return { kind: 'choice', values: choices };
}

function readRange(
  key: Exclude<DomainKey, 'choice'>,
  range: unknown,
  step: unknown,
  at: ConcretePath,
  report: Report,
): Domain | undefined {
  const isBound = key === 'integer' ? Number.isSafeInteger : Number.isFinite;
  const bounds = Array.isArray(range) ? range : [];
  const [low, high] = bounds;
  if (bounds.length !== 2 || !isBound(low) || !isBound(high) || low >= high) {
    const kind = key === 'integer' ? 'whole numbers' : 'numbers';
    report({ at: [...at, key], found: show(range), allowed: `[low, high]: two ${kind}, low below high` });
    return undefined;
  }
  if (key === 'logUniform') {
    if (low <= 0) {
      report({ at: [...at, key, 0], found: show(low), allowed: 'a number above 0' });
      return undefined;
    }
    return { kind: 'continuous', low, high, scale: 'log' };
  }
  if (key === 'uniform' && step === undefined) return { kind: 'continuous', low, high, scale: 'linear' };
  const width = (step ?? 1) as number;
  if (!isBound(width) || width <= 0 || width > high - low) {
    const kind = key === 'integer' ? 'a whole number' : 'a number';
    report({ at: [...at, 'step'], found: show(step), allowed: `${kind} above 0, at most ${high - low}` });
    return undefined;
  }
  // The margin lets 0, 0.1, … reach 0.3, although 0.3 / 0.1 is less than 3 in binary fractions.
  return { kind: 'stepped', low, step: width, count: Math.floor((high - low) / width + 1e-9) + 1 };
}

function readConditions(spec: unknown, at: ConcretePath, report: Report): Condition[] {
  if (!isMap(spec) || spec.when === undefined) return [];
  if (!isMap(spec.when) || Object.keys(spec.when).length === 0) {
    report({ at: [...at, 'when'], found: show(spec.when), allowed: 'an object {path: value}' });
    return [];
  }
  return Object.entries(spec.when).map(([path, value]) => ({ path, values: Array.isArray(value) ? value : [value] }));
}

/** Conditions name other parameters of the sweep, by values that those can take. */
function checkConditions(
  { path: own, when }: Parameter,
  parameters: Readonly<Record<string, unknown>>,
  read: ReadonlyMap<string, Parameter>,
  report: Report,
): void {
  const others = Object.keys(parameters).filter((path) => path !== own);
  for (const { path, values } of when) {
    const at = [own, 'when', path];
    if (!others.includes(path)) {
      const allowed = `another parameter of the sweep: ${others.join(', ') || 'there is none'}`;
      report({ at, found: `path ${path}`, allowed, nearest: findNearestKey(path, others) });
      continue;
    }
    const domain = read.get(path)?.domain;
    if (domain === undefined) continue;
    if (domain.kind === 'continuous') {
      report({ at, found: 'a parameter with a continuous range', allowed: 'a parameter with single values' });
      continue;
    }
    const reachable = Array.from({ length: countValues(domain) }, (_, index) => valueAtIndex(domain, index));
    for (const value of values.filter((value) => !reachable.some((other) => isSameValue(other, value)))) {
      report({ at, found: show(value), allowed: `values of ${path}: ${showSome(reachable)}` });
    }
  }
}

/** Parents before children, otherwise in the order of the file. Reports parameters that wait for each other. */
function orderByConditions(parameters: readonly Parameter[], report: Report): Parameter[] {
  const ordered: Parameter[] = [];
  let waiting = [...parameters];
  while (waiting.length > 0) {
    // One on itself is reported already.
    const isReady = ({ path: own, when }: Parameter) =>
      when.every(({ path }) => path === own || !waiting.some((other) => other.path === path));
    const next = waiting.find(isReady);
    if (next === undefined) {
      const paths = waiting.map(({ path }) => path);
      report({
        at: [paths[0] as string, 'when'],
        found: `a cycle of ${paths.join(', ')}`,
        allowed: 'conditions without a cycle',
      });
      break;
    }
    ordered.push(next);
    waiting = waiting.filter((parameter) => parameter !== next);
  }
  return ordered;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? String(value) : canonicalJson(value);
}

function showSome(values: readonly unknown[]): string {
  const shown = values.slice(0, 8).map(show).join(', ');
  return values.length > 8 ? `${shown}, …` : shown;
}
