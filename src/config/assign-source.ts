// One value put at a key path of a source tree: what `--set` and each value of a sweep do. Maps on the way that are missing
// are made; the value is merged with what is there as a later file would be.
import { findNearestKey } from '../base/nearest-key.js';
import type { Problem, ProblemCode, SourcePosition } from '../base/problem.js';
import { describeFound } from './describe-found.js';
import { describeAllowed } from './describe-schema.js';
import { findItem, formatKeyPath, nameOfItem, type ParsedKeyPath } from './key-path.js';
import { dropOtherKind, kindOf, mergeEntry, mergeSource } from './merge-source.js';
import { nameAndType } from './positions.js';
import { branchesOf, childSchema, experimentSchema, type SchemaNode } from './schema.js';
import { type SourceEntry, type SourceMap, type SourceNode, withEntry, withItem } from './source-tree.js';

/** The tree with a value at a path, or what is wrong with the path. `pathStart` is where the text of the path begins. */
export function assignAtPath(
  root: SourceMap,
  path: ParsedKeyPath,
  value: SourceNode,
  pathStart: SourcePosition,
): { root: SourceMap; problem?: Problem | undefined } {
  const assignment = new Assignment(path, value, pathStart);
  const changed = assignment.apply(root) as SourceMap;
  return assignment.problem ? { root, problem: assignment.problem } : { root: changed };
}

/** One value on its way along a key path. */
class Assignment {
  problem: Problem | undefined;
  readonly #path: ParsedKeyPath;
  readonly #value: SourceNode;
  readonly #pathStart: SourcePosition;

  constructor(path: ParsedKeyPath, value: SourceNode, pathStart: SourcePosition) {
    this.#path = path;
    this.#value = value;
    this.#pathStart = pathStart;
  }

  apply(root: SourceNode): SourceNode {
    return this.#applyAt(root, 0, experimentSchema);
  }

  #applyAt(node: SourceNode, depth: number, schema: SchemaNode | undefined): SourceNode {
    const step = this.#path.steps[depth];
    if (step === undefined) return mergeSource(node, this.#value, schema);
    if (typeof step === 'string') return this.#applyToMap(node, step, depth, schema);
    return this.#applyToList(node, step, depth, schema);
  }

  #applyToMap(node: SourceNode, key: string, depth: number, schema: SchemaNode | undefined): SourceNode {
    let map = node;
    if (map.kind !== 'map') {
      const mayBeMap = [schema?.type ?? []].flat().includes('object');
      if (map.kind === 'list' || !(mayBeMap || map.value === null)) return this.#refuse(map, depth, schema);
      map = this.#emptyMap(depth);
    }
    const child = schema && (childSchema(schema, kindOf(map, schema), key) ?? childOfAnyKind(schema, map, key));
    const keyStart = this.#at(depth);
    const isLast = depth + 1 === this.#path.steps.length;
    if (isLast) {
      const only: SourceMap = {
        kind: 'map',
        start: keyStart,
        entries: new Map([[key, { keyStart, node: this.#value }]]),
      };
      return mergeEntry(dropOtherKind(map, only, schema), key, { keyStart, node: this.#value }, child);
    }
    // An unknown key is reported by the schema; what would come below it is not looked at.
    if (schema && !child && !map.entries.has(key))
      return withEntry(map, key, { keyStart, node: this.#emptyMap(depth) });
    const before: SourceEntry = map.entries.get(key) ?? { keyStart, node: this.#emptyMap(depth + 1) };
    const after = this.#applyAt(before.node, depth + 1, child);
    return { ...map, entries: new Map(map.entries).set(key, { ...before, node: after }) };
  }

  #applyToList(
    node: SourceNode,
    step: number | { readonly name: string },
    depth: number,
    schema: SchemaNode | undefined,
  ): SourceNode {
    if (node.kind !== 'list') return this.#refuse(node, depth, schema);
    const index = findItem(node.items.map(nameAndType), step);
    if (index === undefined) {
      const isName = typeof step === 'object';
      const names = node.items.flatMap((item, at) => nameOfItem(nameAndType(item), at) ?? []);
      this.#report('unknown-key', depth, {
        found: isName ? `no item named ${step.name}` : `no item ${step}`,
        allowed: isName && names.length > 0 ? names.join(', ') : describeItems(node.items.length),
        nearest: isName ? findNearestKey(step.name, names) : undefined,
      });
      return node;
    }
    const item = schema?.items && childSchema(schema, undefined, index);
    return withItem(node, index, this.#applyAt(node.items[index]!, depth + 1, item));
  }

  /** The path goes on where there is nothing to go into. */
  #refuse(node: SourceNode, depth: number, schema: SchemaNode | undefined): SourceNode {
    const isKey = typeof this.#path.steps[depth] === 'string';
    const isEmpty = node.kind === 'map' && node.entries.size === 0;
    this.#report('wrong-type', depth, {
      found: `a ${isKey ? 'key' : 'list item'} of ${isEmpty ? 'a key that has no value' : describeFound(node)}`,
      allowed:
        node.kind === 'list'
          ? describeItems(node.items.length)
          : schema
            ? describeAllowed(schema)
            : 'a path through maps and lists',
    });
    return node;
  }

  #report(
    code: ProblemCode,
    depth: number,
    rest: Pick<Problem, 'found' | 'allowed'> & { nearest?: string | undefined },
  ): void {
    const { nearest, ...texts } = rest;
    const path = formatKeyPath(this.#path.steps.slice(0, depth));
    this.problem ??= { code, ...this.#at(depth), path, ...texts, ...(nearest === undefined ? {} : { nearest }) };
  }

  #emptyMap(depth: number): SourceMap {
    return { kind: 'map', entries: new Map(), start: this.#at(Math.min(depth, this.#path.steps.length - 1)) };
  }

  #at(depth: number) {
    return { ...this.#pathStart, column: this.#pathStart.column + this.#path.offsets[depth]! };
  }
}

/** The schema of a key in a map that names no kind yet: the kind may be set later. */
function childOfAnyKind(schema: SchemaNode, map: SourceMap, key: string): SchemaNode | undefined {
  if (kindOf(map, schema) !== undefined) return undefined;
  for (const kind of branchesOf(schema).values()) {
    const child = childSchema(kind, undefined, key);
    if (child) return child;
  }
  return undefined;
}

function describeItems(count: number): string {
  if (count === 0) return 'no items: the list is empty';
  return count === 1 ? '[0]' : `[0] to [${count - 1}]`;
}
