/*
 * Texts for MLflow's search filters: only AND, names in back-ticks, no escape for quotes.
 */

import { invalidArgument } from './errors.js';

/** ``params.`name` ``, fit for a filter or for order_by. Throws INVALID_ARGUMENT for a name with a back-tick. */
export function quoteName(entity: 'params' | 'tags' | 'metrics' | 'attributes', name: string): string {
  if (name.includes('`')) throw invalidArgument('filter name', JSON.stringify(name), 'a name without back-ticks');
  return `${entity}.\`${name}\``;
}

/**
 * The value in the kind of quotes that it does not hold. Throws INVALID_ARGUMENT for one that holds both: MLflow has no
 * escape, and answers a doubled or escaped quote with no hits.
 */
export function quoteValue(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('"')) return `"${value}"`;
  throw invalidArgument('filter value', JSON.stringify(value), 'a text with only one kind of quotes');
}

/** A filter that keeps the runs whose tag has exactly this value. */
export function tagEquals(key: string, value: string): string {
  return `${quoteName('tags', key)} = ${quoteValue(value)}`;
}
