/*
 * Type checks before sending. The server stops parsing at the first wrongly typed field, stores what it had so far and
 * answers 200: everything after it is lost. So nothing is sent that was not checked here. Types alone do not hold this:
 * callers may be plain JavaScript or pass parsed JSON on.
 */

import { invalidArgument } from './errors.js';
import type { Metric } from './types.js';

/** Throws INVALID_ARGUMENT unless the value is a string. */
export function checkString(path: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidArgument(path, describe(value), 'a string');
}

/** Throws INVALID_ARGUMENT unless the value is a string or absent. */
export function checkOptionalString(path: string, value: unknown): asserts value is string | undefined {
  if (value !== undefined) checkString(path, value);
}

/** Throws INVALID_ARGUMENT unless the value is a safe integer of at least `minimum`. */
export function checkInteger(path: string, value: unknown, minimum = Number.MIN_SAFE_INTEGER): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < minimum) {
    const bound = minimum === Number.MIN_SAFE_INTEGER ? '' : ` ≥ ${minimum}`;
    throw invalidArgument(path, describe(value), `an integer${bound}`);
  }
}

/** Throws INVALID_ARGUMENT unless the value is a time in whole milliseconds since 1970. */
export function checkTime(path: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw invalidArgument(path, describe(value), 'whole milliseconds since 1970');
  }
}

/** Throws INVALID_ARGUMENT unless the value is one of the words. */
export function checkWord<Word extends string>(
  path: string,
  value: unknown,
  words: readonly Word[],
): asserts value is Word {
  if (!words.includes(value as Word)) throw invalidArgument(path, describe(value), words.join(', '));
}

/** Throws INVALID_ARGUMENT unless the value is a record of strings. */
export function checkStrings(path: string, values: unknown): asserts values is Readonly<Record<string, string>> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw invalidArgument(path, describe(values), 'an object of strings');
  }
  for (const [key, value] of Object.entries(values)) checkString(`${path}[${JSON.stringify(key)}]`, value);
}

/** Throws INVALID_ARGUMENT unless the value is a list of strings: for a single string the server answers 200 and finds nothing. */
export function checkStringList(path: string, values: unknown): asserts values is readonly string[] {
  if (!Array.isArray(values)) throw invalidArgument(path, describe(values), 'a list of strings');
  for (const [index, value] of values.entries()) checkString(`${path}[${index}]`, value);
}

/** Throws INVALID_ARGUMENT unless every field of the point has its type. NaN and ±Infinity are numbers here. */
export function checkMetric(path: string, metric: Metric): void {
  checkString(`${path}.key`, metric.key);
  const name = `${path} (${JSON.stringify(metric.key)})`;
  if (typeof metric.value !== 'number') throw invalidArgument(`${name}.value`, describe(metric.value), 'a number');
  checkTime(`${name}.timestamp`, metric.timestamp);
  checkInteger(`${name}.step`, metric.step);
  checkOptionalString(`${name}.modelId`, metric.modelId);
  checkOptionalString(`${name}.datasetName`, metric.datasetName);
  checkOptionalString(`${name}.datasetDigest`, metric.datasetDigest);
}

/** The value in a few words for a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `the bigint ${value}`;
  return Array.isArray(value) ? 'an array' : value === undefined ? 'nothing' : `a value of type ${typeof value}`;
}
