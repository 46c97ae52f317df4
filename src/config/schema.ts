// The schema of an experiment as a tree that can be walked along key paths. Ajv checks; this answers what may stand at a
// place, for messages, for merging, and for `explain`.
import { readFileSync } from 'node:fs';
import { findOwnFile } from '../base/own-files.js';
import type { ConcretePath } from './key-path.js';

/** A part of the schema with references followed. JSON Schema draft-07 with the keywords of our own. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  /** `if` a value is text, `then` it is one of these words: a kind's name alone, where `else` takes a map of that kind. */
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly discriminator?: { readonly propertyName: string };
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly 'x-affects'?: Affects;
  readonly 'x-unit'?: string;
  /** A pattern in words. */
  readonly 'x-form'?: string;
}

/** What another value of a key changes: the trained network, its evaluation only, or no result. */
export type Affects = 'training' | 'evaluation' | 'nothing';

interface SchemaDocument extends SchemaNode {
  readonly $defs: Readonly<Record<string, SchemaNode>>;
}

/** The schema of a whole experiment. */
export const experimentSchema: SchemaDocument = JSON.parse(
  readFileSync(findOwnFile('schemas/experiment.schema.json'), 'utf8'),
);

const resolved = new WeakMap<SchemaNode, SchemaNode>();

/**
 * A node with its reference followed; what stands beside a reference wins over what it refers to. Of kinds that may be
 * written as a word, the map, which every such word is read as (`spellOutWords`).
 */
export function resolveSchema(node: SchemaNode): SchemaNode {
  if (node.$ref === undefined && node.else === undefined) return node;
  let result = resolved.get(node);
  if (!result) {
    const { $ref, else: map, ...siblings } = node;
    const target = map ?? experimentSchema.$defs[$ref!.slice('#/$defs/'.length)]!;
    result = { ...resolveSchema(target), ...siblings };
    resolved.set(node, result);
  }
  return result;
}

/**
 * Replaces kinds that are written as a word by maps that say the same, `chance` by `{type: chance}`, in the lists of an
 * experiment's first level. Unknown words become maps of an unknown kind.
 */
export function spellOutWords(experiment: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(experiment)) {
    const list = childSchema(experimentSchema, experiment, key);
    const item = list && childSchema(list, value, 0);
    const tag = tagOf(item);
    if (!Array.isArray(value) || item?.then === undefined || tag === undefined) continue;
    experiment[key] = value.map((one: unknown) => (typeof one === 'string' ? { [tag]: one } : one));
  }
}

/** The key whose value chooses between kinds (`type`, `dataset`, `protocol`, `method`), or undefined where there are none. */
export function tagOf(node: SchemaNode | undefined): string | undefined {
  return node?.discriminator?.propertyName;
}

/** The kinds of a node by the value of its tag; empty where there are none. */
export function branchesOf(node: SchemaNode): ReadonlyMap<string, SchemaNode> {
  const tag = tagOf(node);
  if (tag === undefined) return new Map();
  return new Map(
    (node.oneOf ?? []).map((branch) => {
      const kind = resolveSchema(branch);
      return [resolveSchema(kind.properties![tag]!).const!, kind];
    }),
  );
}

/** The node, or its kind that the value's tag chooses; undefined where the tag chooses none. */
export function chooseBranch(node: SchemaNode, value: unknown): SchemaNode | undefined {
  const tag = tagOf(node);
  if (tag === undefined) return node;
  const chosen = isMapValue(value) && Object.hasOwn(value, tag) ? value[tag] : undefined;
  return typeof chosen === 'string' ? branchesOf(node).get(chosen) : undefined;
}

/** The schema of a child of `value`, or undefined where the schema knows none. */
export function childSchema(node: SchemaNode, value: unknown, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node.items && resolveSchema(node.items);
  const branch = chooseBranch(node, value);
  const tag = tagOf(node);
  if (!branch) {
    // Without a valid tag, the tag itself is still known: every kind has it.
    return step === tag ? { enum: [...branchesOf(node).keys()] } : undefined;
  }
  if (step === tag) return { ...resolveSchema(branch.properties![tag]!), enum: [...branchesOf(node).keys()] };
  const property = branch.properties && Object.hasOwn(branch.properties, step) ? branch.properties[step] : undefined;
  if (property) return resolveSchema(property);
  const { additionalProperties } = branch;
  return typeof additionalProperties === 'object' ? resolveSchema(additionalProperties) : undefined;
}

/** The schema at a path of an experiment, or undefined where the schema knows none; `root` settles which kinds are meant. */
export function schemaAt(root: unknown, path: ConcretePath): SchemaNode | undefined {
  let node: SchemaNode | undefined = experimentSchema;
  let value = root;
  for (const step of path) {
    if (!node) return undefined;
    node = childSchema(node, value, step);
    value = childValue(value, step);
  }
  return node;
}

/** The keys that may stand in a map with this value's tag; only the tag where it chooses no kind. */
export function allowedKeys(node: SchemaNode, value: unknown): readonly string[] {
  const branch = chooseBranch(node, value);
  return branch ? Object.keys(branch.properties ?? {}) : [tagOf(node)!];
}

function childValue(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return isMapValue(value) && Object.hasOwn(value, step) ? value[step as string] : undefined;
}

/** Whether a plain value is a map. */
export function isMapValue(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
