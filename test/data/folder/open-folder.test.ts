// Folders of pictures that lie packed: unpacked once, and never out of their place.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFolder } from '../../../src/data/folder/open-folder.js';
import { expectFailure } from '../support/expect-failure.js';

const base = mkdtempSync(join(tmpdir(), 'oneshot-packed-'));
const cacheHome = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  process.env.XDG_CACHE_HOME = join(base, 'cache');
  for (const name of ['pics/oak/1.gif', 'pics/oak/2.gif', 'pics/fir/1.gif']) {
    mkdirSync(join(base, name, '..'), { recursive: true });
    writeFileSync(join(base, name), `GIF89a ${name}`);
  }
});
afterAll(() => {
  if (cacheHome === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheHome;
  rmSync(base, { recursive: true });
});

const filesOf = (folder: string) =>
  (
    readdirSync(folder, { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

test('a folder is itself', () => {
  expect(openFolder(join(base, 'pics'))).toBe(join(base, 'pics'));
  expect(openFolder(join(base, 'missing'))).toBe(join(base, 'missing'));
});

test.each(['tar', 'tgz', 'zip'])('a %s is unpacked, and its one folder is the folder', (kind) => {
  const file = join(base, `pics.${kind}`);
  const bytes = new TextEncoder().encode('GIF89a');
  if (kind === 'zip')
    writeFileSync(file, zipSync({ 'pics/oak/1.gif': bytes, 'pics/oak/2.gif': bytes, 'pics/fir/1.gif': bytes }));
  else execFileSync('tar', [kind === 'tgz' ? '-czf' : '-cf', file, '-C', base, 'pics']);
  const folder = openFolder(file);
  expect(filesOf(folder)).toEqual(['fir/1.gif', 'oak/1.gif', 'oak/2.gif']);
  expect(openFolder(file)).toBe(folder);
});

test('what leads out of an archive is refused, links are not taken, and nothing half is left', async () => {
  const out = join(base, 'out.zip');
  writeFileSync(out, zipSync({ 'a/1.gif': new Uint8Array(1), '../../out.gif': new Uint8Array(1) }));
  await expectFailure(() => openFolder(out), 'data', /out\.zip cannot be unpacked \(it holds "\.\.\/\.\.\/out\.gif"/);
  symlinkSync('/etc/passwd', join(base, 'pics/oak/3.gif'));
  execFileSync('tar', ['-cf', join(base, 'links.tar'), '-C', base, 'pics']);
  rmSync(join(base, 'pics/oak/3.gif'));
  expect(filesOf(openFolder(join(base, 'links.tar')))).toEqual(['fir/1.gif', 'oak/1.gif', 'oak/2.gif']);
  writeFileSync(join(base, 'cut.tgz'), 'no gzip at all');
  await expectFailure(() => openFolder(join(base, 'cut.tgz')), 'data', /cut\.tgz cannot be unpacked/);
  writeFileSync(join(base, 'notes.txt'), 'text');
  await expectFailure(() => openFolder(join(base, 'notes.txt')), 'data', /notes\.txt is no folder/);
  expect(readdirSync(join(base, 'cache/oneshot/pictures')).filter((name) => !name.startsWith('unpacked-'))).toEqual([]);
});
