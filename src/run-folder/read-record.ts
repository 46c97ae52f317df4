// The small JSON files of a run folder are read strictly: what another version or somebody's editor left there is refused
// with its place, never guessed at. Checks by hand instead of a JSON Schema: `status` and `plan` start without Ajv.
import { readBounded } from '../base/bounded-file.js';
import { OneshotError } from '../base/problem.js';

/** Bytes of a small record at most; the largest known has 0.2 MB. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Whether a value may stand in a field. */
export type FieldCheck = (value: unknown) => boolean;

/** What a record must have; further fields are let through. */
export type RecordShape = Readonly<Record<string, FieldCheck>>;

export const isText: FieldCheck = (value) => typeof value === 'string';
export const isCount: FieldCheck = (value) => Number.isInteger(value) && (value as number) >= 0;
export const isTruth: FieldCheck = (value) => typeof value === 'boolean';
/** A name that stays in its folder when it is put into a path. */
export const isFileName: FieldCheck = (value) =>
  typeof value === 'string' && value !== '' && !value.startsWith('.') && !/[/\\\0]/.test(value);
export const isHash: FieldCheck = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
export const isMap: FieldCheck = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isList: FieldCheck = Array.isArray;
/** Numbers that are not finite are null in JSON. */
export const isMapOfNumbers: FieldCheck = (value) =>
  isMap(value) && Object.values(value as object).every((item) => typeof item === 'number' || item === null);
export const isNumber: FieldCheck = (value) => typeof value === 'number';
/** A field that may be left out. */
export const isOptional =
  (check: FieldCheck): FieldCheck =>
  (value) =>
    value === undefined || check(value);
export const isListOf =
  (check: FieldCheck): FieldCheck =>
  (value) =>
    Array.isArray(value) && value.every(check);
export const isOneOf =
  (words: readonly string[]): FieldCheck =>
  (value) =>
    words.includes(value as string);
export const isRecord =
  (shape: RecordShape): FieldCheck =>
  (value) =>
    findWrongField(value, shape) === undefined;

/**
 * The record in the file at `path`, or undefined when there is no such file. With `version`, the record's own has to be
 * that. Throws OneshotError('corrupt').
 */
export function readRecord<T>(path: string, shape: RecordShape, version?: number): T | undefined {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new OneshotError('corrupt', `${path} ${reason}`, {
      hint: 'it was edited or damaged, or made by another version; move its run folder away to start the trial anew',
      ...(cause === undefined ? {} : { cause }),
    });
  };
  let record: unknown;
  try {
    record = JSON.parse(readBounded(path, MAX_RECORD_BYTES).toString('utf8'));
  } catch (error) {
    // Asking first whether it is there would cost as much again, which thousands of runs feel.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    return refuse('is not readable JSON', error);
  }
  const found = isMap(record) ? (record as { version?: unknown }).version : undefined;
  if (version !== undefined && isMap(record) && found !== version)
    return refuse(`is of version ${JSON.stringify(found) ?? 'none'}; this program reads version ${version}`);
  const wrong = findWrongField(record, shape);
  if (wrong !== undefined) return refuse(`is not what this program wrote: ${wrong}`);
  return record as T;
}

function findWrongField(record: unknown, shape: RecordShape): string | undefined {
  if (!isMap(record)) return 'it is no map';
  for (const [field, check] of Object.entries(shape)) {
    const value = Object.hasOwn(record as object, field) ? (record as Record<string, unknown>)[field] : undefined;
    if (!check(value)) return value === undefined ? `${field} is missing` : `${field} cannot be ${shorten(value)}`;
  }
  return undefined;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
