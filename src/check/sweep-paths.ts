// The key paths of a sweep: they exist, name what a sweep can vary, and do not overlap.
import { findNearestKey } from '../base/nearest-key.js';
import type { Problem } from '../base/problem.js';
import { affectsOf } from '../config/affects.js';
import {
  type ConcretePath,
  findItem,
  formatKeyPath,
  getAtPath,
  isWithin,
  KeyPathError,
  nameOfItem,
  type ParsedKeyPath,
  parseKeyPath,
} from '../config/key-path.js';
import { allowedKeys, branchesOf, childSchema, experimentSchema, type SchemaNode, tagOf } from '../config/schema.js';

/** What is wrong with a path, as problem texts. */
export type PathFault = Pick<Problem, 'found' | 'allowed' | 'nearest' | 'hint'>;

/** A swept path that exists; lists by number. */
export interface SweptPath {
  readonly steps: ConcretePath;
}

/** The point that paths stand in. */
export interface PathSurroundings {
  /** Paths of the sweep that may choose a kind: keys of any kind are let through beside them. */
  readonly chosenKinds: readonly string[];
  /** Whether the point has a network; what has none is told apart by its evaluation too. */
  readonly hasNetwork: boolean;
}

/** What stands at a path of the base experiment, or what is wrong with it. */
export function resolveSweptPath(
  text: string,
  base: unknown,
  { chosenKinds, hasNetwork }: PathSurroundings,
): SweptPath | PathFault {
  let parsed: ParsedKeyPath;
  try {
    parsed = parseKeyPath(text);
  } catch (error) {
    if (!(error instanceof KeyPathError)) throw error;
    return {
      found: `${JSON.stringify(text)}: ${error.message}`,
      allowed: 'a key path: training.optimizer.learningRate, model.encoder[conv1].filters',
    };
  }
  const steps: (string | number)[] = [];
  let schema: SchemaNode | undefined = experimentSchema;
  for (const step of parsed.steps) {
    const value = getAtPath(base, steps);
    if (typeof step === 'string') {
      const fault = checkKey(step, schema, value, steps, chosenKinds);
      if (fault) return fault;
      schema = nextSchema(schema, value, step);
      steps.push(step);
    } else {
      const index = Array.isArray(value) ? findItem(value, step) : undefined;
      if (index === undefined) return describeMissingItem(step, value, steps);
      schema = schema?.items && childSchema(schema, value, index);
      steps.push(index);
    }
  }
  return explainUseless(steps, base, hasNetwork) ?? { steps };
}

function checkKey(
  key: string,
  schema: SchemaNode | undefined,
  value: unknown,
  steps: ConcretePath,
  chosenKinds: readonly string[],
): PathFault | undefined {
  if (schema && nextSchema(schema, value, key)) {
    const isOfThisKind = childSchema(schema, value, key) !== undefined;
    const kindIsSwept = chosenKinds.includes(formatKeyPath([...steps, tagOf(schema) ?? '']));
    if (isOfThisKind || kindIsSwept) return undefined;
  }
  const place = steps.length === 0 ? '' : ` in ${formatKeyPath(steps)}`;
  if (schema && value === undefined && nextSchema(schema, value, key)) {
    return {
      found: `key ${key}${place}, which the experiment does not have`,
      allowed: `keys of what it has, or ${formatKeyPath([...steps, tagOf(schema)!])} beside it`,
    };
  }
  const allowed = schema && !Array.isArray(value) && hasKeys(schema) ? allowedKeys(schema, value) : [];
  if (Array.isArray(value)) return { found: `key ${key}${place}, which is a list`, allowed: describeItems(value) };
  return {
    found: `key ${key}${place}`,
    allowed: allowed.length === 0 ? 'no keys here' : allowed.join(', '),
    nearest: findNearestKey(key, allowed),
  };
}

function hasKeys(schema: SchemaNode): boolean {
  return schema.properties !== undefined || tagOf(schema) !== undefined;
}

/** The schema of a key of any kind: the base's own kind first. */
function nextSchema(schema: SchemaNode | undefined, value: unknown, key: string): SchemaNode | undefined {
  if (!schema) return undefined;
  const own = childSchema(schema, value, key);
  if (own) return own;
  for (const kind of branchesOf(schema).values()) {
    const child = childSchema(kind, undefined, key);
    if (child) return child;
  }
  return undefined;
}

function describeMissingItem(step: number | { readonly name: string }, value: unknown, steps: ConcretePath): PathFault {
  const place = steps.length === 0 ? 'the experiment' : formatKeyPath(steps);
  const written = typeof step === 'number' ? String(step) : step.name;
  if (!Array.isArray(value)) {
    return {
      found: `[${written}] of ${place}, which is no list`,
      allowed: 'items of lists: model.encoder[conv1], model.encoder[0]',
    };
  }
  const names = value.flatMap((item, index) => nameOfItem(item, index) ?? []);
  return {
    found: `no item ${typeof step === 'number' ? written : `named ${written}`} in ${place}`,
    allowed: typeof step === 'object' && names.length > 0 ? names.join(', ') : describeItems(value),
    nearest: typeof step === 'object' ? findNearestKey(step.name, names) : undefined,
  };
}

function describeItems(list: readonly unknown[]): string {
  if (list.length === 0) return 'nothing: the list is empty';
  return list.length === 1 ? '[0]' : `[0] to [${list.length - 1}]`;
}

/** Why other values at a path make no other trial, if so. */
function explainUseless(steps: ConcretePath, base: unknown, hasNetwork: boolean): PathFault | undefined {
  const path = formatKeyPath(steps);
  const allowed = 'keys that affect training';
  if (steps[0] === 'seeds')
    return { found: path, allowed, hint: 'every point runs once for each of the seeds already' };
  if (/^model\.initialWeights\.(run|file|digest)$/.test(path))
    return { found: path, allowed, hint: 'an experiment file for each, which `extends` this one, compares them' };
  const affects = affectsOf(steps, base);
  if (affects === 'nothing') return { found: `${path}, which changes no result`, allowed };
  if (affects === 'evaluation' && hasNetwork) {
    return {
      found: `${path}, which changes the evaluation only`,
      allowed,
      hint: 'evaluation takes several protocols, and lists of nWay and kShot: one training serves them all',
    };
  }
  return undefined;
}

/** Of other swept paths, as written, one that contains this one, lies in it, or is the same place. */
export function findOverlap(steps: ConcretePath, others: ReadonlyMap<string, ConcretePath>): string | undefined {
  const overlapping = [...others].find(([, other]) => isWithin(steps, other) || isWithin(other, steps));
  return overlapping?.[0];
}
