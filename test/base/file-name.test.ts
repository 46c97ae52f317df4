import { expect, test } from 'vitest';
import { fileNameOf, isReservedName } from '../../src/base/file-name.js';
import { hashBytes } from '../../src/base/stable-hash.js';

test('keeps the letters of every file system', () => {
  expect(fileNameOf('test/within-alphabet/5-way-1-shot')).toBe('test-within-alphabet-5-way-1-shot');
  expect(fileNameOf('count=30000,copies=8', { gap: '_' })).toBe('count=30000,copies=8');
});

test('bounds the name and keeps labels apart that differ beyond the bound', () => {
  const long = 'optimizer.learningRate=0.0598954,'.repeat(27);
  const names = [`${long}a`, `${long}b`].map((label) => fileNameOf(label));
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
  expect(new Set(names).size).toBe(2);
  expect(names[0]).toMatch(new RegExp(`-${hashBytes(`${long}a`).slice(0, 8)}$`));
});

test('keeps labels apart whose letters are lost', () => {
  expect(fileNameOf('학습')).not.toBe(fileNameOf('훈련'));
  expect(fileNameOf('학습')).toMatch(/^[0-9a-f]{8}$/);
  expect(fileNameOf('a\u001b[31mb')).toMatch(/^a-31mb-[0-9a-f]{8}$/);
});

test.each(['..', '.', '', 'NUL', 'con.csv', 'a'.repeat(500), '../../x', '.hidden', '-rf'])(
  'makes a plain name of %j',
  (label) => {
    const name = fileNameOf(label);
    expect(name).toMatch(/^[A-Za-z0-9_=+,][A-Za-z0-9._=+,-]{0,119}$/);
    expect(isReservedName(name)).toBe(false);
  },
);

test.each([
  ['con', true],
  ['NUL', true],
  ['Com1.yaml', true],
  ['lpt¹', true],
  ['name.', true],
  ['name ', true],
  ['console', false],
  ['com10', false],
  ['my.con', false],
])('knows whether %s is reserved', (name, isReserved) => {
  expect(isReservedName(name)).toBe(isReserved);
});
