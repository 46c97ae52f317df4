// One field of one small record is another thing than this program wrote: that run is told as damaged, or shown as far
// as it goes, and
// every other run is shown as before.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { newFolder, runCommand } from '../support/run-command.js';
import { writeRunFolder } from '../support/write-run-folder.js';

const runs = newFolder();
const OTHER_THINGS = [null, [], {}, [null], 'x', -1, 1e300, true];
const PROVENANCE = [
  {
    attempt: 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    oneshot: '0.1.0',
    node: 'v20',
    engine: {},
    machine: { host: 'h', system: 's', processor: 'p', cores: 2 },
  },
];

beforeAll(() => {
  const provenance = JSON.stringify(PROVENANCE);
  const good = writeRunFolder(join(runs, 'made'), 'good', 'finished', { 'provenance.json': provenance });
  let number = 0;
  for (const file of ['trial.json', 'status.json', 'provenance.json']) {
    const parsed = JSON.parse(readFileSync(join(good, file), 'utf8'));
    const record: Record<string, unknown> = Array.isArray(parsed) ? parsed[0] : parsed;
    for (const field of [...Object.keys(record), 'failure', 'headline', 'git'])
      for (const other of OTHER_THINGS) {
        const folder = writeRunFolder(join(runs, 'made'), `m${number++}`, number % 2 ? 'failed' : 'finished', {
          'provenance.json': provenance,
        });
        const changed = {
          ...record,
          ...(file === 'status.json' ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : {}),
          [field]: other,
        };
        writeFileSync(join(folder, file), JSON.stringify(file === 'provenance.json' ? [changed] : changed));
      }
  }
});

test.each([
  ['status', runs],
  ['status', runs, '--json'],
  ['report', runs, '--out', newFolder()],
  ['prune', runs, '--dry-run'],
])('%s %s %s shows the others', async (...args) => {
  const { code, stdout, stderr } = await runCommand(args, { env: { XDG_CACHE_HOME: newFolder() } });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  if (args[0] === 'status') expect(stdout).toMatch(/good/);
});
