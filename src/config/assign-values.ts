// A checked experiment with other values at some key paths: what each point of a sweep is. Points that give a section the
// same values share the section as one object, so that whoever looks at thousands of points can remember what it found.
import type { SourcePosition } from '../base/problem.js';
import { assignAtPath } from './assign-source.js';
import { checkSchema } from './check-schema.generated.js';
import type { Experiment } from './experiment.js';
import { type ConcretePath, findItem, getAtPath, parseKeyPath, setAtPath } from './key-path.js';
import { childSchema, experimentSchema, isMapValue, schemaAt, spellOutWords, tagOf } from './schema.js';
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
  const sections = new Map<string, SectionMaker>();
  const sectionOf = new Map<string, string>();
  return (assignments) => {
    const bySection = new Map<string, ValueAssignment[]>();
    for (const assignment of assignments) {
      let section = sectionOf.get(assignment.path);
      if (section === undefined) {
        section = String(parseKeyPath(assignment.path).steps[0]);
        sectionOf.set(assignment.path, section);
      }
      const own = bySection.get(section);
      if (own) own.push(assignment);
      else bySection.set(section, [assignment]);
    }
    const experiment: Record<string, unknown> = { ...base };
    const invalidSections: string[] = [];
    for (const [section, own] of bySection) {
      let maker = sections.get(section);
      if (!maker) {
        maker = new SectionMaker(section, base[section as keyof Experiment]);
        sections.set(section, maker);
      }
      const { value, isValid } = maker.make(own);
      if (value === undefined) delete experiment[section];
      else experiment[section] = value;
      if (!isValid) invalidSections.push(section);
    }
    return { experiment: Object.freeze(experiment) as unknown as Experiment, invalidSections };
  };
}

/** A section with values assigned. */
interface MadeSection {
  readonly value: unknown;
  readonly isValid: boolean;
}

/** Makes the sections of one name and remembers them. */
class SectionMaker {
  readonly #section: string;
  readonly #before: Readonly<Record<string, unknown>>;
  readonly #made = new Map<string, MadeSection>();
  readonly #simplePaths = new Map<string, ConcretePath | undefined>();

  constructor(section: string, before: unknown) {
    this.#section = section;
    this.#before = before === undefined ? {} : { [section]: before };
  }

  make(assignments: readonly ValueAssignment[]): MadeSection {
    const key = JSON.stringify(assignments.map(({ path, value }) => [path, value]));
    let made = this.#made.get(key);
    if (!made) {
      made = this.#replace(assignments) ?? this.#check(mergeAll(this.#before, assignments));
      this.#made.set(key, made);
    }
    return made;
  }

  /**
   * The section with single values replaced by others, which needs no defaults and is valid when each of the values is;
   * undefined where a value is merged: new keys, maps, another kind.
   */
  #replace(assignments: readonly ValueAssignment[]): MadeSection | undefined {
    let after = this.#before;
    for (const { path, value } of assignments) {
      const simple = typeof value === 'object' ? undefined : this.#simplePath(path);
      if (!simple) return undefined;
      after = setAtPath(after, simple, value);
    }
    if (assignments.length === 1) return this.#check(after);
    const isValid = assignments.every((assignment) => this.make([assignment]).isValid);
    return { value: deepFreeze(after[this.#section]), isValid };
  }

  /** The path with items of lists by number, where it leads to a single value that chooses no kind. */
  #simplePath(path: string): ConcretePath | undefined {
    if (this.#simplePaths.has(path)) return this.#simplePaths.get(path);
    const concrete = makeConcrete(this.#before, path);
    const before = concrete && getAtPath(this.#before, concrete);
    const isSingle = before !== undefined && typeof before !== 'object' && typeof concrete!.at(-1) === 'string';
    const choosesKind = isSingle && tagOf(schemaAt(this.#before, concrete!.slice(0, -1))) === concrete!.at(-1);
    const simple = isSingle && !choosesKind ? concrete : undefined;
    this.#simplePaths.set(path, simple);
    return simple;
  }

  /** The section with defaults where it has new maps; a section that is gone is its default, or undefined. */
  #check(after: Readonly<Record<string, unknown>>): MadeSection {
    // A name is all that the schema asks for besides.
    const whole: Record<string, unknown> = { name: 'section', ...copyPlain(after) };
    spellOutWords(whole);
    const isValid = checkSchema(whole);
    return { value: deepFreeze(whole[this.#section]), isValid };
  }
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
function mergeAll(
  before: Readonly<Record<string, unknown>>,
  assignments: readonly ValueAssignment[],
): Record<string, unknown> {
  let tree = fromPlain(before, nowhere) as SourceMap;
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
