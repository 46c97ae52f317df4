// Every command that takes run folders says which one was edited or is of another version, works on the others, and writes
// nothing there.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const FILES = ['trial.json', 'status.json'] as const;

/** A runs folder with one good run and one whose file is of another version. */
function makeRuns(file: string): { runs: string; good: string; altered: string } {
  const runs = newFolder();
  const good = writeRunFolder(join(runs, 'made'), 'good', 'finished');
  const altered = writeRunFolder(join(runs, 'made'), 'altered', 'finished');
  const path = join(altered, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"version":1', '"version":99'));
  return { runs, good, altered };
}

const listFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => [name, statSync(join(folder, name)).mtimeMs]);

describe.each(FILES)('a run whose %s is of another version', (file) => {
  test.each([['compare'], ['reproduce']])('is refused by %s, which was given it by name', async (command) => {
    const { runs, good, altered } = makeRuns(file);
    const before = listFiles(runs);
    const paths = command === 'compare' ? [good, altered] : [altered];
    const result = await runCommand([command, ...paths], { env: { XDG_CACHE_HOME: newFolder() } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`${join(altered, file)} is of version 99; this program reads version 1`);
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
    expect(listFiles(runs)).toEqual(before);
  });

  test.each([
    ['status', [], 'made: 1 finished, 1 damaged'],
    ['prune', ['--dry-run'], 'nothing to remove'],
    ['report', ['--out', 'OUT'], 'report.html'],
  ])('is told by %s, which works on the others', async (command, options, told) => {
    const { runs, altered } = makeRuns(file);
    const before = listFiles(runs);
    const out = newFolder();
    const result = await runCommand([command, runs, ...options.map((option) => option.replace('OUT', out))], {
      env: { XDG_CACHE_HOME: newFolder() },
    });
    expect(result.code).toBe(0);
    expect(result.stdout).toContain(told);
    expect(result.stdout + result.stderr).toContain(
      `${join(altered, file)} is of version 99; this program reads version 1`,
    );
    expect(listFiles(runs)).toEqual(before);
  });

  test('is an entry of its own in status --json', async () => {
    const { runs, good, altered } = makeRuns(file);
    const { stdout } = await runCommand(['status', runs, '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { experiment: 'made', runs: [{ folder: good }], damaged: [{ folder: altered, reason: expect.any(String) }] },
    ]);
  });
});
