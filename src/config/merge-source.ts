// Merging of source trees: a file over what it extends, `--set` over files. Maps are merged key by key, later wins; lists and
// single values are replaced; another kind (`type: adamW` over `type: sgd`) drops the base's other keys of that map;
// `null` removes a key of the base.
import { branchesOf, childSchema, resolveSchema, type SchemaNode, tagOf } from './schema.js';
import type { SourceEntry, SourceMap, SourceNode } from './source-tree.js';

/** `over` merged over `base`. `schema` is that of the place, if it knows one. */
export function mergeSource(base: SourceNode, over: SourceNode, schema: SchemaNode | undefined): SourceNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  if (over.entries.size === 0) return base;
  const entries = new Map(dropOtherKind(base, over, schema).entries);
  const tag = kindOf(over, schema) ?? kindOf(base, schema);
  for (const [key, entry] of over.entries) mergeInto(entries, key, entry, schema && childSchema(schema, tag, key));
  return { ...base, entries, start: over.start };
}

function mergeInto(
  entries: Map<string, SourceEntry>,
  key: string,
  entry: SourceEntry,
  schema: SchemaNode | undefined,
): void {
  const before = entries.get(key);
  if (isExplicitNull(entry.node) && (before || schema)) entries.delete(key);
  else entries.set(key, before ? { ...entry, node: mergeSource(before.node, entry.node, schema) } : entry);
}

/** A map with one more entry merged in: what `mergeSource` does for each key. */
export function mergeEntry(map: SourceMap, key: string, entry: SourceEntry, schema: SchemaNode | undefined): SourceMap {
  const entries = new Map(map.entries);
  mergeInto(entries, key, entry, schema);
  return { ...map, entries };
}

/**
 * The map without the keys of its kind, where `over` chooses another kind. Keys that an earlier `--set` gave stay: they
 * were meant for the new kind.
 */
export function dropOtherKind(base: SourceMap, over: SourceMap, schema: SchemaNode | undefined): SourceMap {
  const tag = tagOf(schema);
  if (tag === undefined) return base;
  const before = base.entries.get(tag)?.node;
  const after = over.entries.get(tag)?.node;
  if (before?.kind !== 'scalar' || after?.kind !== 'scalar' || before.value === after.value) return base;
  const kind = branchesOf(schema!).get(String(after.value));
  if (!kind) return base; // A kind that does not exist: its keys cannot be judged, and that it does not exist is reported.
  const entries = [...base.entries].filter(([, { keyStart }]) => isSetArgument(keyStart.file));
  return { ...base, entries: new Map(entries) };
}

/** The tag and its value as a plain map, to walk the schema by; undefined where the map names no kind. */
export function kindOf(node: SourceNode, schema: SchemaNode | undefined): Record<string, unknown> | undefined {
  const tag = tagOf(schema && resolveSchema(schema));
  if (tag === undefined || node.kind !== 'map') return undefined;
  const value = node.entries.get(tag)?.node;
  return value?.kind === 'scalar' ? { [tag]: value.value } : undefined;
}

/** Whether a position's file is a `--set` argument. */
function isSetArgument(file: string): boolean {
  return file.startsWith('--set ');
}

/** A null that somebody wrote, unlike a key without a value. */
function isExplicitNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.text !== '';
}
