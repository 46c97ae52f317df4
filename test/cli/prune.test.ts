// `oneshot prune` shows first, asks, and removes only what it showed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const DONE = { 'best.safetensors': 'b', 'results.json': '{}', 'last.safetensors': '12345' };

test('prune shows what would go, asks for --yes where there is no terminal, and then removes it', async () => {
  const runs = newFolder();
  const env = { XDG_CACHE_HOME: newFolder() };
  const last = join(writeRunFolder(join(runs, 'made'), 'done', 'finished', DONE), 'last.safetensors');

  const dry = await runCommand(['prune', runs, '--dry-run'], { env });
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(/5 B\s+checkpoint of a finished run\s+.*last\.safetensors/);
  expect(dry.stdout).toContain('1 item, 5 B');

  const unasked = await runCommand(['prune', runs], { env });
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain('--yes');
  expect(existsSync(last)).toBe(true);

  const done = await runCommand(['prune', runs, '--yes'], { env });
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('removed 1 item, 5 B');
  expect(existsSync(last)).toBe(false);

  const again = await runCommand(['prune', runs, '--json'], { env });
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual({ found: [], removed: [], freedBytes: 0, damaged: [] });
});
