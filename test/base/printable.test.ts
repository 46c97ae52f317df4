import { expect, test } from 'vitest';
import { showControls, showLine, toJsonText } from '../../src/base/printable.js';

test('shows control signs, each as one sign', () => {
  expect(showControls('a\u001b[31mb\u0007\u007f\u009b2J\u202ec')).toBe('a␛[31mb␇␡\ufffd2J\ufffdc');
  expect(showControls('two\nlines\tand a tab')).toBe('two\nlines\tand a tab');
  expect(showLine('two\nlines\tand a tab')).toBe('two␊lines and a tab');
});

test('leaves letters of any script and joined emoji alone', () => {
  for (const text of ['학습 é e\u0301 العربية', '👩\u200d💻']) expect(showControls(text)).toBe(text);
});

test('escapes in JSON what could steer a terminal, and parses back to the same', () => {
  const value = { name: '\u009b2J\u202e\u007f\u001b' };
  const text = toJsonText(value);
  expect(text).not.toMatch(/[\u007f-\u009f\u202e\u001b]/);
  expect(JSON.parse(text)).toEqual(value);
});
