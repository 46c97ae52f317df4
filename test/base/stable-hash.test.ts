import { describe, expect, test } from 'vitest';
import { canonicalJson, hashBytes, stableHash } from '../../src/base/stable-hash.js';

describe('stable hashes', () => {
  test('canonical JSON sorts keys at every depth and leaves undefined members out', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe(
      '{"A":true,"b":[1,{"c":"x","d":null}]}',
    );
  });

  test('the order of keys does not change a hash, a value does', () => {
    expect(stableHash({ a: 1, b: 2 })).toBe(stableHash({ b: 2, a: 1 }));
    expect(stableHash({ a: 1, b: 2 })).not.toBe(stableHash({ a: 1, b: 3 }));
    expect(stableHash([1, 2])).not.toBe(stableHash([2, 1]));
  });

  test('numbers that JSON cannot hold are refused', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(TypeError);
  });

  test('is SHA-256', () => {
    // printf abc | sha256sum
    expect(hashBytes('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
