// A checked experiment with other values at some key paths: what each point of a sweep is. Points that give a section the
// same values share the section as one object, so that whoever looks at thousands of points can remember what it found.
import type { SourcePosition } from '../base/problem.js';
import { assignAtPath } from './assign-source.js';
import { checkSchema } from './check-schema.generated.js';
import type { Experiment } from './experiment.js';
import { type ConcretePath, findItem, getAtPath, parseKeyPath, setAtPath } from './key-path.js';
import { childSchema, experimentSchema, isMapValue, schemaAt, tagOf } from './schema.js';
import { fromPlain, type SourceMap, toPlain } from './source-tree.js';

/** A key path and the value that it gets. */
export interface ValueAssignment {
  readonly path: string;
  readonly value: unknown;
}

export interface AssignedExperiment {
  /** With the values and, where they open new maps, with their defaults; deeply frozen. */
  readonly experiment: Experiment;
  /** Sections that do not hold the schema with these values. */
  readonly invalidSections: readonly string[];
}

/** Sets values in an experiment; remembers the sections it made. */
export type ValueAssigner = (assignments: readonly ValueAssignment[]) => AssignedExperiment;

/** An assigner over `base`. Its paths must be well formed. */
export function createValueAssigner(base: Experiment): ValueAssigner {
  const sections = new Map<string, { value: unknown; isValid: boolean }>();
  return (assignments) => {
    const bySection = new Map<string, ValueAssignment[]>();
    for (const assignment of assignments) {
      const section = String(parseKeyPath(assignment.path).steps[0]);
      bySection.set(section, [...(bySection.get(section) ?? []), assignment]);
    }
    const experiment: Record<string, unknown> = { ...base };
    const invalidSections: string[] = [];
    for (const [section, own] of bySection) {
      const key = JSON.stringify([section, own.map(({ path, value }) => [path, value])]);
      let made = sections.get(key);
      if (!made) {
        made = makeSection(base, section, own);
        sections.set(key, made);
      }
      if (made.value === undefined) delete experiment[section];
      else experiment[section] = made.value;
      if (!made.isValid) invalidSections.push(section);
    }
    return { experiment: Object.freeze(experiment) as unknown as Experiment, invalidSections };
  };
}

function makeSection(
  base: Experiment,
  section: string,
  assignments: readonly ValueAssignment[],
): { value: unknown; isValid: boolean } {
  const before = { [section]: base[section as keyof Experiment] };
  let after: Record<string, unknown> | undefined = before;
  for (const assignment of assignments) after = after && replaceExisting(after, assignment);
  after ??= mergeAll(before, assignments);
  // A name is all that the schema asks for besides.
  const whole = { name: 'section', ...copyPlain(after) };
  const isValid = checkSchema(whole);
  const value = (whole as Record<string, unknown>)[section];
  return { value: deepFreeze(value), isValid };
}

/** The section with a single value replaced by another, or undefined where it takes a merge: new keys, maps, another kind. */
function replaceExisting(
  root: Record<string, unknown>,
  { path, value }: ValueAssignment,
): Record<string, unknown> | undefined {
  const concrete = makeConcrete(root, path);
  if (!concrete || typeof value === 'object') return undefined;
  const before = getAtPath(root, concrete);
  if (before === undefined || typeof before === 'object') return undefined;
  const parent = concrete.slice(0, -1);
  if (tagOf(schemaAt(root, parent)) === concrete.at(-1)) return undefined;
  return setAtPath(root, concrete, value);
}

/** The path with names of list items as numbers, or undefined where the value has no such item. */
function makeConcrete(root: unknown, path: string): ConcretePath | undefined {
  const concrete: (string | number)[] = [];
  for (const step of parseKeyPath(path).steps) {
    const here = getAtPath(root, concrete);
    const next = typeof step === 'string' ? step : Array.isArray(here) ? findItem(here, step) : undefined;
    if (next === undefined) return undefined;
    concrete.push(next);
  }
  return concrete;
}

const nowhere: SourcePosition = { file: '', line: 1, column: 1 };

/** The section with the values merged in as later files would be; kinds first, so that they drop no key of the same point. */
function mergeAll(before: Record<string, unknown>, assignments: readonly ValueAssignment[]): Record<string, unknown> {
  const plain = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined));
  let tree = fromPlain(plain, nowhere) as SourceMap;
  for (const { path, value } of kindsFirst(assignments)) {
    tree = assignAtPath(tree, parseKeyPath(path), fromPlain(value, nowhere), nowhere).root;
  }
  return toPlain(tree) as Record<string, unknown>;
}

/** The assignments with those first that choose a kind (`training.optimizer.type`). */
export function kindsFirst<Item extends { readonly path: string }>(assignments: readonly Item[]): Item[] {
  const choosesKind = ({ path }: Item) => isTagPath(path);
  return [...assignments.filter(choosesKind), ...assignments.filter((one) => !choosesKind(one))];
}

/** Whether a path ends in the key that chooses between kinds. */
function isTagPath(path: string): boolean {
  const { steps } = parseKeyPath(path);
  let node: ReturnType<typeof childSchema> = experimentSchema;
  for (const step of steps.slice(0, -1)) {
    if (!node) return false;
    node = childSchema(node, undefined, typeof step === 'object' ? 0 : step);
  }
  return node !== undefined && tagOf(node) === steps.at(-1);
}

/** A copy that shares no list or map. */
function copyPlain<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyPlain) as Value;
  if (!isMapValue(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyPlain(item)])) as Value;
}

/** The value itself, with all lists and maps in it frozen. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
