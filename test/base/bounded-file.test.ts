import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { readBounded } from '../../src/base/bounded-file.js';

test.runIf(platform() === 'linux')('a file that says it is empty is read to its end', () => {
  // Of the kernel, whose files have a size of 0 and come in pieces.
  const path = '/proc/self/limits';
  expect(readBounded(path, 100_000).toString()).toBe(readFileSync(path, 'utf8'));
  expect(() => readBounded(path, 10)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
});
