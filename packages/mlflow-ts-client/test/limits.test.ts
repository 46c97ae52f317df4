import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCodePoints, formatParam, replaceUnstorable, sanitizeKey, truncateText } from '../src/limits.js';

describe('sanitizeKey', () => {
  const cases: readonly [name: string, key: string, expected: string][] = [
    ['keeps what the server takes', 'train/loss_1.5-a:b c', 'train/loss_1.5-a:b c'],
    ['keeps letters and digits of any script', 'ä/漢字/٣', 'ä/漢字/٣'],
    ['replaces each refused character', 'acc@5,top#1%', 'acc_5_top_1_'],
    ['replaces an emoji by one character', 'a😀b', 'a_b'],
    ['drops empty segments', '/a//b/', 'a/b'],
    ['replaces dot segments, which posix normalisation would remove', './a/../b', '_/a/__/b'],
    ['keeps dots within a name', 'a..b/...', 'a..b/...'],
    ['names the empty key', '', '_'],
    ['names a key of slashes', '///', '_'],
    ['keeps 250 characters', 'k'.repeat(250), 'k'.repeat(250)],
  ];
  it.each(cases)('%s', (_name, key, expected) => {
    expect(sanitizeKey(key)).toBe(expected);
  });

  it('cuts a longer key to 250 characters and keeps two of them apart', () => {
    const first = sanitizeKey(`${'k'.repeat(300)}1`);
    const second = sanitizeKey(`${'k'.repeat(300)}2`);
    expect([first.length, second.length]).toEqual([250, 250]);
    expect(first).toMatch(/^k{241}-[0-9a-f]{8}$/);
    expect(first).not.toBe(second);
  });

  it('gives a key that it would not change again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (key) => {
        const once = sanitizeKey(key);
        expect(sanitizeKey(once)).toBe(once);
        expect(once).toMatch(/^[\p{L}\p{N}_\-. :/]{1,250}$/u);
      }),
    );
  });
});

describe('texts', () => {
  it('are cut by code points, as the server counts them', () => {
    expect(truncateText('𝒳𝒳𝒳', 2)).toBe('𝒳𝒳');
    expect(countCodePoints('𝒳a')).toBe(2);
    expect(truncateText('abc', 3)).toBe('abc');
  });

  it('lose only what no database stores', () => {
    expect(replaceUnstorable('a\0b\ud800c\udc00 😀\n')).toBe('a\ufffdb\ufffdc\ufffd 😀\n');
  });

  it('of equal parameters are equal', () => {
    expect([formatParam(1e-3), formatParam(0.001), formatParam(-0), formatParam(true), formatParam('x')]).toEqual([
      '0.001',
      '0.001',
      '0',
      'true',
      'x',
    ]);
  });
});
