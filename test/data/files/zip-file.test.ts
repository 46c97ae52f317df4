import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openZip, type ZipLimits } from '../../../src/data/files/zip-file.js';
import { expectFailure } from '../support/expect-failure.js';
import { writeZip, type ZipInput } from '../support/write-zip.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LIMITS: ZipLimits = { zipBytes: 1_000_000, entries: 5, entryBytes: 1000 };
const hello = Buffer.from('hello hello hello');

function write(name: string, inputs: readonly ZipInput[]): string {
  const path = join(folder, name);
  writeZip(path, inputs);
  return path;
}

const readAll = async (path: string, limits = LIMITS) =>
  (await openZip(path, limits, 'place it there').listEntries()).map((entry) => [entry.name, entry.read().toString()]);

test('stored and deflated files are read; folders and the litter of desktop systems are not there', async () => {
  const path = write('good.zip', [
    { name: 'a/', bytes: Buffer.alloc(0), isStored: true },
    { name: 'a/one.txt', bytes: hello },
    { name: '__MACOSX/a/._one.txt', bytes: hello },
    { name: 'a/.DS_Store', bytes: hello },
    { name: 'a/two.txt', bytes: hello, isStored: true },
  ]);
  expect(await readAll(path)).toEqual([
    ['a/one.txt', 'hello hello hello'],
    ['a/two.txt', 'hello hello hello'],
  ]);
});

const damaged: readonly [name: string, inputs: readonly ZipInput[], message: RegExp][] = [
  ['a name that climbs out', [{ name: '../evil.txt', bytes: hello }], /is not a whole zip file.*\.\.\/evil\.txt/],
  ['an absolute name', [{ name: '/etc/evil', bytes: hello }], /is not a whole zip file.*absolute/],
  ['a wrong checksum', [{ name: 'a.txt', bytes: hello, crc32: 1 }], /a\.txt has a wrong checksum/],
  ['too large a file', [{ name: 'a.txt', bytes: Buffer.alloc(1001) }], /a\.txt has 1001 bytes; expected at most 1000/],
  [
    'a file that unpacks to more than it says',
    [{ name: 'bomb', bytes: Buffer.alloc(900), uncompressedSize: 10 }],
    /bomb cannot be unpacked/,
  ],
  [
    'too many files',
    Array.from({ length: 6 }, (_, i) => ({ name: `${i}`, bytes: hello })),
    /holds 6 files; expected at most 5/,
  ],
];

test.each(damaged)('a zip with %s is refused, with its path and a hint', async (name, inputs, message) => {
  const path = write(`${name}.zip`, inputs);
  const failure = await expectFailure(() => readAll(path), 'data', message);
  expect(failure.message).toContain(path);
  expect(failure.hint).toBe('place it there');
});

test('a truncated zip is refused', async () => {
  const path = write('whole.zip', [{ name: 'a.txt', bytes: hello }]);
  const bytes = readFileSync(path);
  for (const length of [0, 10, 40, bytes.length - 1]) {
    const cut = join(folder, 'cut.zip');
    writeFileSync(cut, bytes.subarray(0, length));
    await expectFailure(() => readAll(cut), 'data', /cut\.zip is not a whole zip file/);
  }
});

test('what is no file, or too large a one, is refused before it is read', async () => {
  await expectFailure(() => readAll(join(folder, 'none.zip')), 'data', /none\.zip is missing/);
  await expectFailure(() => readAll(folder), 'data', /is not a file/);
  const path = write('large.zip', [{ name: 'a.txt', bytes: hello }]);
  await expectFailure(() => readAll(path, { ...LIMITS, zipBytes: 10 }), 'data', /expected at most 10/);
});
