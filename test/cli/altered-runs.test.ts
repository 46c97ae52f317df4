// Every command that takes run folders refuses one that was edited or is of another version, and writes nothing there.
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
  test.each([['status'], ['compare'], ['report'], ['reproduce'], ['prune']])('is refused by %s', async (command) => {
    const { runs, good, altered } = makeRuns(file);
    const before = listFiles(runs);
    const paths = { compare: [good, altered], reproduce: [altered] }[command] ?? [runs];
    const result = await runCommand([command, ...paths], { env: { XDG_CACHE_HOME: newFolder() } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`${join(altered, file)} is of version 99; this program reads version 1`);
    expect(result.stderr).not.toMatch(/\bat .*\.js:\d+/);
    expect(listFiles(runs)).toEqual(before);
  });
});
