// Hashes of plain values that do not depend on the order in which keys were written. Fingerprints and digests are made of these.

/**
 * The one JSON text of a plain value: keys sorted, `undefined` members left out, -0 written as 0. Throws a TypeError on
 * NaN, infinities and functions.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
}

/** The SHA-256 of a plain value's canonical JSON, as 64 hex digits. */
export function stableHash(value: unknown): string {
  return hashBytes(canonicalJson(value));
}

/** The SHA-256 of text (as UTF-8) or bytes, as 64 hex digits. */
export function hashBytes(bytes: string | Uint8Array): string {
  // Loaded with the first hash: a check of an experiment file makes none.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
}
