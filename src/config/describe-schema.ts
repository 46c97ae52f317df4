// What may stand at a place, in words: `an integer from 1 to 4096`, `sgd, adamW`. For problems and `explain`.
import { branchesOf, resolveSchema, type SchemaNode, tagOf } from './schema.js';

/** What may stand there, with range and unit, as one line. */
export function describeAllowed(schema: SchemaNode): string {
  if (schema.enum) return schema.enum.join(', ');
  if (schema.const !== undefined) return schema.const;
  const tag = tagOf(schema);
  if (tag !== undefined) {
    const words = schema.then === undefined ? '' : `${[...branchesOf(schema).keys()].join(', ')}, or `;
    return `${words}a map with ${tag}: ${[...branchesOf(schema).keys()].join(', ')}`;
  }
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return 'any value';
  return types.map((type) => describeType(type, schema)).join(', or ');
}

function describeType(type: string, schema: SchemaNode): string {
  const unit = schema['x-unit'] === undefined ? '' : ` (${schema['x-unit']})`;
  switch (type) {
    case 'integer':
      return `an integer${describeRange(schema)}${unit}`;
    case 'number':
      return `a number${describeRange(schema)}${unit}`;
    case 'boolean':
      return 'true, false';
    case 'string':
      return describeText(schema);
    case 'array':
      return describeList(schema);
    default:
      return describeMap(schema);
  }
}

function describeText(schema: SchemaNode): string {
  const form = schema['x-form'] ?? 'text';
  return schema.maxLength === undefined ? form : `${form}, at most ${schema.maxLength} characters`;
}

function describeRange(schema: SchemaNode): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const bounds = [
    minimum === undefined ? [] : `at least ${minimum}`,
    exclusiveMinimum === undefined ? [] : `above ${exclusiveMinimum}`,
    maximum === undefined ? [] : `at most ${maximum}`,
    exclusiveMaximum === undefined ? [] : `below ${exclusiveMaximum}`,
  ].flat();
  return bounds.length === 0 ? '' : `, ${bounds.join(', ')}`;
}

function describeList(schema: SchemaNode): string {
  const { minItems, maxItems } = schema;
  let count = '';
  if (minItems !== undefined && minItems === maxItems) count = `${minItems} items`;
  else if (minItems !== undefined && maxItems !== undefined) count = `${minItems} to ${maxItems} items`;
  else if (minItems !== undefined) count = `at least ${minItems} ${minItems === 1 ? 'item' : 'items'}`;
  else if (maxItems !== undefined) count = `at most ${maxItems} items`;
  const item = schema.items && resolveSchema(schema.items);
  const list = count === '' ? 'a list' : `a list of ${count}`;
  if (!item || !(item.type !== undefined || item.enum || item.oneOf)) return list;
  return `${list}, each ${item.enum ? 'one of ' : ''}${describeAllowed(item)}`;
}

function describeMap(schema: SchemaNode): string {
  if (typeof schema.additionalProperties === 'object') return 'a map of key paths, each with a list of values';
  const keys = Object.keys(schema.properties ?? {});
  return keys.length === 0 ? 'a map' : `a map with the keys ${keys.join(', ')}`;
}
