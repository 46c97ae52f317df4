import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeStaleTemporaries, temporaryName, writeFileAtomic } from '../../src/base/atomic-file.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'oneshot-atomic-'));

describe('an atomic write', () => {
  test('replaces the file and leaves nothing else in the folder', () => {
    const folder = newFolder();
    writeFileAtomic(join(folder, 'a.json'), 'one');
    writeFileAtomic(join(folder, 'a.json'), [Buffer.from('tw'), Buffer.from('o')]);
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('that fails leaves the old file and no temporary one', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'file'), '');
    expect(() => writeFileAtomic(join(folder, 'taken'), 'x')).toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
    expect(() => writeFileAtomic(join(folder, 'missing', 'file'), 'x')).toThrow(/ENOENT/);
  });

  test('stale temporary names are cleared away, other files are not', () => {
    const folder = newFolder();
    writeFileSync(temporaryName(join(folder, 'status.json')), 'half');
    writeFileSync(join(folder, '.hidden'), '');
    writeFileSync(join(folder, 'notes.tmp'), '');
    removeStaleTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual(['.hidden', 'notes.tmp']);
  });
});
