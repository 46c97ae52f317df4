// `oneshot data` as its users call it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../support/run-command.js';
import { REAL_DATA } from './support/real-data.js';

const folder = mkdtempSync(join(tmpdir(), 'oneshot-data-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const oneshotData = (...args: string[]) =>
  runCommand(['data', ...args, '--folder', join(folder, 'data')], { env: { XDG_CACHE_HOME: folder } });

test('a data set is missing, is fetched from a folder, and is then there and right', async () => {
  const before = await oneshotData();
  expect(before.code).toBe(0);
  expect(before.stdout).toMatch(/mnist +missing/);
  expect(before.stdout).toContain('to have omniglot: oneshot data fetch omniglot');
  const fetched = await oneshotData('fetch', 'mnist', '--from', REAL_DATA);
  expect([fetched.code, fetched.stdout]).toEqual([0, `mnist is whole in ${join(folder, 'data')}\n`]);
  expect(readdirSync(join(folder, 'data'))).toHaveLength(4);
  const after = await oneshotData('--check', '--json');
  const { dataSets } = JSON.parse(after.stdout) as { dataSets: { name: string; state: string; bytes: number }[] };
  expect(dataSets.map(({ name, state }) => [name, state])).toEqual([
    ['omniglot', 'missing'],
    ['mnist', 'right'],
    ['emoji', 'missing'],
    ['efficientnet-lite0', 'missing'],
  ]);
  expect(dataSets[1]!.bytes).toBeGreaterThan(11_000_000);
});

test('what cannot be fetched is named with what can', async () => {
  const { code, stderr } = await oneshotData('fetch', 'cifar');
  expect(code).toBe(2);
  expect(stderr).toContain('There are omniglot, mnist, emoji, efficientnet-lite0');
});
