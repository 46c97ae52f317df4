/*
 * MLflow's limits and name rules, and how a text is made to fit them. Pure.
 * Source: mlflow/utils/validation.py and a real 3.17.2 server (lengths count code points, as Python does). The server
 * cuts long values silently; here every change is reported as an `Adjustment`.
 */

export const limits = {
  metricsPerRequest: 1000,
  paramsPerRequest: 100,
  tagsPerRequest: 100,
  entitiesPerRequest: 1000,
  /** Below the documented 1 MB, with room for a proxy's arithmetic. */
  bytesPerRequest: 900_000,
  keyLength: 250,
  paramValueLength: 6000,
  tagValueLength: 8000,
  experimentNameLength: 500,
  experimentTagValueLength: 20_000,
  datasetNameLength: 500,
  datasetDigestLength: 36,
  artifactSegmentBytes: 255,
} as const;

/** A change that the client made to what it was given, so that the server takes it. */
export type Adjustment =
  /** A key was rewritten: characters that MLflow refuses, a path that it would not accept, too long. */
  | { readonly kind: 'renamed'; readonly field: EntryKind; readonly key: string; readonly sentKey: string }
  /** A value was cut. `length` and `sentLength` count code points. */
  | {
      readonly kind: 'truncated';
      readonly field: 'param' | 'tag';
      readonly key: string;
      readonly length: number;
      readonly sentLength: number;
    }
  /** Characters that databases refuse (NUL, halves of surrogate pairs) became U+FFFD. */
  | { readonly kind: 'replaced-characters'; readonly field: 'param' | 'tag'; readonly key: string }
  /** A NaN or infinite point was left out by the policy `skip-and-tag`. */
  | {
      readonly kind: 'skipped-non-finite';
      readonly field: 'metric';
      readonly key: string;
      readonly step: number;
      readonly value: number;
    };

export type EntryKind = 'metric' | 'param' | 'tag';

/** Letters and digits of any script, `_`, `-`, `.`, space, `:` and the separator `/`: what the server accepts. */
const refusedCharacter = /[^\p{L}\p{N}_\-. :/]/gu;

/**
 * The key as MLflow accepts it: each refused character becomes `_`, empty path segments vanish, `.` and `..` segments
 * become `_` and `__`; one longer than 250 code points is cut and ends in `-` and 8 hex digits of a hash of the whole
 * key. A key that is accepted as it is comes back unchanged.
 */
export function sanitizeKey(key: string): string {
  const segments = key.replace(refusedCharacter, '_').split('/');
  const kept = segments
    .filter((segment) => segment !== '')
    .map((segment) => (isDots(segment) ? '_'.repeat(segment.length) : segment));
  const cleaned = kept.length === 0 ? '_' : kept.join('/');
  if (countCodePoints(cleaned) <= limits.keyLength) return cleaned;
  return `${takeCodePoints(cleaned, limits.keyLength - 9)}-${hashText(key)}`;
}

/** The first `length` code points of the text. */
export function truncateText(text: string, length: number): string {
  return text.length <= length || countCodePoints(text) <= length ? text : takeCodePoints(text, length);
}

/** The text with NUL and lone surrogates as U+FFFD: PostgreSQL refuses the one, UTF-8 the other, both as a 500. */
export function replaceUnstorable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
}

/** The text of a parameter: one canonical form for each number and boolean, so that equal settings compare equal. */
export function formatParam(value: string | number | boolean): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** The number of code points, which is what MLflow's limits count. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function takeCodePoints(text: string, length: number): string {
  return Array.from(text).slice(0, length).join('');
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..';
}

/** 32-bit FNV-1a over UTF-16 code units, as 8 hex digits: keeps long keys apart, no more. */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
