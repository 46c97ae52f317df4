// `oneshot compare` as a user calls it: the table of an ensemble beside the runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FIVE_WAY, makeSmallData } from '../report/support/small-data.js';
import { writeRun } from '../report/support/write-run.js';
import { runCommand } from '../support/run-command.js';

const parent = mkdtempSync(join(tmpdir(), 'oneshot-compare-'));
afterAll(() => rmSync(parent, { recursive: true }));

test('--ensemble adds what the runs reach together, and says when they share no episodes', async () => {
  const data = makeSmallData();
  const write = (name: string, section = FIVE_WAY) =>
    writeRun(parent, { name, evaluation: { data, sections: [section], skill: 1 } });
  const [first, second, other] = [
    await write('first'),
    await write('second'),
    await write('other', { ...FIVE_WAY, seed: 2 }),
  ];

  const together = await runCommand(['compare', first, second, '--ensemble', '--json']);
  expect(together.code, together.stderr).toBe(0);
  const { ensemble, rows } = JSON.parse(together.stdout);
  const alone = rows.find((row: { scorer: string }) => row.scorer === 'network').results;
  // Two runs with the same scores answer as each of them alone.
  expect(ensemble).toHaveLength(1);
  expect(ensemble[0]).toMatchObject({ n: alone[0].n, correct: alone[0].correct, wilson: alone[0].wilson });
  expect(ensemble[0]).not.toHaveProperty('answers');
  expect((await runCommand(['compare', first, second, '--ensemble'])).stdout).toMatch(/alone, mean *\n.*5-way/);

  expect((await runCommand(['compare', first, other, '--ensemble'])).stdout).toContain('No ensemble:');
  expect(JSON.parse((await runCommand(['compare', first, second, '--json'])).stdout)).not.toHaveProperty('ensemble');
});
