import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram } from '../../src/base/find-program.js';

const root = mkdtempSync(join(tmpdir(), 'oneshot-path-'));
afterAll(() => rmSync(root, { recursive: true }));

test.skipIf(process.platform === 'win32')('a program is the first of PATH that may be run', () => {
  for (const [folder, mode] of [
    ['first', 0o644],
    ['second', 0o755],
    ['third', 0o755],
  ] as const) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'tool'), '');
    chmodSync(join(root, folder, 'tool'), mode);
  }
  const PATH = ['missing', 'first', 'second', 'third'].map((folder) => join(root, folder)).join(delimiter);
  // Whoever is root may run what has no mark for it, too, but not where nobody has one.
  expect(findProgram('tool', { PATH })).toBe(join(root, 'second', 'tool'));
  expect(findProgram('other', { PATH })).toBeUndefined();
  expect(findProgram('tool', {})).toBeUndefined();
});
