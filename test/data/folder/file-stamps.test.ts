// Stamps decide when a file is read again; what is in it decides what it is.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFileStamps } from '../../../src/data/folder/file-stamps.js';

const base = mkdtempSync(join(tmpdir(), 'oneshot-stamps-'));
const cacheHome = process.env.XDG_CACHE_HOME;
const folder = join(base, 'pictures');
beforeAll(() => {
  process.env.XDG_CACHE_HOME = join(base, 'cache');
  mkdirSync(folder);
});
afterAll(() => {
  if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheHome;
  rmSync(base, { recursive: true });
});

const GIF = ['GIF89a one', 'GIF89a two'];
const look = (now: number) => {
  const stamps = openFileStamps(folder, () => now);
  const content = stamps.look('a', statSync(join(folder, 'a')));
  stamps.save();
  return content;
};

test('a file with the stamp that it had is not read again, unless the stamp was too fresh', () => {
  const path = join(folder, 'a');
  writeFileSync(path, GIF[0]!);
  const { mtimeMs } = statSync(path);
  // A second after the change: nothing is kept.
  const first = look(mtimeMs + 1000);
  expect(first).toMatchObject({ kind: { role: 'picture', name: 'GIF' } });
  expect(() => readdirSync(join(base, 'cache'))).toThrow(/ENOENT/);
  // An hour after: kept, and believed even where the bytes changed without any trace.
  look(mtimeMs + 3_600_000);
  const kept = join(base, 'cache', 'oneshot', 'pictures');
  expect(readdirSync(kept)).toHaveLength(1);
  writeFileSync(
    join(kept, readdirSync(kept)[0]!),
    JSON.stringify({
      version: 1,
      files: { a: { stamp: stampOf(path), kind: { role: 'picture', name: 'GIF' }, hash: 'remembered' } },
    }),
  );
  expect(look(mtimeMs + 3_600_000).hash).toBe('remembered');
});

test('a file of the same size and time with other bytes is another file', () => {
  const path = join(folder, 'a');
  const { mtime, mtimeMs } = statSync(path);
  const before = look(mtimeMs + 3_600_000).hash;
  writeFileSync(path, GIF[1]!);
  utimesSync(path, mtime, mtime);
  expect(statSync(path).mtimeMs).toBeCloseTo(mtimeMs, 0);
  expect(look(mtimeMs + 3_600_000).hash).not.toBe(before);
});

test('what is no picture is looked at, and not read', () => {
  writeFileSync(join(folder, 'film'), Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(1000)]));
  const content = openFileStamps(folder).look('film', statSync(join(folder, 'film')));
  expect(content).toEqual({ kind: { role: 'other', name: 'film' }, hash: '' });
});

function stampOf(path: string): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  return [size, mtimeMs, ctimeMs, ino].join(' ');
}
