// What was read from YAML, every value with the place it came from. Files, base files and `--set` arguments are merged
// in this form, so that a problem found much later still knows its file, line and column.
import type { SourcePosition } from '../base/problem.js';

/** A number, text, truth value or nothing, as one place of the input gives it. */
export interface SourceScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, for messages: `.nan`, `1e999`, `yes`; empty where a key has no value. */
  readonly text: string;
  readonly start: SourcePosition;
}

/** A list; its items may come from one place only, since lists are replaced and never merged. */
export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly start: SourcePosition;
}

/** A map; after a merge its entries come from several files. */
export interface SourceMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, SourceEntry>;
  readonly start: SourcePosition;
}

export type SourceNode = SourceScalar | SourceList | SourceMap;

/** One key of a map with its value. */
export interface SourceEntry {
  readonly keyStart: SourcePosition;
  readonly node: SourceNode;
}

/** The plain value of a node: a new object with no links to the tree. A key `__proto__` is an ordinary key. */
export function toPlain(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  const plain: Record<string, unknown> = {};
  for (const [key, entry] of node.entries) {
    Object.defineProperty(plain, key, {
      value: toPlain(entry.node),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain;
}

/** A copy of a map with one key set: in its old place, or at the end. */
export function withEntry(map: SourceMap, key: string, entry: SourceEntry): SourceMap {
  return { ...map, entries: new Map(map.entries).set(key, entry) };
}

/** A copy of a map without one key. */
export function withoutEntry(map: SourceMap, key: string): SourceMap {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

/** A copy of a list with one item replaced. */
export function withItem(list: SourceList, index: number, item: SourceNode): SourceList {
  return { ...list, items: list.items.map((old, at) => (at === index ? item : old)) };
}

/** The tree of a plain value; all of it has the one position. */
export function fromPlain(value: unknown, start: SourcePosition): SourceNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => fromPlain(item, start)), start };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, { keyStart: start, node: fromPlain(item, start) }] as const,
    );
    return { kind: 'map', entries: new Map(entries), start };
  }
  return { kind: 'scalar', value: (value ?? null) as SourceScalar['value'], text: String(value), start };
}
