// What each key affects, from the schema's `x-affects`: the training fingerprint is made of the keys that affect training,
// the evaluation fingerprint of those that affect evaluation, and a changed description changes neither.
import type { Experiment } from './experiment.js';
import { getAtPath, type KeyPath, parseKeyPath } from './key-path.js';
import { type Affects, childSchema, experimentSchema, isMapValue, type SchemaNode } from './schema.js';

/** The keys of an experiment by what they affect; maps that would be empty are left out. */
export interface Partition {
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation: Readonly<Record<string, unknown>>;
}

/**
 * What a key affects: its own mark in the schema, or that of the nearest key around it. `experiment` settles which kinds
 * (`type`, `dataset`) are meant.
 */
export function affectsOf(path: string | KeyPath, experiment: unknown): Affects {
  const steps = typeof path === 'string' ? parseKeyPath(path).steps : path;
  let node: SchemaNode | undefined = experimentSchema;
  let affects: Affects = 'nothing';
  for (let depth = 0; depth < steps.length && node; depth += 1) {
    const step = steps[depth]!;
    const value = getAtPath(experiment, steps.slice(0, depth));
    node = childSchema(node, value, typeof step === 'object' ? 0 : step);
    affects = node?.['x-affects'] ?? affects;
  }
  return affects;
}

/** The part of a checked experiment that affects training, and the part that affects evaluation only. */
export function partition(experiment: Experiment): Partition {
  const training: Record<string, unknown> = {};
  const evaluation: Record<string, unknown> = {};
  for (const [key, section] of Object.entries(experiment)) {
    const parts = partitionSection(key, section);
    if (parts.training !== undefined) training[key] = parts.training;
    if (parts.evaluation !== undefined) evaluation[key] = parts.evaluation;
  }
  return { training, evaluation };
}

interface SectionParts {
  readonly training: unknown;
  readonly evaluation: unknown;
}

/** Parts of frozen sections: the points of a sweep share most of theirs. */
const knownParts = new WeakMap<object, SectionParts>();

function partitionSection(key: string, section: unknown): SectionParts {
  const known = typeof section === 'object' && section !== null ? knownParts.get(section) : undefined;
  if (known) return known;
  const schema = childSchema(experimentSchema, undefined, key);
  const parts = {
    training: select(section, schema, 'nothing', 'training'),
    evaluation: select(section, schema, 'nothing', 'evaluation'),
  };
  if (typeof section === 'object' && section !== null && Object.isFrozen(section)) knownParts.set(section, parts);
  return parts;
}

/**
 * What is left of a value when only keys with the wanted effect are kept, or undefined when that is nothing. Lists keep
 * their length.
 */
function select(value: unknown, schema: SchemaNode | undefined, inherited: Affects, wanted: Affects): unknown {
  const affects = schema?.['x-affects'] ?? inherited;
  const child = (key: string | number, item: unknown) =>
    select(item, schema && childSchema(schema, value, key), affects, wanted);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => child(index, item));
    if (affects !== wanted && items.every((item) => item === undefined)) return undefined;
    return items.map((item) => (item === undefined ? null : item));
  }
  if (isMapValue(value)) {
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const kept = child(key, item);
      return kept === undefined ? [] : [[key, kept] as const];
    });
    return entries.length === 0 && affects !== wanted ? undefined : Object.fromEntries(entries);
  }
  return affects === wanted ? value : undefined;
}
